"""Random dependency trees, and sentences to perturb."""

from hypothesis import strategies as st

from stiltcal.syntax.sentence import Sentence

RELATIONS = ("nsubj", "obj", "obl", "advcl", "amod", "det", "case", "mark", "conj", "cc", "flat", "aux", "compound")
TAGS = ("NOUN", "VERB", "PROPN", "ADJ", "ADV", "DET", "ADP", "PRON", "AUX")


def sentence_from(forms, heads, deprels=None, upos=None, text_start=0):
    """A sentence whose tokens are joined by single spaces; heads count from 0, -1 is the root."""
    starts, place = [], text_start
    for form in forms:
        starts.append(place)
        place += len(form) + 1
    upos = list(upos or ["PUNCT" if form in ".,?!()" else "NOUN" for form in forms])
    return Sentence(
        list(forms),
        starts,
        [start + len(form) for start, form in zip(starts, forms, strict=True)],
        [tag == "PUNCT" for tag in upos],
        list(heads),
        list(deprels or ["dep"] * len(forms)),
        upos,
        [form.lower() for form in forms],
        ["_"] * len(forms),
    )


@st.composite
def trees(draw, max_size=14):
    """A random tree, projective or not, over distinct words, with commas in it and a full stop at the end."""
    count = draw(st.integers(1, max_size))
    order = draw(st.permutations(range(count)))
    heads = [-1] * count
    for k in range(1, count):
        heads[order[k]] = order[draw(st.integers(0, k - 1))]
    marks = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    has_children = set(heads)
    forms, upos, deprels = [], [], []
    for i in range(count):
        comma = marks[i] and i not in has_children and heads[i] != -1
        forms.append("," if comma else f"w{i}")
        upos.append("PUNCT" if comma else draw(st.sampled_from(TAGS)))
        deprels.append("root" if heads[i] < 0 else "punct" if comma else draw(st.sampled_from(RELATIONS)))
    if draw(st.booleans()):
        heads.append(draw(st.integers(0, count - 1)))
        forms.append("."), upos.append("PUNCT"), deprels.append("punct")
    return sentence_from(forms, heads, deprels, upos)


def chased():
    """A sentence with subject, verb, object and place, and a full stop that hangs from the verb."""
    forms = "The big dog chased a cat in the park .".split()
    heads = [2, 2, 3, -1, 5, 3, 8, 8, 3, 3]
    deprels = ["det", "amod", "nsubj", "root", "det", "obj", "case", "det", "obl", "punct"]
    upos = ["DET", "ADJ", "NOUN", "VERB", "DET", "NOUN", "ADP", "DET", "NOUN", "PUNCT"]
    return sentence_from(forms, heads, deprels, upos)


def sentence(rows):
    """A sentence and its text from rows `form tag head relation features lemma`, head from 1; `=` glues to the left."""
    words = [[*row.split(), "_", "_"][:6] for row in rows.strip().split("\n")]
    text, starts = "", []
    for form, *_ in words:
        glued = form.startswith("=") or not text
        text += ("" if glued else " ") + form.removeprefix("=")
        starts.append(len(text) - len(form.removeprefix("=")))
    forms = [form.removeprefix("=") for form, *_ in words]
    built = Sentence(
        forms,
        starts,
        [start + len(form) for start, form in zip(starts, forms, strict=True)],
        [tag == "PUNCT" for _, tag, *_ in words],
        [int(head) - 1 for _, _, head, *_ in words],
        [relation for _, _, _, relation, *_ in words],
        [tag for _, tag, *_ in words],
        [form.lower() if lemma == "_" else lemma for (*_, lemma), form in zip(words, forms, strict=True)],
        [features for *_, features, _ in words],
    )
    return text, built
