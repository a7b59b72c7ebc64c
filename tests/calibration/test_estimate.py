"""Intervals, p values and corrections, by hand and against scipy and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from stiltcal.calibration.bootstrap import estimate as bootstrap_estimate
from stiltcal.calibration.combinations import combine, mean, stack
from stiltcal.calibration.estimate import (
    NO_SURPLUS,
    Estimate,
    beyond,
    effect_interval,
    level_interval,
    p_value,
    unseen_share,
)
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.resampling import quantile, resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.scoring.cells import Resamples, Scores, over_seeds
from stiltcal.scoring.multiplicity import holm

NOISE = np.linspace(-1, 1, 201)


def corrected(error, df):
    """The bootstrap divides by clusters, an unbiased variance by one fewer."""
    return error * np.sqrt((df + 1) / df)


@pytest.mark.parametrize("df", [7, 99, 10_000])
def test_percentiles_of_an_unbiased_estimate(df):
    found = level_interval(Estimate(0.5, 0.5, 0.5 + 0.1 * NOISE, NO_SURPLUS, df))
    tail = stats.norm.sf(corrected(stats.t.ppf(0.975, df), df))
    assert found == pytest.approx((0.4 + 0.2 * tail, 0.6 - 0.2 * tail), abs=1e-12)


def test_difference_is_centre_and_student_t():
    error = corrected(NOISE.std(ddof=1), 9)
    found = Estimate(0.1, 1.0, NOISE, NO_SURPLUS, 9)
    reach = stats.t.ppf(0.975, 9) * error
    assert effect_interval(found) == pytest.approx((1 - reach, 1 + reach), abs=1e-12)
    assert p_value(found) == pytest.approx(2 * stats.t.sf(1 / error, 9), abs=1e-12)
    assert p_value(found._replace(value=-0.1)) == p_value(found)  # it is about the centre alone
    many = found._replace(df=10_000)
    assert p_value(many) == pytest.approx(2 * stats.norm.sf(1 / NOISE.std(ddof=1)), abs=1e-4)


def test_p_without_any_scatter():
    assert p_value(Estimate(0.0, 0.0, np.zeros(10), NO_SURPLUS, 9)) == 1
    assert p_value(Estimate(3e-17, 3e-17, 1e-17 * NOISE, NO_SURPLUS, 9)) == 1  # rounding alone
    assert p_value(Estimate(0.2, 0.2, np.full(10, 0.2), NO_SURPLUS, 9)) == 0
    assert p_value(Estimate(0.01, 0.01, np.full(10, 0.01), NO_SURPLUS, 9, (0.02, 0))) == 1


def test_calibration_error_reaches_zero_where_noise_explains_it():
    found = Estimate(0.3, 0.2, 0.2 + 0.01 * NOISE, surplus=np.full(201, -1.0), df=1000, bounds=(0.0, 1.0))
    low, high = level_interval(found)
    assert 0.18 < low < 0.2 < high < 0.22  # about the centre, wherever the plug-in value lies
    assert level_interval(found._replace(surplus=np.full(201, 1.0)))[0] == 0


@pytest.mark.parametrize("rows", [1, 2, 99, 500])
def test_quantile_is_that_of_numpy(rows):
    replicates = np.random.default_rng(rows).normal(size=(2, 3, rows))
    for share in (0.0, 0.3, 0.975, 1.0):
        expected = np.quantile(replicates, share, axis=-1)
        assert quantile(replicates, share) == pytest.approx(expected, rel=1e-12, abs=1e-13)
    assert np.isnan(quantile(np.full((2, rows), np.nan), 0.975)).all()


def test_combination_pairs_the_replicates():
    one, two = (
        Estimate(0.4, 0.3, NOISE, NO_SURPLUS, 9, (0.1, 0.0)),
        Estimate(0.1, 0.2, NOISE, NO_SURPLUS, 5, (0.0, 0.2)),
    )
    difference = combine((1, -1), (one, two))
    assert (difference.value, difference.centre, difference.df) == (pytest.approx(0.3), pytest.approx(0.1), 5)
    assert (difference.replicates == 0).all()
    assert difference.unseen == pytest.approx((np.hypot(0.1, 0.2), 0.0))
    assert mean([one] * 4).unseen == pytest.approx((0.05, 0.0))


def error(centre, surplus, df=1000):
    """A calibration error that scatters by 0.01; `surplus` >= 0: perfect calibration is not rejected."""
    return Estimate(centre, centre, centre + 0.01 * NOISE, np.full(201, surplus), df, bounds=(0.0, 1.0))


def test_what_may_be_calibrated_may_be_zero_in_a_difference_too():
    """The centre of an error near 0 is too high, and all of it may be missing in a difference, and in their mean."""
    high, zero = error(0.2, -1.0), error(0.03, 1.0)
    assert beyond(zero) == pytest.approx((0.03, 0))
    assert beyond(high) == pytest.approx((0, 0))
    degraded, improved = combine((1, -1), (high, zero)), combine((1, -1), (zero, high))
    assert beyond(degraded) == pytest.approx((0, 0.03)) and beyond(improved) == pytest.approx((0.03, 0))
    assert beyond(mean([degraded, combine((1, -1), (high, error(0.05, 1.0)))])) == pytest.approx((0, 0.04))
    assert beyond(combine((1, -1), (degraded, improved))) == pytest.approx((0, 0.06))
    free = combine((1, -1), (high, error(0.03, -1.0)))
    assert p_value(degraded) == p_value(free) and p_value(combine((1, -1), (zero, zero))) == 1
    assert effect_interval(degraded)[1] == pytest.approx(effect_interval(free)[1] + 0.03)
    assert beyond(stack([degraded, high]))[:, 0] == pytest.approx((0, 0.03))


def test_calibration_is_rejected_of_errors_together():
    """Many cells too small to show an error by themselves may show it in their mean."""
    small = [error(0.1, 0.0)._replace(surplus=np.roll(0.02 * NOISE - 0.01, 50 * k)) for k in range(4)]
    assert beyond(small[0])[0] == pytest.approx(0.1)
    assert beyond(combine((1, -1), (mean(small), error(0.2, -1.0)))) == pytest.approx((0, 0))


@pytest.mark.parametrize("p_values", [[0.3], [0.04, 0.01, 0.03], [0.5, 0.001, 0.5, 0.02, 1.0, 0.0], [0.9, 0.8]])
def test_holm_agrees_with_statsmodels(p_values):
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])


def test_unseen_share_is_clopper_pearson():
    assert unseen_share(200) == pytest.approx(stats.beta.ppf(0.975, 1, 200))


def test_of_one_cluster_everything_is_possible():
    """Five questions on one paragraph: no resample differs from another."""
    sample = make_sample([0.9, 0.8, 0.7, 0.6, 0.5], [1, 1, 0, 1, 0], np.zeros(5, int), 1)
    for name, found in bootstrap_estimate(sample, list(METRICS), list(resample_weights(1, 50, seed=1))).items():
        assert level_interval(found) == pytest.approx(tuple(found.bounds)), name
        difference = combine((1, -1), (found, found._replace(value=found.value + 0.2, centre=found.centre + 0.2)))
        assert p_value(difference) == 1 and effect_interval(difference) == pytest.approx(difference.bounds), name


@pytest.mark.parametrize("clusters", [2, 3, 4, 5, 6, 8, 12, 20, 40])
def test_intervals_of_few_clusters_hold_the_mean(clusters):
    """Five items a paragraph, alike; by percentiles 48, 75, 85, 88 and 93 % of those of 2 to 6 paragraphs hold it, and
    87, 92, 92 and 94 % of the others without the correction."""
    rng = np.random.default_rng(clusters)
    weights = list(resample_weights(clusters, 400, seed=1))
    cluster = np.repeat(np.arange(clusters), 5)
    held = []
    for _ in range(600):
        confidence = rng.beta(4, 2, len(cluster))
        right = rng.random(len(cluster)) < rng.beta(3, 2, clusters)[cluster]
        found = bootstrap_estimate(make_sample(confidence, right, cluster, clusters), ["signed_gap"], weights)
        low, high = level_interval(found["signed_gap"])
        held.append(low <= 4 / 6 - 0.6 <= high)
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("accuracy", [0.05, 0.95])
def test_a_handful_of_right_or_wrong_answers_ranks_uncertainly(accuracy):
    """Of 50 items two or three are right (or wrong): percentiles alone hold the population's AUROC in 86 to 90 %."""
    rng, weights, held = np.random.default_rng(1), list(resample_weights(50, 200, seed=1)), []
    for _ in range(300):
        right = rng.random(50) < accuracy
        confidence = stats.norm.cdf(rng.normal(size=50) + right)
        found = bootstrap_estimate(make_sample(confidence, right), ["auroc"], weights)["auroc"]
        low, high = level_interval(found)
        held.append(low <= stats.norm.cdf(np.sqrt(0.5)) <= high)
    assert np.mean(held) >= 0.93


