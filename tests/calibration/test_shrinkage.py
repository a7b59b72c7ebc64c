"""Draws of the true gaps against the posterior by numerical integration, and what their pairing must keep."""

import numpy as np
import pytest
from scipy.integrate import quad

from stiltcal.calibration import bootstrap
from stiltcal.calibration.binning import BinSums
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.calibration.shrinkage import draw_gaps, population_l1, population_l2

UNITS, BINS, DRAWS = 400, 10, 4000


def bins(waves: float) -> BinSums:
    """Equally full bins around gaps of 0.05 that go up and down by some `waves`, so that no cubic follows any of it."""
    confidence, sign = np.linspace(0.2, 0.9, BINS), (-1.0) ** np.arange(BINS)
    accuracy = confidence - 0.05 - waves * (sign - np.polyval(np.polyfit(confidence, sign, 3), confidence))
    return BinSums(*(np.array(each)[:, None] * UNITS for each in (np.ones(BINS), confidence, accuracy)))


def noisy(sums: BinSums, seed: int = 1) -> BinSums:
    """Resamples: normal noise of the size that the gaps have, none in the number of units."""
    accuracy = sums.confidence / sums.n - 0.05
    noise = (
        np.random.default_rng(seed).normal(size=(BINS, 1, DRAWS))
        * np.sqrt(UNITS * accuracy * (1 - accuracy))[..., None]
    )
    return BinSums(*(np.repeat(each[..., None], DRAWS, -1) for each in sums[:2]), sums.correct[..., None] + noise)


def drawn(sums: BinSums, **options):
    (gaps,) = draw_gaps(sums, [noisy(sums, **options)], np.ones(1))
    return gaps


@pytest.mark.parametrize("waves", [0.02, 0.04])
def test_draws_have_mean_and_variance_of_the_posterior(waves):
    """The trend is the constant, and what is off is shrunk."""
    sums = bins(waves)
    gap, confidence = sums.gap[:, 0], sums.confidence[:, 0] / UNITS
    line = np.polyval(np.polyfit(confidence, gap, 1), confidence)
    off, noise = gap - line, (confidence - line) * (1 - confidence + line) / UNITS
    basis = np.stack([np.ones(BINS), confidence - confidence.mean()])
    free = 1 - ((basis / np.sqrt((basis**2).sum(axis=1))[:, None]) ** 2).sum(axis=0)

    def density(tau):
        return np.exp(-0.5 * (free * np.log(tau**2 + noise) + off**2 / (tau**2 + noise)).sum() - 0.5 * BINS * 5)

    def mean(f):
        limits = 0, np.abs(off).max()
        return quad(lambda tau: f(tau) * density(tau), *limits)[0] / quad(density, *limits)[0]

    gaps = drawn(sums).gap[:, 0]
    for b in range(BINS):
        kappa = mean(lambda tau, b=b: tau**2 / (tau**2 + noise[b]))
        square = mean(lambda tau, b=b: (tau**2 / (tau**2 + noise[b])) ** 2)
        variance = noise[b] * (1 - free[b] + kappa * free[b]) + (square - kappa**2) * off[b] ** 2
        assert gaps[b].mean() == pytest.approx(line[b] + kappa * off[b], abs=4 * np.sqrt(variance / DRAWS) + 5e-4)
        assert gaps[b].var() == pytest.approx(variance, rel=0.12)


def test_smooth_gaps_are_not_taken_for_scatter():
    """Where the trend explains all, the draws vary as the trend does, far less than the bins."""
    sums = bins(0.0)
    gaps = drawn(sums)
    signed = (gaps.share * gaps.gap).sum(axis=0)
    assert signed.mean() == pytest.approx(0.05, abs=1e-3)
    assert signed.std() == pytest.approx(np.sqrt((sums.label_variance / sums.n).sum()) / BINS, rel=0.05)
    assert gaps.gap.var(axis=-1).mean() < 0.6 * (sums.label_variance / sums.n).mean()
    assert population_l1(gaps).mean() == pytest.approx(0.05, abs=2e-3)
    assert population_l2(gaps).mean() == pytest.approx(0.05, abs=4e-3)


def test_the_signed_gap_of_every_draw_is_that_of_its_resample():
    sums = bins(0.04)
    (gaps,) = draw_gaps(sums, [noisy(sums)], np.ones(1))
    off = gaps.gap - (noisy(sums).confidence - noisy(sums).correct) / UNITS
    middle = np.quantile(np.abs(off.mean(axis=0)), 0.95)
    assert middle < 0.2 * np.abs(off).mean(), "the trend keeps it, but for what single bins are shrunk"


def test_blocks_of_resamples_change_no_digit():
    sums, whole = bins(0.04), noisy(bins(0.04))
    halves = [BinSums(*(each[..., part] for each in whole)) for part in (slice(0, 1500), slice(1500, DRAWS))]
    (one,) = draw_gaps(sums, [whole], np.ones(1))
    two = draw_gaps(sums, halves, np.ones(1))
    np.testing.assert_array_equal(one.gap, np.concatenate([gaps.gap for gaps in two], axis=-1))


def test_models_that_nearly_agree_have_nearly_the_same_draws():
    """The error of a text in which one answer of 400 changes is known far better than that of either text."""
    rng = np.random.default_rng(3)
    confidence = rng.random(400)
    correct = rng.random(400) < np.clip(confidence + 0.1 * np.sin(12 * confidence), 0, 1)
    other = correct.copy()
    other[7] = not other[7]
    weights = list(resample_weights(400, 2000, seed=1))
    first, second, again = (
        bootstrap.estimate(make_sample(confidence, each), ["ece_width_15"], weights)["ece_width_15"].replicates
        for each in (correct, other, correct)
    )
    np.testing.assert_array_equal(first, again)
    assert (first - second).std() < 0.25 * first.std()


def test_gaps_of_one_bin_and_of_one_unit_are_defined():
    for confidence in ([0.6], [0.6] * 30):
        found = bootstrap.estimate(
            make_sample(confidence, np.ones(len(confidence))),
            ["ece_debiased_l2"],
            resample_weights(len(confidence), 50, seed=1),
        )
        assert np.isfinite(found["ece_debiased_l2"].replicates).all()
