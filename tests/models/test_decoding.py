"""From a model's outputs to answers, worked by hand."""

import numpy as np
import pytest

from stiltcal.models.decoding import CellOutputs, Tagging
from stiltcal.models.encoding import Features, Rows
from stiltcal.models.inference import Outputs
from stiltcal.models.spans import SpanAnswers


def hand_cell(items, features, values, starts):
    return CellOutputs("en", items, features, Outputs(np.array(values, dtype=float), np.array(starts)))


def test_an_answer_by_hand():
    """Tokens: <s> q </s> anna saw dog </s>; anna to dog has the highest sum of start and end."""
    item = {
        "id": "q",
        "cluster": "p",
        "context": "anna saw dog",
        "answers": ["anna", "saw dog"],
        "answer_starts": [0, 5],
    }
    offsets = np.array([[-1, -1]] * 3 + [[0, 4], [5, 8], [9, 12], [-1, -1]])
    features = Features(Rows(np.arange(7), np.zeros(7), np.array([0, 7])), None, np.array([0]), places=[offsets])
    starts, ends = [9, 9, 9, 2, 1, 0, 9], [9, 9, 9, 0, 0, 1, 9]
    cell = hand_cell([item], features, list(zip(starts, ends, strict=True)), [0])
    decoder = SpanAnswers("english")
    (row,) = decoder.rows(cell, {})
    sums = np.array([2, 2, 3, 1, 2, 1])  # aa as ad ss sd dd
    assert row["prediction"] == "anna saw dog"
    assert row["confidence"] == pytest.approx(np.exp(3) / np.exp(sums).sum(), abs=1e-6)
    assert (row["correct"], row["score"], row["gold"]) == (False, 0.8, '["anna", "saw dog"]')
    decoder.prepare([cell])
    assert decoder.has_null is False


def test_no_answer_where_the_dev_set_has_such_questions():
    item = {"id": "q", "cluster": "p", "context": "anna saw", "answers": [], "answer_starts": []}
    offsets = np.array([[-1, -1]] * 3 + [[0, 4], [5, 8], [-1, -1]])
    rows = Rows(np.arange(12), np.zeros(12), np.array([0, 6, 12]))
    features = Features(rows, None, np.array([0, 0]), places=[offsets, offsets])
    one = [(4, 4), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    two = [(2, 2), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    decoder, cell = SpanAnswers("english"), hand_cell([item], features, one + two, [0, 6])
    decoder.prepare([cell])
    (row,) = decoder.rows(cell, {})
    assert (row["prediction"], row["correct"], row["gold"]) == ("", True, "[]")
    assert row["confidence"] == pytest.approx(np.exp(4) / (np.exp(4) + 6), abs=1e-6)  # the smaller null, six spans


def test_tokens_and_entities_by_hand():
    item = {"id": "t", "cluster": "t", "tokens": ["anna", "red", "dog"], "tags": ["B-X", "I-X", "O"]}
    features = Features(
        Rows(np.arange(5), np.zeros(5), np.array([0, 5])), None, np.array([0]), places=[np.array([1, 2, -1])]
    )
    log = np.log
    values = [[0, 0, 0], [log(8), log(1), log(1)], [log(1), log(3), log(1)], [0, 0, 9], [0, 0, 0]]
    rows = Tagging(["B-X", "I-X", "O"]).rows(hand_cell([item], features, values, [0]), {})
    assert [row["confidence"] for row in rows] == pytest.approx([0.8, 0.6, 1 / 3, 0.48, 1 / 3], abs=1e-6)
    assert [row["prediction"] for row in rows] == [
        "B-X",
        "I-X",
        "B-X",
        "X:0:1",
        "X:2:2",
    ]  # the dropped word: first label
    assert [row["gold"] for row in rows] == ["B-X", "I-X", "O", "X:0:1", None]
    assert [row["position"] for row in rows] == [0, 1, 2, 0, 2]
    assert [row["correct"] for row in rows] == [True, True, False, True, False]


def test_questions_are_answered_alike_in_blocks_of_any_size(monkeypatch):
    rng, lengths, items = np.random.default_rng(2), [5, 4, 6, 5, 5, 6], [0, 1, 1, 1, 2, 2]
    context = "a b c d"
    spans = [np.array([[-1, -1], [0, 1], [2, 3], [4, 5], [6, 7], [-1, -1]], dtype=np.int32)[:n] for n in lengths]
    bounds = np.cumsum([0, *lengths])
    rows = Rows(np.zeros(bounds[-1], dtype=np.int32), np.zeros(bounds[-1], dtype=np.int8), bounds)
    features = Features(rows, None, np.array(items), places=spans)
    gold = [([], []), (["b"], [2]), (["d"], [6])]
    questions = [
        {"id": f"q{i}", "cluster": f"c{i}", "context": context, "answers": answers, "answer_starts": starts}
        for i, (answers, starts) in enumerate(gold)
    ]
    cell = hand_cell(questions, features, rng.normal(size=(bounds[-1], 2)), bounds[:-1])
    decoder = SpanAnswers("english")
    decoder.prepare([cell])
    whole = decoder.rows(cell, {})
    assert decoder.has_null and len({each["prediction"] for each in whole}) > 1
    for scores in (1, 200, 500):
        monkeypatch.setattr("stiltcal.models.spans.SCORES", scores)
        assert decoder.rows(cell, {}) == whole
