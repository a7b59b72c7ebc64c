"""Confidence of every kind of task, by hand and against plain loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stiltcal.calibration import confidence

INF = float("inf")


def spans_by_loop(start, end, max_length):
    """All valid (window, start, end) and their scores, as the definition says."""
    return {
        (w, i, j): start[w, i] + end[w, j]
        for w in range(start.shape[0])
        for i in range(start.shape[1])
        for j in range(i, min(i + max_length, start.shape[1]))
        if start[w, i] + end[w, j] > -INF
    }


def test_softmax_by_hand():
    np.testing.assert_allclose(confidence.softmax(np.log([[1, 3]])), [[0.25, 0.75]])
    np.testing.assert_allclose(confidence.softmax(np.log([1.0, 9.0]), temperature=2), [0.25, 0.75])
    np.testing.assert_allclose(confidence.softmax([1000.0, 1000.0, -INF]), [0.5, 0.5, 0])


@pytest.mark.parametrize("logits", [[float("nan"), 1.0], [INF, 1.0], [-INF, -INF], []])
def test_softmax_rejects_what_has_no_answer(logits):
    with pytest.raises(ValueError):
        confidence.softmax(logits)


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), INF])
def test_temperature_must_be_positive(temperature):
    with pytest.raises(ValueError, match="temperature"):
        confidence.softmax([1.0, 2.0], temperature)


def test_classification_takes_the_first_of_equals():
    choice, value = confidence.classification(np.log([[1.0, 3.0], [1.0, 1.0]]))
    assert choice.tolist() == [1, 0]
    np.testing.assert_allclose(value, [0.75, 0.5])


@given(arrays(float, (2, 5), elements=st.floats(-4, 4)), arrays(float, (2, 5), elements=st.floats(-4, 4)))
def test_span_agrees_with_a_loop(start, end):
    start[0, 0] = end[1, 4] = -INF
    scores = spans_by_loop(start, end, max_length=3)
    ours = confidence.span_scores(start, end, max_length=3)
    (window,), (first,), (last,), ((value,),) = confidence.answer_spans(ours, [0], None, [1.5])
    found = window, first, last
    weights = {key: np.exp(score / 1.5) for key, score in scores.items()}
    assert scores[found] == max(scores.values())
    assert value == pytest.approx(weights[found] / sum(weights.values()))


def test_null_answer_wins_only_above_every_span():
    scores = np.repeat(confidence.span_scores([[0.0, 1.0]], [[0.0, 1.0]]), 2, axis=0)
    found = confidence.answer_spans(scores, [0, 1], np.array([3.0, 2.0]), [1])
    assert [each.tolist() for each in found[:3]] == [[0, 1], [-1, 1], [-1, 1]]
    total = np.exp([0.0, 1.0, 2.0]).sum()
    assert found.confidence[0] == pytest.approx([np.exp(3) / (np.exp(3) + total), np.exp(2) / (np.exp(2) + total)])


def test_confidences_of_spans_are_those_of_softmax_at_each_temperature():
    rng = np.random.default_rng(0)
    scores = confidence.span_scores(*rng.normal(size=(2, 2, 9)), max_length=4)
    for null in (None, -1.0, 9.0):
        options = scores.ravel() if null is None else np.append(scores, null)
        expected = [confidence.softmax(options, t).max() for t in (0.5, 1.0, 3.0)]
        found = confidence.answer_spans(scores, [0], null and np.array([null]), [0.5, 1.0, 3.0])
        assert found.confidence[:, 0] == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match="temperature is 0"):
        confidence.answer_spans(scores, [0], None, [1.0, 0.0])


def test_items_of_several_windows_are_answered_as_each_by_itself():
    rng = np.random.default_rng(1)
    start, end = rng.normal(size=(2, 7, 9))
    start[2] = start[1]
    end[2] = end[1]  # equal windows: the first one answers
    scores, null = confidence.span_scores(start, end, max_length=4), rng.normal(size=3) + 2
    whole = confidence.answer_spans(scores, [0, 1, 5], null, [0.5, 2.0])
    for item, (first, last) in enumerate([(0, 1), (1, 5), (5, 7)]):
        alone = confidence.answer_spans(scores[first:last], [0], null[[item]], [0.5, 2.0])
        assert [each[item] for each in whole[:3]] == [alone.window[0] + first, alone.first[0], alone.last[0]]
        assert whole.confidence[:, item] == pytest.approx(alone.confidence[:, 0], rel=1e-14)


def test_span_rejects_bad_input():
    with pytest.raises(ValueError, match="shape"):
        confidence.span_scores(np.zeros((1, 3)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="impossible"):
        confidence.answer_spans(confidence.span_scores(np.full((1, 3), -INF), np.zeros((1, 3))), [0], None, [1])
    with pytest.raises(ValueError, match="NaN"):
        confidence.answer_spans(confidence.span_scores(np.full((1, 3), np.nan), np.zeros((1, 3))), [0], None, [1])


def test_entity_by_hand():
    assert confidence.entity([0.5, 0.8]) == pytest.approx(0.4)
    for bad in ([], [1.2], [float("nan")]):
        with pytest.raises(ValueError, match="entity"):
            confidence.entity(bad)


def test_sigmoid_by_hand():
    np.testing.assert_allclose(confidence.sigmoid([0.0, 1000.0, -1000.0], 1.0, np.log(3)), [0.75, 1, 0])
