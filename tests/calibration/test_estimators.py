"""Estimators by hand, against independent libraries, and what must hold for any predictions."""

import calibration as uncertainty_calibration
import numpy as np
import pytest
import relplot
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import foldnorm
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from torchmetrics.functional.classification import binary_calibration_error

from stiltcal.calibration import binning, estimators
from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.estimate import level_interval
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample

_UNIT = st.tuples(st.sampled_from([0.0, 0.05, 0.2, 1 / 3, 0.5, 0.6, 0.9, 1.0]), st.booleans())
PREDICTIONS = st.lists(_UNIT, min_size=1, max_size=30).map(lambda rows: tuple(map(np.array, zip(*rows, strict=True))))

# Bins of a tenth: (0.1, 0.2] holds 0.15 and 0.2, half of them right; (0.8, 0.9] three times 0.9, two of them right.
CONFIDENCE, CORRECT = np.array([0.15, 0.2, 0.9, 0.9, 0.9]), np.array([0, 1, 1, 1, 0])
SHARES, GAPS, VARIANCES = np.array([0.4, 0.6]), np.array([0.175 - 1 / 2, 0.9 - 2 / 3]), np.array([1 / 4, 2 / 9])


@pytest.fixture(params=[(23, 1.0), (500, 1.6), (4001, 0.7)])
def sample(request):
    """(confidence, correct) of n units, in no order, that are right with chance confidence^power."""
    n, power = request.param
    rng = np.random.default_rng(n)
    confidence = rng.beta(3, 1, n)
    return confidence, (rng.random(n) < confidence**power).astype(int)


def binned(formula, **options):
    return estimators.Binned(formula, **options)


def test_binned_estimators_by_hand():
    expected = {
        binning.ece: SHARES @ np.abs(GAPS),
        binning.mce: 0.325,
        binning.rmsce: np.sqrt(SHARES @ GAPS**2),
        binning.ece_debiased_l2: np.sqrt(max(0, SHARES @ (GAPS**2 - VARIANCES / [1, 2]))),
    }
    for formula, value in expected.items():
        assert binned(formula, bins=10)(CONFIDENCE, CORRECT) == pytest.approx(value, abs=1e-12)


def test_debiased_l1_subtracts_the_mean_excess_of_a_normal():
    noise = np.sqrt(VARIANCES / [2, 3])
    excess = foldnorm.mean(np.abs(GAPS) / noise, scale=noise) - np.abs(GAPS)
    value = binned(binning.ece_debiased_l1, bins=10)(CONFIDENCE, CORRECT)
    assert value == pytest.approx(max(0, SHARES @ (np.abs(GAPS) - excess)), abs=1e-14)


def test_folded_mean_agrees_with_scipy():
    mean, deviation = np.linspace(-3, 3, 301), 0.4
    expected = foldnorm.mean(np.abs(mean) / deviation, scale=deviation)
    np.testing.assert_allclose(binning.folded_mean(mean, np.full(301, deviation)), expected, atol=1e-14)
    np.testing.assert_array_equal(binning.folded_mean(np.array([-0.5, 0.0]), np.zeros(2)), [0.5, 0])


def test_edges_belong_to_the_lower_bin():
    sums = binning.bin_sums(np.array([0.0, 0.5, 0.51, 1.0]), np.ones(4), binning.width_edges(2))
    assert sums.n.tolist() == [2, 2]


def test_equal_mass_bins_keep_ties_together():
    confidence = np.array([0.1, 0.2, 0.2, 0.2, 0.2, 0.9])
    edges = binning.mass_edges(confidence, 3)  # cuts after the second and the fourth unit, both between equals
    assert edges.tolist() == [0.2]
    assert binning.bin_sums(confidence, np.ones(6), edges).n.tolist() == [5, 1]


def test_against_uncertainty_calibration(sample):
    equal_width, equal_mass = uncertainty_calibration.get_ece(*sample), uncertainty_calibration.get_ece_em(*sample)
    debiased = uncertainty_calibration.lower_bound_scaling_ce(*sample, p=2, debias=True, num_bins=15)
    rmsce = uncertainty_calibration.lower_bound_scaling_ce(
        *sample, p=2, debias=False, binning_scheme=uncertainty_calibration.utils.get_equal_prob_bins
    )
    assert METRICS["ece_width_15"](*sample) == pytest.approx(equal_width, abs=1e-9)
    assert METRICS["ece_mass_15"](*sample) == pytest.approx(equal_mass, abs=1e-9)
    assert METRICS["rmsce_width_15"](*sample) == pytest.approx(rmsce, abs=1e-9)
    assert binned(binning.ece_debiased_l2, mass=True)(*sample) == pytest.approx(debiased, abs=1e-9)