def test_where_all_are_right_a_sure_error_may_be_unseen():
    """One of a hundred is wrong, at a confidence of 0.999: 36 % of samples of 100 have none, and an NLL near 0.001."""
    confidence = np.full(100, 0.999)
    weights = list(resample_weights(100, 50, seed=1))
    found = bootstrap_estimate(make_sample(confidence, np.ones(100)), ["nll", "accuracy_at_80", "brier"], weights)
    assert level_interval(found["nll"])[1] >= -0.99 * np.log(0.999) - 0.01 * np.log(0.001)
    assert level_interval(found["accuracy_at_80"])[0] == pytest.approx(1 - unseen_share(100) / 0.8)
    assert level_interval(found["brier"])[0] == pytest.approx(1e-6), "it cannot be lower for other outcomes"


@pytest.mark.parametrize("n", [1, 2, 30, 400])
def test_every_interval_holds_its_estimate_and_stays_in_range(n):
    rng = np.random.default_rng(n)
    confidence = rng.beta(3, 1, n)
    sample = make_sample(confidence, rng.random(n) < confidence**2)
    for name, found in bootstrap_estimate(sample, list(METRICS), list(resample_weights(n, 300, seed=1))).items():
        low, high = level_interval(found)
        assert np.isfinite([low, high]).all(), name
        assert low <= found.centre <= high, name
        assert found.bounds[0] <= found.value <= found.bounds[1], name
        if len(found.surplus) > 1:
            assert low >= 0 and high <= 1, name


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


