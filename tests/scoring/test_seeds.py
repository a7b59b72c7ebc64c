"""Means over training seeds: the choice of seeds is resampled with that of the items."""

import numpy as np
import pytest
from scipy.stats import t
from statsmodels.stats.weightstats import DescrStatsW

from stiltcal.calibration.combinations import stack
from stiltcal.calibration.estimate import NO_SURPLUS, Estimate, effect_interval, level_interval, standard_error
from stiltcal.scoring.cells import Resamples, Scores, over_seeds

ITEMS = 30


def mean_of(seeds, items, rows=4000):
    """The estimate of a mean over seeds and items, where item j scores seeds[i] + items[j] with seed i."""
    resamples = Resamples(len(items), len(seeds), rows, seed=1)
    (weights,) = [np.concatenate(resamples.clusters, axis=1)]
    found = []
    for offset in seeds:
        scores = offset + np.asarray(items)
        each = Estimate(scores.mean(), scores.mean(), scores @ weights / len(items), NO_SURPLUS, len(items) - 1)
        found.append(Scores(("m",), stack([each]), len(items)))
    return over_seeds(found, resamples).of_metric("m")


def test_seeds_are_drawn_one_fewer_than_there_are_so_that_their_mean_scatters_without_bias():
    """s^2 / seeds is the variance of a mean; as many draws as seeds would give (seeds - 1) / seeds of it."""
    assert set(map(tuple, Resamples(5, 2, 50, seed=1).seeds)) == {(0, 1), (1, 0)}
    for seeds in ([0.5, 0.9, 0.6], [0.1, 0.4, 0.8, 0.3, 0.7]):
        weights = Resamples(5, len(seeds), 8000, seed=1).seeds
        assert weights.sum(axis=1) == pytest.approx(1) and (weights @ seeds).mean() == pytest.approx(
            np.mean(seeds), rel=0.02
        )
        assert (weights @ seeds).var() == pytest.approx(np.var(seeds, ddof=1) / len(seeds), rel=0.06)


@pytest.mark.parametrize("seeds", [[0.5, 0.9, 0.6], [0.62, 0.66]])
def test_where_items_are_alike_the_interval_is_that_of_student_for_the_seeds(seeds):
    found, expected = mean_of(seeds, np.zeros(ITEMS)), DescrStatsW(seeds).tconfint_mean()
    for interval in (level_interval(found), effect_interval(found)):
        assert interval == pytest.approx(expected, rel=0.04, abs=0.01)


def test_the_variances_of_seeds_and_of_items_add_up():
    """Of equal variances the degrees of freedom are Satterthwaite's."""
    items = np.sqrt(ITEMS) * 0.1 * np.tile([1.0, -1.0], ITEMS // 2) * np.sqrt((ITEMS - 1) / ITEMS)
    seeds = [0.4, 0.6]  # a variance of 0.01 of their mean, as the items have
    assert np.var(items, ddof=1) / ITEMS == pytest.approx(0.01) == np.var(seeds, ddof=1) / 2
    found = mean_of(seeds, items)
    assert standard_error(found) == pytest.approx(np.sqrt(0.02), rel=0.03)
    df = (0.01 + 0.01) ** 2 / (0.01**2 / 1 + 0.01**2 / (ITEMS - 1))
    low, high = effect_interval(found)
    assert (high - low) / 2 == pytest.approx(t.ppf(0.975, df) * np.sqrt(0.02), rel=0.06)
    assert standard_error(mean_of([0.5, 0.5], items)) == pytest.approx(0.1, rel=0.03), "seeds that agree add nothing"
