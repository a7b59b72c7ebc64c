"""Intervals, p values and corrections, by hand and against scipy and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from stiltcal.calibration.bootstrap import estimate as bootstrap_estimate
from stiltcal.calibration.estimate import (
    NO_SURPLUS,
    Estimate,
    combine,
    effect_interval,
    holm,
    level_interval,
    p_value,
    unseen_share,
)
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample

NOISE = np.linspace(-1, 1, 201)


def test_percentiles_of_an_unbiased_estimate():
    assert level_interval(Estimate(0.5, 0.5, 0.5 + 0.1 * NOISE, NO_SURPLUS, 99)) == pytest.approx((0.405, 0.595))


def test_difference_is_centre_and_student_t():
    error = NOISE.std(ddof=1)
    found = Estimate(0.0, 1.0, NOISE, NO_SURPLUS, 9)
    reach = stats.t.ppf(0.975, 9) * error
    assert effect_interval(found) == pytest.approx((min(0, 1 - reach), 1 + reach), abs=1e-3)
    assert p_value(found) == pytest.approx(2 * stats.t.sf(1 / error, 9), abs=2e-3)
    assert p_value(found._replace(df=10_000)) == pytest.approx(2 * stats.norm.sf(1 / error), abs=1e-4)


def test_p_without_any_scatter():
    assert p_value(Estimate(0.0, 0.0, np.zeros(10), NO_SURPLUS, 9)) == 1
    assert p_value(Estimate(3e-17, 3e-17, 1e-17 * NOISE, NO_SURPLUS, 9)) == 1  # rounding alone
    assert p_value(Estimate(0.2, 0.2, np.full(10, 0.2), NO_SURPLUS, 9)) == 0
    assert p_value(Estimate(0.01, 0.01, np.full(10, 0.01), NO_SURPLUS, 9, (0.02, 0))) == 1


def test_calibration_error_reaches_zero_where_noise_explains_it():
    found = Estimate(0.3, 0.2, 0.2 + 0.01 * NOISE, surplus=np.full(201, -1.0), df=1000)
    low, high = level_interval(found)
    assert 0.18 < low < 0.2
    assert high == 0.3  # the reported value lies inside
    assert level_interval(found._replace(surplus=np.full(201, 1.0)))[0] == 0


def test_combination_pairs_the_replicates():
    one, two = (
        Estimate(0.4, 0.3, NOISE, NO_SURPLUS, 9, (0.1, 0.0)),
        Estimate(0.1, 0.2, NOISE, NO_SURPLUS, 5, (0.0, 0.2)),
    )
    difference = combine((1, -1), (one, two))
    assert (difference.value, difference.centre, difference.df) == (pytest.approx(0.3), pytest.approx(0.1), 5)
    assert (difference.replicates == 0).all()
    assert difference.unseen == pytest.approx((0.3, 0.0))


@pytest.mark.parametrize("p_values", [[0.3], [0.04, 0.01, 0.03], [0.5, 0.001, 0.5, 0.02, 1.0, 0.0], [0.9, 0.8]])
def test_holm_agrees_with_statsmodels(p_values):
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])


def test_unseen_share_is_clopper_pearson():
    assert unseen_share(200) == pytest.approx(stats.beta.ppf(0.975, 1, 200))


@pytest.mark.parametrize("n", [1, 2, 30, 400])
def test_every_interval_holds_its_value_and_stays_in_range(n):
    rng = np.random.default_rng(n)
    confidence = rng.beta(3, 1, n)
    sample = make_sample(confidence, rng.random(n) < confidence**2)
    for name, found in bootstrap_estimate(sample, list(METRICS), list(resample_weights(n, 300, seed=1))).items():
        low, high = level_interval(found)
        assert np.isfinite([low, high]).all(), name
        assert low <= high, name
        if len(found.surplus) > 1:
            assert 0 <= low <= found.value <= high <= 1, name


def test_perfect_calibration_is_not_excluded():
    weights = list(resample_weights(300, 300, seed=1))
    contained = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        confidence = rng.random(300)
        sample = make_sample(confidence, rng.random(300) < confidence)
        contained.append(
            level_interval(bootstrap_estimate(sample, ["ece_debiased_l2"], weights)["ece_debiased_l2"])[0] == 0
        )
    assert np.mean(contained) >= 0.95
