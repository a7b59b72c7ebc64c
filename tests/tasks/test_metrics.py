import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score

from stiltcal.tasks.metrics import (
    counts_f1,
    entities,
    exact_match,
    f1,
    mlqa_normalize,
    sequence_counts,
    squad_normalize,
    xtreme_scores,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat, a dog & an Owl.", "cat dog owl"),
        ("U.S. and E.U.", "us and eu"),  # punctuation goes before articles
        ("theatre", "theatre"),
        ("«Der» 1,5", "«der» 15"),  # SQuAD deletes ASCII punctuation alone
        ("the", ""),
    ],
)
def test_squad_normalize(text, normal):
    assert squad_normalize(text) == normal


@pytest.mark.parametrize(
    ("text", "language", "normal"),
    [
        ("«Der» Hund, die Katze", "de", "hund katze"),
        ("¿El perro? un gato", "es", "perro gato"),
        ("北京是 the capital。", "zh", "北 京 是 the capital"),
        ("القط والكلب", "ar", "قط و كلب"),  # the script removes "al" inside words, too
        ("cái bàn của tôi", "vi", "bàn tôi"),
        ("यह एक किताब है।", "hi", "यह एक किताब है"),
        ("The cat\u2019s", "en", "cats"),
    ],
)
def test_mlqa_normalize(text, language, normal):
    assert mlqa_normalize(text, language) == normal


def test_mlqa_knows_seven_languages():
    with pytest.raises(ValueError, match="found language 'fr'"):
        mlqa_normalize("le chat", "fr")
    with pytest.raises(ValueError, match="english or mlqa"):
        f1("a", ["a"], "en", "french")


def test_exact_match_and_f1_by_hand():
    assert exact_match("The Cat!", ["dog", "cat"])
    assert not exact_match("black cat", ["cat"])
    assert f1("black cat", ["cat", "dog"]) == pytest.approx(2 / 3)  # precision 1/2, recall 1
    assert f1("cat cat", ["cat"]) == pytest.approx(2 / 3)  # bags, not sets
    assert f1("bird", ["cat"]) == 0.0


def test_questions_without_answer():
    assert exact_match("", []) and f1("", []) == 1.0
    assert not exact_match("cat", []) and f1("cat", []) == 0.0
    assert not exact_match("", ["cat"]) and f1("", ["cat"]) == 0.0


def test_entities_of_bio_tags():
    # the example of seqeval's documentation
    assert entities(["B-PER", "I-PER", "O", "B-LOC"]) == [("PER", 0, 1), ("LOC", 3, 3)]
    assert entities(["I-PER", "I-LOC", "B-LOC"]) == [("PER", 0, 0), ("LOC", 1, 1), ("LOC", 2, 2)]


def test_entities_of_bare_tags_are_runs_and_single_s_tags():
    tags = ["DET", "NOUN", "NOUN", "SCONJ", "SCONJ", "CCONJ", "SYM", "VERB"]
    assert entities(tags) == [
        ("DET", 0, 0),
        ("NOUN", 1, 2),
        ("SCONJ", 3, 3),
        ("SCONJ", 4, 4),
        ("CCONJ", 5, 5),
        ("SYM", 6, 6),
        ("VERB", 7, 7),
    ]


def test_sequence_counts_by_hand():
    assert sequence_counts(["B-PER", "I-PER", "O"], ["B-PER", "O", "B-PER"]) == (0, 2, 1)
    assert sequence_counts(["B-PER", "I-PER", "O"], ["B-PER", "I-PER", "B-LOC"]) == (1, 2, 1)
    assert counts_f1(1, 2, 1) == pytest.approx(2 / 3)
    assert counts_f1(0, 0, 0) == 0.0
    with pytest.raises(ValueError, match="2 gold tags but 1 predicted"):
        sequence_counts(["O", "O"], ["O"])


BIO = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
UPOS = st.sampled_from(["NOUN", "VERB", "SCONJ", "SYM", "INTJ", "DET"])


@pytest.mark.filterwarnings("ignore:.*seems not to be NE tag")
@given(st.lists(st.lists(st.tuples(BIO, BIO), min_size=1, max_size=8), min_size=1, max_size=5))
def test_summed_counts_are_seqeval(sentences):
    _same_as_seqeval(sentences)


@pytest.mark.filterwarnings("ignore:.*seems not to be NE tag")
@given(st.lists(st.lists(st.tuples(UPOS, UPOS), min_size=1, max_size=8), min_size=1, max_size=5))
def test_bare_tags_are_seqeval(sentences):
    """Without CCONJ and X, today's seqeval (which drops first letters) and that of XTREME's time agree."""
    _same_as_seqeval(sentences)


def _same_as_seqeval(sentences):
    gold = [[pair[0] for pair in sentence] for sentence in sentences]
    predicted = [[pair[1] for pair in sentence] for sentence in sentences]
    counts = [sum(column) for column in zip(*map(sequence_counts, gold, predicted), strict=True)]
    assert counts_f1(*counts) == pytest.approx(f1_score(gold, predicted, zero_division=0))


def test_xtreme_scores_by_hand():
    values = {
        "xquad": {"en": {"exact_match": 0.6, "f1": 0.8}, "de": {"exact_match": 0.2, "f1": 0.4}},
        "xnli": {"en": {"accuracy": 0.9}, "sw": {"accuracy": 0.6}},
    }
    assert xtreme_scores(values) == pytest.approx({"xquad": 0.5, "xnli": 0.75, "all": 0.625})
