"""Entities of every tagging scheme: read alike, and kept when tokens move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stiltcal.models.decoding import Tagging
from stiltcal.tasks.metrics import sequence_counts
from stiltcal.tasks.tagging import entities, label_problem, marks_entities, moved

PEOPLE = [("PER", 0, 2), ("LOC", 4, 4), ("LOC", 5, 6)]
SCHEMES = {
    "IOB2": "B-PER I-PER I-PER O B-LOC B-LOC I-LOC",
    "IOB1": "I-PER I-PER I-PER O I-LOC B-LOC I-LOC",
    "IOE2": "I-PER I-PER E-PER O E-LOC I-LOC E-LOC",
    "BIOES": "B-PER I-PER E-PER O S-LOC B-LOC E-LOC",
    "BILOU": "B-PER I-PER L-PER O U-LOC B-LOC L-LOC",
    "BMES": "B-PER M-PER E-PER O S-LOC B-LOC E-LOC",
    "BMEWO": "B-PER M-PER E-PER O W-LOC B-LOC E-LOC",
    "small letters": "b-PER i-PER i-PER o b-LOC b-LOC i-LOC",
}


@pytest.mark.parametrize("tags", SCHEMES.values(), ids=SCHEMES)
def test_schemes_name_the_same_entities(tags):
    assert entities(tags.split()) == PEOPLE
    assert marks_entities(tags.split())
    assert Tagging(tags.split()).has_entities


def test_a_missing_b_begins_an_entity_and_joins_nothing():
    assert entities("I-PER O O I-PER I-LOC O".split()) == [("PER", 0, 0), ("PER", 3, 3), ("LOC", 4, 4)]
    assert entities("PER PER O LOC SONG SONG".split()) == [("PER", 0, 1), ("LOC", 3, 3), ("SONG", 4, 5)]


def test_types_may_hold_hyphens():
    assert entities(["B-work-of-art", "L-work-of-art", "U-x-y"]) == [("work-of-art", 0, 1), ("x-y", 2, 2)]


def test_bilou_is_scored_by_its_entities():
    gold, found = "B-PER L-PER U-LOC U-LOC".split(), "B-PER L-PER U-LOC O".split()
    assert sequence_counts(gold, found) == (2, 2, 3)


def test_tags_of_words_mark_no_entities():
    assert not marks_entities(["NOUN", "X", "S", "SYM"])
    assert moved(["NOUN", "VERB"], [1, 0]) == ["VERB", "NOUN"]


def test_entities_that_come_to_touch_stay_two():
    iob1 = "I-LOC O I-LOC I-LOC".split()
    assert moved(iob1, [2, 3, 0, 1]) == ["I-LOC", "I-LOC", "B-LOC", "O"]
    assert moved(iob1, [2, 3, 0, 1], known=["I-LOC", "B-LOC", "O"]) == ["I-LOC", "I-LOC", "B-LOC", "O"]
    assert moved(iob1, [2, 3, 0, 1], known=["I-LOC", "O"]) is None
    assert moved(iob1, [2, 3, 1, 0], known=["I-LOC", "O"]) == ["I-LOC", "I-LOC", "O", "I-LOC"]
    assert moved("LOC O LOC".split(), [0, 2, 1]) is None


TYPES = st.sampled_from(["PER", "LOC"])
WRITERS = {
    "IOB2": lambda kind, size: [f"B-{kind}", *[f"I-{kind}"] * (size - 1)],
    "slips": lambda kind, size: [f"I-{kind}"] * size,
    "BILOU": lambda kind, size: [f"U-{kind}"] if size == 1 else [f"B-{kind}", *[f"I-{kind}"] * (size - 2), f"L-{kind}"],
    "IOE2": lambda kind, size: [*[f"I-{kind}"] * (size - 1), f"E-{kind}"],
}


@pytest.mark.parametrize("scheme", WRITERS)
@given(data=st.data())
def test_moved_entities_are_those_there_were(scheme, data):
    parts = data.draw(st.lists(st.one_of(st.none(), st.tuples(TYPES, st.integers(1, 3))), min_size=1, max_size=6))
    if scheme == "slips":  # of which two side by side would be one
        parts = [part for each in parts for part in (each, None)]
    units, tags = [], []
    for part in parts:
        written = ["O"] if part is None else WRITERS[scheme](*part)
        units.append(list(range(len(tags), len(tags) + len(written))))
        tags += written
    order = data.draw(st.permutations(units))
    origins = [token for unit in order for token in unit]
    before = sorted((kind, *range(first, last + 1)) for kind, first, last in entities(tags))
    now = entities(moved(tags, origins))
    assert sorted((kind, *origins[first : last + 1]) for kind, first, last in now) == before


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["O", "PER-B", "PER-I"], "'PER-B'"),
        (["O", "B-PER", "PER"], "'PER'"),
        (["NOUN", "B-PER"], "'NOUN'"),
        (["O", "B", "I"], "'B'"),
        (["O", "B_PER", "I_PER"], "'B_PER'"),
        (["-", "PER_B", "PER_I"], "'PER_B'"),
        (["O", "B:PER", "I:PER"], "'B:PER'"),
        (["O", "B\N{EN DASH}PER", "I\N{EN DASH}PER"], "'B\N{EN DASH}PER'"),
        (["O", "BPER", "IPER"], "'BPER'"),
        (["O", "B-", "I-"], "'B-'"),
    ],
)
def test_labels_that_cannot_be_read_are_refused(labels, found):
    assert f"found {found} among tags of entities; each is O, or a letter" in label_problem(labels)


def test_labels_of_every_scheme_are_taken():
    others = [["NOUN", "VERB"], ["PER", "LOC", "O"], ["X_S", "S"], ["S/NP", "NP/S", "NP/E"]]
    for labels in [*(tags.split() for tags in SCHEMES.values()), *others]:
        assert label_problem(labels) is None


def test_a_sentence_without_o_is_read_as_the_others():
    """Of bare types those that begin with S are one entity a word where they are parts of speech."""
    labels = ["STATE", "ORG", "O"]
    assert entities(["STATE", "STATE"], labels) == [("STATE", 0, 1)]
    assert sequence_counts(["STATE", "STATE", "O"], ["STATE"] * 3) == (0, 1, 1)
    assert moved(["ORG", "ORG", "STATE"], [2, 0, 1], labels) == ["STATE", "ORG", "ORG"]