def over_several(seeds: int, rng) -> Estimate:
    """A mean over seeds and 100 clusters, whose population value is 0; seeds scatter by 0.3, clusters by 1."""
    resamples = Resamples(100, seeds, 400, 1)
    items = rng.normal(size=100)
    by_seed = []
    for offset in rng.normal(scale=0.3, size=seeds):
        values = items + offset
        replicates = np.concatenate([values @ block / 100 for block in resamples.clusters])
        by_seed.append(stack([Estimate(values.mean(), values.mean(), replicates, NO_SURPLUS, 99)]))
    mean = over_seeds([Scores(("m",), each, 100) for each in by_seed], resamples)
    return mean.of_metric("m")


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "share"), [(2, 0.14), (3, 0.08), (5, 0.07)])
def test_few_seeds_are_not_taken_for_many(seeds, share):
    rng = np.random.default_rng(7)
    found = [over_several(seeds, rng) for _ in range(1000)]
    wrong = np.mean([p_value(each) < 0.05 for each in found])
    held = np.mean([low <= 0 <= high for low, high in map(level_interval, found)])
    assert wrong <= share and held >= 1 - share  # with 99 degrees of freedom 0.18, 0.11 and 0.09 are wrong


def test_one_seed_has_the_degrees_of_freedom_of_its_clusters():
    error = NOISE.std(ddof=1)
    several = Estimate(1.0, 1.0, NOISE, NO_SURPLUS, 9, seeds=np.array([1.0, 1.0]))
    assert p_value(several) == p_value(several._replace(seeds=None))  # seeds that agree add nothing
    apart = several._replace(seeds=np.array([1 - error, 1 + error]))  # all of the variance is theirs: one degree
    assert p_value(apart) == pytest.approx(2 * stats.t.sf(1 / error, 1), abs=0.02)


def test_intervals_stay_inside_the_bounds():
    one = Estimate(0.9, 0.9, 0.9 + 0.2 * NOISE, NO_SURPLUS, 9, (0.0, 0.05), (0.0, 1.0))
    assert level_interval(one)[1] == 1
    assert combine((1, -1), (one, one)).bounds == pytest.approx((-1, 1))
    assert combine((0.5, 0.5), (one, one)).bounds == pytest.approx((0, 1))


def test_targets_share_the_weights_of_the_seeds():
    """Some share their trained models: in a pooled contrast these must be drawn together."""
    one, other = Resamples(10, 3, 50, seed=1), Resamples(20, 3, 50, seed=2)
    assert (one.seeds == other.seeds).all()
