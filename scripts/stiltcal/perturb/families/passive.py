"""Turn a plain active clause into the passive, in English and Spanish: order, auxiliaries, agreement, pronouns."""

import re

from ...syntax.sentence import Sentence, Span
from ..edit import Edit
from . import lexicon as words
from .phrases import children, feature, is_negated, is_separator, lemma, span

#: End of a token of two words (`could've`, `he'd`). The tree over tokens shows one of them only.
_CONTRACTED = re.compile("\\w['’](m|re|s|ve|d|ll|t)$", re.IGNORECASE)
_BE_PRESENT, _BE_PAST = {"am", "is", "are", "'m", "'s", "'re", "’m", "’s", "’re"}, {"was", "were"}


def english_passive(sentence: Sentence, verb: int, phrases: list[list[int]]) -> Edit | None:
    """Turn `The dog chased a cat` into `A cat was chased by the dog`; None if the clause is not plain.

    verb: unit of the main verb. phrases: units of the subtree of each unit (`yields`).
    """
    clause = _active_clause(sentence, verb, phrases, "en")
    if clause is None:
        return None
    subject, object_, subject_span, object_span = clause
    auxiliaries = [unit for unit in children(sentence, verb, "aux") if unit < verb]
    new = _english_verbs(sentence, verb, auxiliaries, object_)
    participle = english_participle(sentence, verb)
    between = range(subject_span[1], verb)
    if (
        new is None
        or _hides_words(sentence, subject, auxiliaries)
        or children(sentence, object_, "case")
        or "than" in map(str.lower, sentence.forms)
        or any(_interrupts(sentence, unit) for unit in between)
    ):
        return None
    forms, gone, helper = new
    forms[verb] = participle
    _english_pronoun(sentence, object_, words.ENGLISH_TO_SUBJECT, forms)
    _english_pronoun(sentence, subject, words.ENGLISH_TO_OBJECT, forms)
    if gone & sentence.protected or set(forms) & sentence.protected:
        return None
    inserted = ([helper] if helper else []) + ["by"]
    count = len(sentence)
    agent = [count + len(inserted) - 1, *range(*subject_span)]
    helpers = [count] if helper else []
    first = not auxiliaries  # `is also seen`, but `has also been seen`
    particles = [unit for unit in children(sentence, verb, "compound", "advmod") if unit > verb]
    particles = [unit for unit in particles if lemma(sentence, unit) in words.ENGLISH_PARTICLES]
    order = _passive_order(sentence, verb, subject_span, object_span, helpers, agent, particles, gone, first=first)
    return Edit(order, forms, inserted)


def spanish_passive(sentence: Sentence, verb: int, phrases: list[list[int]]) -> Edit | None:
    """Turn `El perro persiguió al gato` into `El gato fue perseguido por el perro`; None if the clause is not plain.

    Arguments as in `english_passive`.
    """
    clause = _active_clause(sentence, verb, phrases, "es")
    if clause is None or clause[2][1] > verb:
        return None
    _, object_, subject_span, object_span = clause
    plural = _is_plural(sentence, object_)
    auxiliaries = children(sentence, verb, "aux")
    forms: dict[int, str] = {}
    if not auxiliaries:
        pair = words.SPANISH_BE.get((feature(sentence, verb, "Mood"), feature(sentence, verb, "Tense")))
        if pair is None or feature(sentence, verb, "Person") != "3":
            return None
        helper = pair[plural]
    elif len(auxiliaries) == 1 and sentence.forms[auxiliaries[0]].lower() in {*_HAVE, *_HAVE.values()}:
        form = sentence.forms[auxiliaries[0]].lower()
        singular = form if form in _HAVE else next(one for one, many in _HAVE.items() if many == form)
        forms[auxiliaries[0]], helper = _HAVE[singular] if plural else singular, "sido"
    else:
        return None
    forms[verb] = spanish_participle(lemma(sentence, verb), feature(sentence, object_, "Gender") == "Fem", plural)
    gone = _personal_a(sentence, object_, object_span, forms)
    if gone & sentence.protected or set(forms) & sentence.protected:
        return None
    count = len(sentence)
    agent = [count + 1, *range(*subject_span)]
    order = _passive_order(sentence, verb, subject_span, object_span, [count], agent, [], gone)
    return Edit(order, forms, [helper, "por"])


