"""From edits to texts: gaps, casing, protected spans, maps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stiltcal.perturb.declaration import DECLARATIONS
from stiltcal.perturb.distance import levenshtein
from stiltcal.perturb.protect import NotPerturbable
from stiltcal.perturb.registry import names, parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import Writing, writing_of
from stiltcal.syntax.word_order import WordOrder
from stiltcal.syntax.words import mostly_unspaced, split_sentences

from .strategies import sentence_from, trees

ORDER = WordOrder("hi", {"N": {"amod": 0.5, "case": 0.0}, "V": {"obj": 1.0, "nsubj": 0.2}}, {}, {})
ARGUMENTS = {name: declared.argument for name, declared in DECLARATIONS.items() if declared.argument}
NAMES = [name for name in names() if name != "clean" and (name not in ARGUMENTS or ARGUMENTS[name].default is not None)]
NAMES += [f"{name}-{argument.example}" for name, argument in ARGUMENTS.items()]


def perturb(text, sentences, name, *, spans=(), seed=0, text_id="x", **writing):
    perturbation = parse_perturbation(name)
    setting = perturbation.setting("en", statistics=ORDER)
    return perturb_text(
        text,
        sentences,
        perturbation,
        setting,
        seed=seed,
        text_id=text_id,
        writing=Writing("en", **writing),
        spans=spans,
    )


@st.composite
def texts(draw):
    """A text of one to three sentences with trees, and spans of characters in it."""
    sentences, text = [], ""
    for _ in range(draw(st.integers(1, 3))):
        tree = draw(trees(max_size=8))
        again = sentence_from(tree.forms, tree.heads, tree.deprels, tree.upos, text_start=len(text))
        sentences.append(again)
        text += " ".join(tree.forms) + "\n\n"
    solid = [k for k, character in enumerate(text) if not character.isspace()]
    spans = []
    for _ in range(draw(st.integers(0, 2))):
        first, last = sorted(draw(st.tuples(st.sampled_from(solid), st.sampled_from(solid))))
        spans.append((first, last + 1))
    return text, sentences, spans


@given(texts(), st.sampled_from(NAMES), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 3))
def test_what_every_perturbation_keeps(text_and_spans, name, strength, seed):
    text, sentences, spans = text_and_spans
    new = perturb(text, sentences, f"{name}-{strength}", spans=spans, seed=seed)
    if strength == 0:
        assert new.text == text
    olds, news = [old for old, _ in new.map], [now for _, now in new.map]
    assert len(set(olds)) == len(olds) and len(set(news)) == len(news)  # a bijection on what is left
    for (first, end), start in zip(spans, new.span_starts, strict=True):
        assert new.text[start : start + end - first] == text[first:end]
    for start, end in new.new_spans:
        assert new.text[start:end].strip()
    if "typos" not in name:
        for old, now in new.map:
            before, after = text[slice(*new.old_spans[old])], new.text[slice(*new.new_spans[now])]
            assert before.lower() == after.lower()


def test_a_protected_comma_is_never_left_out():
    forms, heads, tags = ["a", "b", ",", "the"], [-1, 0, 0, 0], ["NOUN", "NOUN", "PUNCT", "DET"]
    tree = sentence_from(forms, heads, ["root", "nsubj", "punct", "det"], tags)
    text = " ".join(forms)
    left_out = perturb(text, [tree], "drop_function_words-1.0")
    kept = perturb(text, [tree], "drop_function_words-1.0", spans=[(4, 5)])
    assert (left_out.text, kept.text) == ("a b", "a b ,")


@given(texts(), st.sampled_from(NAMES))
def test_same_seed_same_text(text_and_spans, name):
    text, sentences, spans = text_and_spans
    first = perturb(text, sentences, f"{name}-1.0", spans=spans)
    assert perturb(text, sentences, f"{name}-1.0", spans=spans) == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He (Tom) said: “go now”!", "Now (go) said: “Tom he”!"),
        ("我 喜欢iPhone。", "iPhone欢喜我。"),
        ("她住在 (北京) 附近。", "近附京(北在)住她。"),
        ("The city (北京) is old.", "Old is (京北) city the."),
        ("그는 金 위원장 을 만났다.", "만났다 을 위원장 金 그는."),
        ("İyi günler, ılık sular.", "Sular ılık, günler iyi."),
        ("What is 3.5 % of it?", "It of 3.5 % is what?"),
        ("  two  spaces\nand lines  ", "  spaces two\nlines and  "),
    ],
)
def test_gaps_and_casing_stay_natural(text, expected):
    perturbation = parse_perturbation("reverse-1.0")
    language = "tr" if "İ" in text else "en"
    writing = Writing(language, unspaced=mostly_unspaced([text]), known=frozenset({"he", "what", "iyi", "the"}))
    new = perturb_text(
        text, split_sentences(text), perturbation, perturbation.setting(language), seed=0, text_id="x", writing=writing
    )
    assert new.text == expected


def test_names_keep_their_capital():
    sentence = sentence_from(["Anna", "saw", "him", "."], [1, -1, 1, 1], upos=["PROPN", "VERB", "PRON", "PUNCT"])
    sentence.lemmas[0] = "Anna"
    assert perturb("Anna saw him .", [sentence], "reverse-1.0").text == "Him saw Anna ."
    assert perturb("Anna saw him .", [sentence], "reverse-1.0", capitals=False).text == "him saw Anna ."


def test_sentences_that_begin_small_stay_so():
    lower = [
        sentence_from(["Kemu", "keti"], [1, -1], upos=["PROPN", "VERB"]),
        sentence_from(["keti"], [-1], upos=["VERB"]),
    ]
    assert not writing_of("qab", ["Kemu keti", "keti"], lower).capitals
    assert writing_of("en", ["The dog", "A cat"], []).capitals


def test_marks_before_the_first_letter_say_nothing_about_capitals():
    assert writing_of("es", ["¿Quién es?", "¡Hola!", "«No»"], []).capitals
    assert not writing_of("es", ["¿quién es?", "¡hola!", "…"], []).capitals


def test_words_that_are_known_in_lower_case():
    known = writing_of("en", ["A cat, i.e. a pet (i), or e.g. i think, it is o.k."], []).known
    assert {"a", "cat", "it"} <= known
    assert "i" not in known and "e" not in known and "k" not in known
    assert {"y", "o"} <= writing_of("es", ["uno y dos o tres"], []).known


def test_a_span_across_sentences_joins_them():
    text = "one two. three four."
    new = perturb(text, split_sentences(text), "shuffle_words-1.0", spans=[(4, 14)])
    assert new.text[new.span_starts[0] : new.span_starts[0] + 10] == "two. three"


def test_a_span_outside_is_lost():
    with pytest.raises(NotPerturbable, match="answer outside the tokens"):
        perturb("one  two", split_sentences("one  two"), "reverse-1.0", spans=[(3, 4)])


def test_typos_match_the_edits_of_the_other():
    text = "the old dog slept in the big barn while rain fell on the green hills"
    other = perturb(text, split_sentences(text), "shuffle_local-1.0")
    typos = perturb(text, split_sentences(text), "typos-shuffle_local-1.0")
    assert levenshtein(text, typos.text) == levenshtein(text, other.text)
    assert [old for old, _ in typos.map] == list(range(15))


def test_typos_match_edits_of_the_text_as_it_is_written():
    text = "我们昨天在北京的大学里看见了三位老朋友。"
    other = perturb(text, split_sentences(text), "shuffle_local-1.0")
    typos = perturb(text, split_sentences(text), "typos-shuffle_local-1.0")
    assert levenshtein(text, typos.text) == levenshtein(text, other.text)


def test_typos_never_edit_more_than_the_letters_there_are():
    typos = perturb("12 ab 34 56 78", split_sentences("12 ab 34 56 78"), "typos-reverse-1.0")
    assert typos.text == "12 ba 34 56 78"


def test_typos_misspell_vowel_marks_as_marks():
    text, marks = "किताब की दुकान में गुलाब", set("िा ी ु े ं".replace(" ", ""))
    typos = perturb(text, split_sentences(text), "typos-reverse-1.0")
    assert len(typos.text) == len(text)
    assert [c in marks for c in typos.text] == [c in marks for c in text]
    assert any(new != old for new, old in zip(typos.text, text, strict=True) if old in marks)


def test_an_opening_mark_begins_the_next_sentence():
    for text, parts in {
        "今日は晴れ。「行こう」と言った。": ["今日は晴れ。", "「行こう」と言った。"],
        "他走了。“好。”她说。": ["他走了。", "“好。”", "她说。"],
    }.items():
        assert [text[s.starts[0] : s.ends[-1]] for s in split_sentences(text)] == parts
