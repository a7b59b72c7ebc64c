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
    found, (value,) = confidence.best_span(ours), confidence.span_confidences(ours, None, [1.5])
    weights = {key: np.exp(score / 1.5) for key, score in scores.items()}
    assert scores[found] == max(scores.values())
    assert value == pytest.approx(weights[found] / sum(weights.values()))


def test_null_answer_wins_only_above_every_span():
    scores = confidence.span_scores([[0.0, 1.0]], [[0.0, 1.0]])
    weights = np.exp([0.0, 1.0, 2.0])
    assert confidence.best_span(scores, null=3.0) == (0, -1, -1)
    assert confidence.span_confidences(scores, 3.0, [1]) == pytest.approx(np.exp(3) / (np.exp(3) + weights.sum()))
    assert confidence.best_span(scores, null=2.0) == (0, 1, 1)


def test_span_confidences_are_those_of_softmax_at_each_temperature():
    rng = np.random.default_rng(0)
    scores = confidence.span_scores(*rng.normal(size=(2, 2, 9)), max_length=4)
    for null in (None, -1.0, 9.0):
        options = scores.ravel() if null is None else np.append(scores, null)
        expected = [confidence.softmax(options, t).max() for t in (0.5, 1.0, 3.0)]
        assert confidence.span_confidences(scores, null, [0.5, 1.0, 3.0]) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match="temperature is 0"):
        confidence.span_confidences(scores, None, [1.0, 0.0])


def test_span_rejects_bad_input():
    with pytest.raises(ValueError, match="shape"):
        confidence.span_scores(np.zeros((1, 3)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="impossible"):
        confidence.span_confidences(confidence.span_scores(np.full((1, 3), -INF), np.zeros((1, 3))), None, [1])


def test_entity_by_hand():
    assert confidence.entity([0.5, 0.8]) == pytest.approx(0.4)
    for bad in ([], [1.2], [float("nan")]):
        with pytest.raises(ValueError, match="entity"):
            confidence.entity(bad)


def test_sigmoid_by_hand():
    np.testing.assert_allclose(confidence.sigmoid([0.0, 1000.0, -1000.0], 1.0, np.log(3)), [0.75, 1, 0])