_HAVE = words.SPANISH_HAVE


def english_participle(sentence: Sentence, verb: int) -> str:
    """Return the past participle of a verb. verb: its unit."""
    form, base = sentence.forms[verb].lower(), lemma(sentence, verb)
    if feature(sentence, verb, "VerbForm") == "Part" and feature(sentence, verb, "Tense") == "Past":
        return form
    if base in words.ENGLISH_PARTICIPLES:
        return words.ENGLISH_PARTICIPLES[base]
    if form.endswith("ed") and (form != base or feature(sentence, verb, "Tense") == "Past"):  # not `need`, `exceed`
        return form
    if base.endswith("e"):
        return base + "d"
    if re.search("[^aeiou]y$", base):
        return base[:-1] + "ied"
    if base in words.ENGLISH_DOUBLED or re.fullmatch("[^aeiou]*[aeiou][bdgklmnprt]", base):
        return base + base[-1] + "ed"
    return base + "ed"


def spanish_participle(infinitive: str, feminine: bool, plural: bool) -> str:
    """Return the past participle of an infinitive with the given gender and number."""
    for ending, irregular in words.SPANISH_PARTICIPLES.items():
        if infinitive.endswith(ending):
            masculine = infinitive.removesuffix(ending) + irregular
            break
    else:
        if infinitive == "ver":
            masculine = "visto"
        elif infinitive.endswith("ar"):
            masculine = infinitive[:-2] + "ado"
        else:
            masculine = infinitive[:-2] + ("ído" if infinitive[-3:-2] in "aeo" else "ido")
    stem = masculine[:-1] + ("a" if feminine else "o")
    return stem + ("s" if plural else "")


def _active_clause(
    sentence: Sentence, verb: int, phrases: list[list[int]], language: str
) -> tuple[int, int, Span, Span] | None:
    """Return subject, object and their spans if the clause is plain: subject before and object after the verb."""
    subjects, objects = children(sentence, verb, "nsubj"), children(sentence, verb, "obj")
    if sentence.upos[verb] != "VERB" or lemma(sentence, verb) in words.NO_PASSIVE[language]:
        return None
    if len(subjects) != 1 or len(objects) != 1 or ":pass" in sentence.deprels[subjects[0]]:
        return None
    if children(sentence, verb, "iobj", "xcomp", "ccomp", "conj", "expl", "parataxis", "csubj", "cop"):
        return None
    subject, object_ = subjects[0], objects[0]
    spans = span(phrases[subject]), span(phrases[object_])
    if None in spans or not subject < verb < object_ or spans[0][1] > verb or spans[1][0] < verb:
        return None
    if any(_interrupts(sentence, unit) for where in spans for unit in range(*where)):
        return None
    if any(not children(sentence, clause, "nsubj") for clause in children(sentence, verb, "advcl")):
        return None  # `to see it`, `seeing it`: whoever acts there is the subject of the active
    if not _can_be_agent(sentence, subject) or not _can_be_promoted(sentence, object_, phrases):
        return None
    return subject, object_, *spans


def _interrupts(sentence: Sentence, unit: int) -> bool:
    """Tell whether a unit is a comma or final mark, which cannot move with a phrase as a hyphen or quote can."""
    return sentence.punctuation[unit] and (sentence.forms[unit] in ".!?…" or is_separator(sentence, unit))


def _can_be_agent(sentence: Sentence, subject: int) -> bool:
    if feature(sentence, subject, "PronType") in ("Rel", "Int", "Ind") or lemma(sentence, subject) in ("it", "there"):
        return False
    return sentence.upos[subject] in ("NOUN", "PROPN", "PRON")


def _can_be_promoted(sentence: Sentence, object_: int, phrases: list[list[int]]) -> bool:
    """Tell whether an object can become the subject of the passive.

    Not the subject's own (`his dog`), reciprocals (`each other`), or bare singulars (`take place`).
    """
    if any("Poss=Yes" in sentence.feats[unit] or "Reflex=Yes" in sentence.feats[unit] for unit in phrases[object_]):
        return False
    if feature(sentence, object_, "PronType") in ("Rcp", "Rel", "Int") or lemma(sentence, object_).endswith("self"):
        return False
    bare = len(phrases[object_]) == 1 and feature(sentence, object_, "Number") != "Plur"
    return sentence.upos[object_] in ("PROPN", "PRON") or (sentence.upos[object_] == "NOUN" and not bare)