def test_debiased_l1_against_the_monte_carlo_of_uncertainty_calibration():
    rng = np.random.default_rng(0)
    confidence = rng.random(3000)
    correct = (rng.random(3000) < confidence**1.5).astype(int)
    np.random.seed(0)
    simulated = np.mean([uncertainty_calibration.get_ece(confidence, correct, debias=True) for _ in range(5)])
    assert METRICS["ece_debiased_l1"](confidence, correct) == pytest.approx(simulated, abs=5e-4)


@pytest.mark.parametrize(("norm", "name"), [("l1", "ece_width_15"), ("max", "mce_width_15"), ("l2", "rmsce_width_15")])
def test_against_torchmetrics(sample, norm, name):
    confidence, correct = (torch.tensor(column) for column in sample)
    oracle = binary_calibration_error(confidence.double(), correct, n_bins=15, norm=norm)
    assert METRICS[name](*sample) == pytest.approx(float(oracle), abs=1e-6)  # single precision inside


def test_against_relplot(sample):
    assert METRICS["smece"](*sample) == pytest.approx(relplot.smECE(*sample), abs=1e-12)


def test_smece_of_the_well_calibrated_needs_a_finer_grid():
    rng = np.random.default_rng(5)
    confidence = rng.random(60_000)
    correct = (rng.random(60_000) < confidence).astype(float)
    value = METRICS["smece"](confidence, correct)
    assert value == pytest.approx(relplot.smECE(confidence, correct), abs=1e-12)
    assert value < 0.01


def test_against_scikit_learn(sample):
    confidence, correct = sample
    assert METRICS["brier"](*sample) == pytest.approx(brier_score_loss(correct, confidence), abs=1e-12)
    assert METRICS["nll"](*sample) == pytest.approx(log_loss(correct, confidence, labels=[0, 1]), abs=1e-12)
    assert METRICS["auroc"](*sample) == pytest.approx(roc_auc_score(correct, confidence), abs=1e-12)
    rounded = np.round(confidence, 1)
    assert METRICS["auroc"](rounded, correct) == pytest.approx(roc_auc_score(correct, rounded), abs=1e-12)


def test_nll_of_a_sure_error_is_finite():
    assert METRICS["nll"]([1.0, 0.0], [0, 1]) == pytest.approx(-np.log(np.finfo(float).eps))


def test_selective_prediction_by_hand():
    confidence, correct = [0.9, 0.8, 0.7, 0.6], [1, 0, 1, 1]
    # Risks at coverage 1/4 .. 4/4: 0, 1/2, 1/3, 1/4; trapezoids, flat below 1/4.
    aurc = (0 + (0 + 1 / 2) / 2 + (1 / 2 + 1 / 3) / 2 + (1 / 3 + 1 / 4) / 2) / 4
    assert METRICS["aurc"](confidence, correct) == pytest.approx(aurc)
    assert METRICS["eaurc"](confidence, correct) == pytest.approx(aurc - (0.25 + 0.75 * np.log(0.75)))
    # Generalised risks 0, 1/4, 1/4, 1/4, from 0 at no coverage.
    assert METRICS["augrc"](confidence, correct) == pytest.approx((0 + 1 / 8 + 1 / 4 + 1 / 4) / 4)
    assert METRICS["accuracy_at_80"](confidence, correct) == pytest.approx((2 + 0.2) / 3.2)
    assert METRICS["aurc"]([0.5] * 4, correct) == pytest.approx(0.25)


def test_no_interval_of_augrc_reaches_beyond_its_largest_value():
    sample = make_sample(np.linspace(0.1, 0.9, 8), np.zeros(8))
    found = estimate(sample, ["augrc"], resample_weights(8, 200, seed=1))["augrc"]
    assert found.value == 0.5 and level_interval(found)[1] == 0.5


