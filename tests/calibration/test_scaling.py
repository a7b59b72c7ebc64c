"""Fitted scalings against scipy and scikit-learn, and at the ends where a minimum does not exist."""

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from sklearn.linear_model import LogisticRegression

from stiltcal.calibration import confidence, logistic, scaling

INF = float("inf")


def nll(logits, gold, temperature):
    return -np.log(confidence.softmax(logits, temperature)[np.arange(len(gold)), gold]).mean()


@pytest.fixture
def overconfident():
    """Logits twice as large as the probabilities that the labels are drawn with."""
    rng = np.random.default_rng(0)
    logits = 2 * rng.normal(size=(2000, 4))
    gold = np.array([rng.choice(4, p=row) for row in confidence.softmax(logits, 2.0)])
    return logits, gold


def test_temperature_agrees_with_scipy(overconfident):
    fit = scaling.fit_temperature(*overconfident)
    best = minimize_scalar(lambda x: nll(*overconfident, np.exp(x)), bounds=(-3, 3), method="bounded").x
    assert fit.value == pytest.approx(np.exp(best), rel=1e-4)
    assert fit.value == pytest.approx(2, rel=0.1)
    assert (fit.n, fit.nll_before) == (2000, pytest.approx(nll(*overconfident, 1)))
    assert fit.nll_after == pytest.approx(nll(*overconfident, fit.value))


def test_temperature_where_there_is_no_minimum():
    logits = np.random.default_rng(1).normal(size=(50, 3))
    assert scaling.fit_temperature(logits, logits.argmax(1)).value == pytest.approx(0.05)
    assert scaling.fit_temperature(logits, logits.argmin(1)).value == pytest.approx(20)
    assert scaling.fit_temperature(np.zeros((3, 4)), np.array([0, 1, 2])).value == 1
    assert scaling.fit_temperature(logits[:1], logits[:1].argmax(1), bounds=(0.2, 5)).value == pytest.approx(0.2)


def test_impossible_options_count_for_nothing(overconfident):
    logits, gold = overconfident
    padded = np.pad(logits, ((0, 0), (0, 2)), constant_values=-INF)
    assert scaling.fit_temperature(padded, gold).value == pytest.approx(scaling.fit_temperature(logits, gold).value)


@pytest.mark.parametrize(
    ("logits", "gold"),
    [
        (np.zeros((0, 3)), np.zeros(0, int)),
        (np.zeros((2, 3)), np.array([0, 3])),
        (np.zeros((2, 3)), np.array([0])),
        (np.array([[0.0, float("nan")]]), np.array([0])),
        (np.array([[0.0, -INF]]), np.array([1])),
    ],
)
def test_temperature_rejects_bad_input(logits, gold):
    with pytest.raises(ValueError):
        scaling.fit_temperature(logits, gold)


def test_span_temperature_is_that_of_the_spans_as_options():
    rng = np.random.default_rng(2)
    starts, ends = 3 * rng.normal(size=(2, 100, 1, 6))
    gold = rng.integers(6, size=100)
    items = [(s, e, [(0, g, g)], None) for s, e, g in zip(starts, ends, gold, strict=True)]
    flat = (starts + ends)[:, 0]
    one_token = scaling.fit_span_temperature(items, max_length=1)
    assert one_token.value == pytest.approx(scaling.fit_temperature(flat, gold).value)


def test_span_temperature_sums_gold_spans_and_leaves_out_what_cannot_be_found():
    start, end = np.log([[1.0, 2.0]]), np.log([[1.0, 1.0]])
    both = scaling.fit_span_temperature([(start, end, [(0, 0, 0), (0, 1, 1)], None)])
    assert both.nll_before == pytest.approx(-np.log(3 / 4))
    lost = (start, np.array([[0.0, -INF]]), [(0, 1, 1)], None)
    null = (start, end, [], 0.0)
    assert scaling.fit_span_temperature([lost, null]).n == 1
    assert scaling.fit_span_temperature([null]).nll_before == pytest.approx(-np.log(1 / 5))
    with pytest.raises(ValueError, match="at least one"):
        scaling.fit_span_temperature([lost])


def test_platt_agrees_with_scikit_learn():
    rng = np.random.default_rng(3)
    x = 100 + 5 * rng.normal(size=400)
    correct = rng.random(400) < 1 / (1 + np.exp(-(x - 101) / 3))
    right = correct.sum()
    target = np.where(correct, (right + 1) / (right + 2), 1 / (400 - right + 2))
    oracle = LogisticRegression(C=1e12, tol=1e-12, max_iter=1000).fit(
        np.r_[x, x][:, None] - 100, np.r_[np.ones(400), np.zeros(400)], np.r_[target, 1 - target]
    )
    slope, intercept, n, _ = logistic.fit_platt(x, correct)
    assert slope == pytest.approx(oracle.coef_[0, 0], rel=1e-4)
    assert intercept + 100 * slope == pytest.approx(oracle.intercept_[0], rel=1e-3)
    assert n == 400


def test_platt_is_finite_where_plain_logistic_regression_is_not():
    x = np.linspace(-1, 1, 21)
    slope, *_ = logistic.fit_platt(x, x > 0)
    assert 0 < slope < 100
    assert logistic.fit_platt(x, x > -2)[1] == pytest.approx(np.log(22), rel=1e-3)
    assert logistic.fit_platt(np.ones(3), [True, False, True])[:3] == (
        0.0,
        pytest.approx(np.log(0.6 / 0.4), rel=0.2),
        3,
    )
    with pytest.raises(ValueError, match="finite"):
        logistic.fit_platt([float("nan")], [True])


def test_platt_of_confidences_by_hand():
    found = confidence.platt([0.5, 0.8, 0.0, 1.0], 2.0, np.log(3))
    assert found.tolist() == pytest.approx([0.75, 48 / 49, 0, 1], abs=1e-9)


def test_vector_scaling_agrees_with_scipy(overconfident):
    logits, gold = overconfident
    logits = logits + np.array([0.0, 0.5, 0.0, -1.0])
    found = logistic.fit_vector(logits, gold)

    def objective(beta):
        chosen = confidence.softmax(logits * beta[:4] + beta[4:])[np.arange(len(gold)), gold]
        return -np.log(chosen).mean() + ((beta - np.repeat([1, 0], 4)) ** 2).sum() / (2 * len(gold))

    best = minimize(objective, np.repeat([1.0, 0.0], 4), tol=1e-12).x
    assert [*found.weights, *found.bias] == pytest.approx(best, abs=1e-4)
    assert found.n == 2000
    assert np.std(found.weights - 0.5) < 0.2  # the temperature of 2 ...
    assert found.bias - found.bias[0] == pytest.approx([0, -0.25, 0, 0.5], abs=0.15)  # ... and what was added


def test_vector_scaling_is_finite_for_separable_data_and_missing_options():
    logits = np.random.default_rng(1).normal(size=(50, 3))
    found = logistic.fit_vector(logits, np.where(logits.argmax(1) == 2, 0, logits.argmax(1)))
    assert np.isfinite([*found.weights, *found.bias]).all()
    for bad in ((np.zeros((0, 3)), np.zeros(0, int)), (np.zeros((2, 3)), [0, 3]), (np.full((1, 2), -INF), [0])):
        with pytest.raises(ValueError):
            logistic.fit_vector(*bad)
