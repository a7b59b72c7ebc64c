"""Task metrics as ratios of sums, and the level of guessing that they are compared with, by hand."""

import json
from itertools import permutations

import numpy as np
import pytest

from stiltcal.calibration.estimate import level_interval
from stiltcal.formats.predictions import Units
from stiltcal.scoring.cells import Resamples, TaskMeasure
from stiltcal.scoring.ratios import RATIOS
from stiltcal.tasks.kinds import KINDS


def units(gold, prediction, cluster=None, item=None, correct=None) -> Units:
    n = len(gold)
    item = np.arange(n) if item is None else np.array(item)
    gold, prediction = np.array(gold, dtype=object), np.array(prediction, dtype=object)
    correct = gold == prediction if correct is None else np.array(correct)
    answered = np.array([each is not None for each in prediction])
    cluster = item if cluster is None else np.array(cluster)
    return Units(item, cluster, item, correct, correct * 1.0, answered, gold, prediction, answered, {})


def value(kind: str, metric: str, cell: Units) -> float:
    over, under, cluster = RATIOS[kind](cell)[metric]
    assert np.shape(over) == np.shape(under) == cluster.shape
    return np.sum(over) / max(1, np.sum(under))


def answers(*texts: str) -> str:
    return json.dumps(list(texts))


def test_every_kind_has_a_level_of_guessing_and_the_metric_that_is_compared_with_it():
    assert set(KINDS) == set(RATIOS)
    gold = {"qa": [answers("a"), answers("b")], "tagging": ["NOUN", "VERB"]}
    for kind, metric in ((name, kind.guard) for name, kind in KINDS.items()):
        found = RATIOS[kind](units(gold.get(kind, ["a", "b"]), ["a", "a"]))
        assert {metric, "guessing"} <= found.keys()


def test_constant_tags_are_at_guessing():
    """seqeval reads constant tags as one chunk: an F1 of 0 for a quarter of the tokens."""
    gold, items = ["NOUN", "VERB", "NOUN", "DET", "NOUN", "ADJ", "VERB", "X"], [0, 0, 0, 0, 1, 1, 1, 1]
    constant = units(gold, ["NOUN"] * 8, item=items)
    assert value("tagging", "guessing", constant) == value("tagging", "token_accuracy", constant) == 3 / 8
    assert value("tagging", "f1", constant) == 0
    other = units(gold, [*gold[:4], *"XXXX"], item=items)
    assert (value("tagging", "token_accuracy", other), value("tagging", "guessing", other)) == (5 / 8, 3 / 8)


def test_question_blind_agreement_is_the_mean_over_ordered_pairs():
    rng = np.random.default_rng(0)
    cluster = rng.integers(12, size=40)
    gold = [answers(f"The {a}.", f"{b}") for a, b in rng.integers(4, size=(40, 2))]
    given = [str(each) for each in rng.integers(4, size=40)]
    agreed = [
        f"{other}" in {text.strip("The .") for text in json.loads(gold[i])}
        for i, j in permutations(range(40), 2)
        for other in [given[j]]
        if cluster[i] == cluster[j]
    ]
    assert value("qa", "guessing", units(gold, given, cluster)) == pytest.approx(np.mean(agreed))


@pytest.mark.parametrize(
    ("gold", "given", "cluster", "expected"),
    [
        ([answers("Ann"), answers("Bob")], ["ann", "the Ann!"], [0, 0], 1 / 2),  # the second fits the first
        ([answers("Ann"), answers("Bob")], ["ann", "bob"], [0, 0], 0),  # each fits its own question
        ([answers("Ann"), answers("Ann")], ["Ann", "Ann"], [0, 1], 0),  # no paragraph has two questions
        ([answers("Ann"), answers("Ann"), answers("Ann")], ["Ann", "x", "Ann"], [0, 0, 1], 1 / 2),  # the third is alone
        ([answers(), answers("Ann")], ["x", ""], [0, 0], 1 / 2),  # no answer is the right one
    ],
)  # fmt: skip
def test_question_blind_agreement_by_hand(gold, given, cluster, expected):
    assert value("qa", "guessing", units(gold, given, cluster)) == expected


def test_a_known_level_stands_in_the_place_of_agreement():
    cell = units([answers("Ann"), answers("Bob")], ["Bob", "Ann"], [0, 0], correct=[False, False])
    resamples = Resamples(2, 1, 50, 0)
    for known, expected in ((None, 1.0), (1 / 8, 1 / 8)):
        scores = TaskMeasure("item", "item", RATIOS["qa"], resamples, known).scores(cell)
        guessing = scores.of_metric("guessing")
        assert guessing.value == expected and (guessing.replicates == expected).all()
        assert level_interval(guessing) == (expected, expected), "of a single cluster, too"
        assert scores.of_metric("exact_match").value == 0


def test_guessing_of_the_other_kinds():
    assert value("classification", "guessing", units(list("aabc"), list("bbbb"))) == 1 / 2
    assert value("retrieval", "guessing", units(list("abcd"), list("abcd"))) == 1 / 4
    mined = units(["p", None, "q"], ["p", "x", None])
    assert (value("mining", "guessing", mined), value("mining", "f1", mined)) == (0, 1 / 2)