@given(PREDICTIONS)
def test_augrc_is_a_function_of_auroc_and_accuracy(units):
    accuracy, auroc = units[1].mean(), METRICS["auroc"](*units)
    assert METRICS["augrc"](*units) == pytest.approx((1 - auroc) * accuracy * (1 - accuracy) + (1 - accuracy) ** 2 / 2)


@settings(max_examples=40)
@given(PREDICTIONS, st.randoms(use_true_random=False))
def test_row_order_changes_no_digit_and_nothing_is_nan(units, random):
    order = list(range(len(units[0])))
    random.shuffle(order)
    for name, metric in METRICS.items():
        value = metric(*units)
        assert value == metric(units[0][order], units[1][order]), name
        assert np.isfinite(value), name


@given(PREDICTIONS)
def test_debiased_is_never_above_plug_in(units):
    plug_in = METRICS["ece_width_15"](*units)
    assert 0 <= METRICS["ece_debiased_l1"](*units) <= plug_in + 1e-12
    assert abs(METRICS["signed_gap"](*units)) <= plug_in + 1e-12 <= METRICS["rmsce_width_15"](*units) + 2e-12


def test_murphy_parts_sum_to_the_brier_score(sample):
    for mass in (False, True):
        parts = estimators.murphy(*sample, mass=mass)
        total = (
            parts["reliability"]
            - parts["resolution"]
            + parts["uncertainty"]
            + parts["within_variance"]
            - parts["within_covariance"]
        )
        assert total == pytest.approx(METRICS["brier"](*sample), abs=1e-12)
    parts = estimators.murphy([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1])
    assert parts["reliability"] == pytest.approx((0.3**2 + 0.2**2) / 2)
    assert parts["resolution"] == pytest.approx(0.25**2)
    assert parts["uncertainty"] == pytest.approx(0.75 * 0.25)
    assert parts["within_variance"] == pytest.approx(0) == parts["within_covariance"]


def test_classwise_by_hand():
    probabilities = np.array([[0.7, 0.3], [0.7, 0.3], [0.2, 0.8]])
    gold = np.array([0, 1, 1])
    first = 2 / 3 * 0.2 + 1 / 3 * 0.2
    assert estimators.classwise_ece(probabilities, gold) == pytest.approx(first)
    for bad, message in (
        ([[0.5, 0.6]], "sum to 1"),
        ([[1.5, -0.5]], r"\[0, 1\]"),
        ([[float("nan"), 1]], "probability"),
    ):
        with pytest.raises(ValueError, match=message):
            estimators.classwise_ece(bad, [0])
    with pytest.raises(ValueError, match=r"outside 0\.\.1"):
        estimators.classwise_ece([[0.5, 0.5]], [2])


def test_reliability_curve():
    curve = estimators.reliability(CONFIDENCE, CORRECT, bins=10)
    assert [row["n"] for row in curve] == [0, 2, 0, 0, 0, 0, 0, 0, 3, 0]
    assert curve[8] == {"low": 0.8, "high": 0.9, "n": 3, "confidence": pytest.approx(0.9), "accuracy": 2 / 3}
    assert curve[0]["confidence"] is curve[0]["accuracy"] is None


@pytest.mark.parametrize(
    ("confidence", "correct", "message"),
    [
        ([], [], "n >= 1"),
        ([1.2], [1], r"1\.2 \(row 0\)"),
        ([0.5, float("nan")], [1, 0], r"nan \(row 1\)"),
        ([0.5], [2], "true or false"),
        ([0.5, 0.5], [1], "as many"),
    ],
)
def test_bad_input_is_said(confidence, correct, message):
    for metric in METRICS.values():
        with pytest.raises(ValueError, match=message):
            metric(confidence, correct)


def test_defined_results_where_little_is_known():
    one = {name: metric([0.7], [1]) for name, metric in METRICS.items()}
    assert (one["ece_width_15"], one["ece_debiased_l2"], one["auroc"], one["aurc"]) == (pytest.approx(0.3), 0, 0.5, 0)
    assert METRICS["auroc"]([0.5] * 6, [1, 0] * 3) == 0.5
    assert METRICS["eaurc"]([0.1, 0.2], [0, 0]) == pytest.approx(0)


def test_an_unknown_metric_names_the_known():
    with pytest.raises(ValueError, match=r"unknown calibration metric 'ece'; allowed: ece_width_10"):
        estimators.metric("ece")
