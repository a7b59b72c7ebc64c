"""Curves with intervals: by hand, against relplot and statsmodels, and what must hold for any predictions."""

import numpy as np
import pytest
import relplot
from statsmodels.stats.proportion import proportion_confint

from stiltcal.calibration.curves import binned_curve, risk_coverage_curve, smooth_curve
from stiltcal.calibration.sample import make_sample

CONFIDENCE, CORRECT = np.array([0.15, 0.2, 0.9, 0.9, 0.9]), np.array([0, 1, 1, 1, 0])


def answers(n: int, power: float = 1.3):
    """Confidences and outcomes of n answers, over-confident for a power above 1."""
    rng = np.random.default_rng(n)
    confidence = rng.beta(3, 1, n)
    return confidence, (rng.random(n) < confidence**power).astype(int)


def test_bins_by_hand():
    curve = binned_curve(make_sample(CONFIDENCE, CORRECT), bins=10)
    np.testing.assert_allclose(curve.x, [0.175, 0.9])
    np.testing.assert_allclose(curve.share, [1 / 2, 2 / 3])


def test_risk_over_coverage_by_hand():
    """Of the three answers with 0.9 one is wrong; 0.2 is right, and 0.15 wrong."""
    curve = risk_coverage_curve(make_sample(CONFIDENCE, CORRECT), points=5)
    np.testing.assert_allclose(curve.x, [0.2, 0.4, 0.6, 0.8, 1.0])
    np.testing.assert_allclose(curve.share, [1 / 3, 1 / 3, 1 / 3, 1 / 4, 2 / 5])


def test_the_smooth_curve_is_that_of_relplot():
    """Away from the ends of the data: relplot's grid ends differently. A band would make it a mean of resamples."""
    confidence, correct = answers(4000)
    curve = smooth_curve(make_sample(confidence, correct))
    drawn = relplot.prepare_rel_diagram(confidence, correct, plot_confidence_band=False, report_CE_std=False)
    inside = (curve.x > 0.3) & (curve.x < 0.98)
    np.testing.assert_allclose(curve.share[inside], np.interp(curve.x, drawn["mesh"], drawn["mu"])[inside], atol=1e-3)


def test_without_clusters_intervals_are_those_of_wilson():
    """Student's t of 3,999 clusters is 0.04 % above the normal deviate."""
    confidence, correct = np.full(4000, 0.7), answers(4000)[1]
    curve = binned_curve(make_sample(confidence, correct))
    expected = proportion_confint(correct.sum(), 4000, method="wilson")
    np.testing.assert_allclose([curve.low[0], curve.high[0]], expected, atol=2e-5)


def test_bins_have_no_more_units_than_answers():
    """Half of the answers of each of five clusters are right: they say as much as 40 without clusters, by Wilson, with
    Student's t of 4 degrees of freedom."""
    curve = binned_curve(make_sample(np.full(40, 0.7), np.tile([0, 1], 20), np.repeat(np.arange(5), 8)))
    t = 2.7764451
    half = t / (1 + t**2 / 40) * np.sqrt(0.25 / 40 + t**2 / (4 * 40**2))
    np.testing.assert_allclose([curve.low[0], curve.high[0]], [0.5 - half, 0.5 + half], atol=1e-6)


def test_equal_answers_in_a_cluster_count_once():
    confidence, correct = np.full(300, 0.6), np.repeat(answers(30)[1], 10)
    copies = binned_curve(make_sample(confidence, correct, np.repeat(np.arange(30), 10)))
    alone = binned_curve(make_sample(confidence[::10], correct[::10]))
    for ends in zip(copies[2:], alone[2:], strict=True):
        np.testing.assert_allclose(*ends, atol=0.01)


def test_intervals_cover_the_truth():
    """200 samples of 40 clusters, whose answers share a chance of 0.4 or 0.8: 95 % within the error of 200 samples."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        chance = np.repeat(rng.choice([0.4, 0.8], 40), 5)
        sample = make_sample(np.full(200, 0.5), (rng.random(200) < chance).astype(int), np.repeat(np.arange(40), 5))
        curve = binned_curve(sample)
        covered += curve.low[0] <= 0.6 <= curve.high[0]
    assert 182 <= covered <= 198


@pytest.mark.parametrize("curve_of", [binned_curve, smooth_curve, risk_coverage_curve])
def test_a_curve_is_inside_its_band_and_the_order_of_rows_makes_no_difference(curve_of):
    confidence, correct = answers(60)
    cluster = np.arange(60) // 4
    curve = curve_of(make_sample(confidence, correct, cluster))
    assert (curve.low <= curve.share).all() and (curve.share <= curve.high).all()
    assert (curve.low >= 0).all() and (curve.high <= 1).all() and (curve.low < curve.high).all()
    turned = curve_of(make_sample(confidence[::-1], correct[::-1], cluster[::-1]))
    np.testing.assert_array_equal(curve.share, turned.share)


@pytest.mark.parametrize("curve_of", [binned_curve, smooth_curve, risk_coverage_curve])
def test_a_single_answer_says_nothing(curve_of):
    curve = curve_of(make_sample([0.7], [1]))
    assert (curve.low == 0).all() and (curve.high == 1).all()


def test_an_outcome_that_no_cluster_has_may_be_in_as_many_as_clopper_and_pearson_say():
    """20 clusters of 40 answers, all right: at most 1 - 0.025^(1/20) of the population is wrong."""
    curve = risk_coverage_curve(make_sample(np.full(800, 0.9), np.ones(800), np.arange(800) // 40), points=1)
    assert curve.share[0] == 0 and curve.low[0] == 0
    assert curve.high[0] == pytest.approx(1 - 0.025 ** (1 / 20))


def test_places_with_fewer_than_two_answers_near_them_have_no_point():
    confidence = np.append(np.full(50, 0.9), 0.1)
    curve = smooth_curve(make_sample(confidence, np.append(np.arange(50) % 10 > 0, True)))
    assert curve.x.min() > 0.5 and curve.x.max() == 0.9
    assert [len(part) for part in smooth_curve(make_sample([0.1, 0.9], [0, 1]))] == [0, 0, 0, 0]
