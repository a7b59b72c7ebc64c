"""The true gaps of the bins behind a sample, by hierarchical Bayes: what intervals of calibration errors are made of.

The plug-in ECE of a few hundred units is mostly noise of its bins, and formulas that subtract the expected noise leave
a biased (L1) or a very uncertain (L2) rest. Here the true gaps scatter about a smooth trend in confidence,
gap_b ~ N(trend(conf_b), tau^2), for over- and underconfidence are smooth; tau is anywhere between 0 and the largest
distance from the trend (uniform, Gelman 2006). Every resample becomes one draw from the posterior: its noise moves the
trend, and moves the gaps as far as their posterior is wide. So draws of samples that share resamples are paired.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from stiltcal.calibration.binning import BinSums

_DEGREE = 3
_STEPS = 40  # of the grid of tau
_TINY = 1e-12


class Gaps(NamedTuple):
    """Draws of the gap of every bin, and of the bins' shares, (bins, ..., resamples)."""

    share: np.ndarray
    gap: np.ndarray


class _Trend(NamedTuple):
    """Of the observed gaps (bins, outcomes): the trend, the distance from it and the variance of its noise.

    `free` is the share of a bin's noise that the trend leaves; `basis` (degree, bins, outcomes) are the polynomials and
    `kept` (degree, outcomes) what is kept of their coefficients.
    """

    value: np.ndarray
    off: np.ndarray
    noise: np.ndarray
    free: np.ndarray
    basis: np.ndarray
    kept: np.ndarray


def draw_gaps(sums: BinSums, resampled: Sequence[BinSums], spread: np.ndarray) -> list[Gaps]:
    """Draws from the posterior of the true gaps, one for each resample, in the blocks of the resamples.

    sums: (bins, outcomes) of the sample; resampled: (bins, outcomes, resamples) each. `spread` >= 1, (outcomes,), says
    how much larger the variance of a bin's accuracy is than that of n_b independent units (the design effect).

    gap = trend + t + kappa off + sqrt(kappa) (e - t) with kappa = tau^2 / (tau^2 + noise), e the noise of the resample
    and t what the trend follows of it: the posterior's mean and variance (Morris 1983) at a tau of its posterior.
    """
    trend = _fit_trend(sums, spread)
    shifts = [_shift(sums, trend, block) for block in resampled]
    kappas = np.split(_kappa(trend, sums.n > 0, shifts), np.cumsum([e.shape[-1] for e, _ in shifts])[:-1], axis=-1)
    return [
        Gaps(block.share, trend.value[..., None] + t + kappa * trend.off[..., None] + np.sqrt(kappa) * (e - t))
        for block, kappa, (e, t) in zip(resampled, kappas, shifts, strict=True)
    ]


def population_l1(gaps: Gaps) -> np.ndarray:
    """sum_b w_b |gap_b| of every draw, (..., resamples)."""
    return _total(gaps.share, np.abs(gaps.gap))


def population_l2(gaps: Gaps) -> np.ndarray:
    """sqrt(sum_b w_b gap_b^2) of every draw, (..., resamples)."""
    return np.sqrt(_total(gaps.share, gaps.gap**2))


def _fit_trend(sums: BinSums, spread: np.ndarray) -> _Trend:
    """A cubic in confidence, in polynomials that are orthonormal under the shares.

    The first two coefficients are those of least squares, so that it keeps the signed gap; the others are multiplied by
    max(0, 1 - 2 variance / coefficient^2), the non-negative garrote (Breiman 1995).
    """
    share, gap, units = sums.share, sums.gap, np.maximum(sums.n, 1)
    confidence = np.broadcast_to(sums.confidence / units, gap.shape)
    basis = _polynomials(share, confidence)
    coefficients = np.stack([_total(share * f, gap) for f in basis])
    line = coefficients[0] + coefficients[1] * basis[1]
    # From the accuracy on the line: the observed one of a bin whose few units are all right has no variance.
    accuracy = np.clip(confidence - line, 0.5 / (units + 1), 1 - 0.5 / (units + 1))
    noise = spread * accuracy * (1 - accuracy) / units
    variance = np.stack([_total((share * f) ** 2, noise) for f in basis])
    kept = np.maximum(0, 1 - 2 * variance / np.maximum(coefficients**2, _TINY))
    kept[:2] = 1
    trend = np.einsum("d...,db...->b...", kept * coefficients, basis)
    leverage = share * np.einsum("d...,db...->b...", kept, basis**2)
    return _Trend(trend, gap - trend, noise, np.clip(1 - leverage, 0, 1), basis, kept)


def _shift(sums: BinSums, trend: _Trend, resampled: BinSums) -> tuple[np.ndarray, np.ndarray]:
    """(e, t), (bins, outcomes, resamples): a resample's noise of the gaps, and what the trend follows of it."""
    noise = resampled.confidence - resampled.correct - resampled.n * sums.gap[..., None]
    noise /= np.maximum(sums.n, 1)[..., None]
    moved = np.einsum("dbk,bkr->dkr", sums.share * trend.basis, noise)
    return noise, np.einsum("dk,dbk,dkr->bkr", trend.kept, trend.basis, moved)


def _kappa(trend: _Trend, filled: np.ndarray, shifts: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """tau^2 / (tau^2 + noise), (bins, outcomes, resamples), with tau from its posterior.

    Which resample has which quantile says the size of the noise of another resample: so tau goes with no noise of its
    own, is independent between models whose noise is, and the same for the same answers.
    """
    tau, below = _scatter(trend, filled)
    precision = (filled / trend.noise)[..., None]
    size = np.concatenate([(precision * (e - t) ** 2).sum(axis=0) for e, t in shifts], axis=-1)
    rank = np.roll(size.argsort(axis=-1, kind="stable").argsort(axis=-1), size.shape[-1] // 2, axis=-1)
    quantile = (rank + 0.5) / size.shape[-1]
    drawn = np.stack([np.interp(q, b, t) for q, b, t in zip(quantile, below.T, tau.T, strict=True)])
    return drawn**2 / (drawn**2 + trend.noise[..., None])


def _scatter(trend: _Trend, filled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The posterior of tau: values, and the probability of values up to them, (steps, outcomes) each."""
    largest = np.abs(filled * trend.off).max(axis=0) + _TINY
    tau = np.linspace(0, 1, _STEPS + 1)[:, None] * largest
    variance = tau[:, None] ** 2 + trend.noise
    likelihood = -0.5 * (filled * (trend.free * np.log(variance) + trend.off**2 / variance)).sum(axis=1)
    weight = np.exp(likelihood - likelihood.max(axis=0))
    return tau, weight.cumsum(axis=0) / weight.sum(axis=0)


def _total(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """sum_b a_b b_b, (...,)."""
    return np.einsum("b...,b...->...", a, b)


def _polynomials(share: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Values of the polynomials of degree 0 to 3 that are orthonormal under the shares, (degree, bins, ...)."""
    basis = [np.ones_like(confidence)]
    for _ in range(_DEGREE):
        power = confidence * basis[-1]
        for lower in basis:
            power = power - _total(share * power, lower) * lower
        basis.append(power / np.sqrt(np.maximum(_total(share, power**2), _TINY)))
    return np.stack(basis)