def _passive_order(
    sentence: Sentence,
    verb: int,
    subject: Span,
    object_: Span,
    helpers: list[int],
    agent: list[int],
    particles: list[int],
    gone: set[int],
    *,
    first: bool = False,
) -> list[int]:
    """Return the order: object, words before the verb, auxiliaries, verb, particles, agent, the rest.

    helpers: inserted auxiliaries; `first` puts them before the words before the verb. gone: deleted units.
    """
    moved = {*range(*subject), *range(*object_), *particles, *gone}
    promoted = [unit for unit in range(*object_) if unit not in gone]
    before = [unit for unit in range(subject[0]) if unit not in moved]
    between = [unit for unit in range(subject[1], verb) if unit not in moved]
    after = [unit for unit in range(verb + 1, len(sentence)) if unit not in moved]
    between = [*helpers, *between] if first else [*between, *helpers]
    return [*before, *promoted, *between, verb, *particles, *agent, *after]


def _is_plural(sentence: Sentence, unit: int) -> bool:
    coordinated = any(
        lemma(sentence, cc) in ("and", "y", "e")
        for k in children(sentence, unit, "conj")
        for cc in children(sentence, k, "cc")
    )
    plural = lemma(sentence, unit) in ("they", "we", "you", "them", "us")
    return coordinated or plural or feature(sentence, unit, "Number") == "Plur"


def _hides_words(sentence: Sentence, subject: int, auxiliaries: list[int]) -> bool:
    """Tell whether a token contains a negation or verb (`didn't`, `they'd`) that a new auxiliary would delete."""
    contracted = any(_CONTRACTED.search(sentence.forms[unit]) for unit in (subject, *auxiliaries))
    return contracted or is_negated(sentence, auxiliaries)


def _english_verbs(
    sentence: Sentence, verb: int, auxiliaries: list[int], object_: int
) -> tuple[dict[int, str], set[int], str] | None:
    """Return new forms of auxiliaries, deleted auxiliaries, and the form of `be` to insert; None for other patterns."""
    first_person = sentence.forms[object_].lower() == "me"
    plural = _is_plural(sentence, object_)

    def be(past: bool) -> str:
        if past:
            return "were" if plural else "was"
        return "am" if first_person else "are" if plural else "is"

    names = [lemma(sentence, unit) for unit in auxiliaries]
    modals = [(unit, name) for unit, name in zip(auxiliaries, names, strict=True) if name in words.MODALS["en"]]
    forms = {unit: name for unit, name in modals if sentence.forms[unit][0] in "'’"}
    if not names:
        past = feature(sentence, verb, "Tense") == "Past"
        return (forms, set(), be(past)) if feature(sentence, verb, "VerbForm") == "Fin" else None
    last, form = auxiliaries[-1], sentence.forms[auxiliaries[-1]].lower()
    if names == ["do"]:
        return {last: be(form == "did")}, set(), ""
    if names[-1] == "have" and (len(names) == 1 or names[0] in words.MODALS["en"]):
        if len(names) == 1 and form not in ("had", "'d", "’d"):
            forms[last] = "have" if plural or first_person else "has"
        elif form in ("'d", "’d"):
            forms[last] = "had"
        return forms, set(), "been"
    if names == ["be"] and sentence.forms[verb].lower().endswith("ing") and form in _BE_PRESENT | _BE_PAST:
        return {last: be(form in _BE_PAST)}, set(), "being"
    if len(names) == 1 and names[0] in words.MODALS["en"]:
        return forms, set(), "be"
    return None


def _english_pronoun(sentence: Sentence, unit: int, table: dict[str, str], forms: dict[int, str]) -> None:
    form = sentence.forms[unit].lower()
    if sentence.upos[unit] == "PRON" and form in table:
        forms[unit] = table[form]


def _personal_a(sentence: Sentence, object_: int, object_span: Span, forms: dict[int, str]) -> set[int]:
    """Return the units of personal `a` before an object, to be deleted; in `forms`, `al` becomes `el`."""
    gone = set()
    for unit in children(sentence, object_, "case"):
        if sentence.forms[unit].lower() == "al":
            forms[unit] = "el"
        else:
            gone.add(unit)
    return gone
