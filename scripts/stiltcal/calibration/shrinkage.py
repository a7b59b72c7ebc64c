"""Estimate the calibration error of the population by empirical Bayes; intervals are centred on this estimate.

The plug-in ECE of a few hundred units is mostly noise of its bins, and formulas that subtract the expected noise leave
a biased (L1) or a very uncertain (L2) rest. Here the true gaps of the bins are taken to scatter about a smooth trend in
confidence, gap_b ~ N(trend(conf_b), tau^2): over- and underconfidence are smooth. Trend and tau are estimated from the
bins, and every gap is drawn towards the trend as far as its own noise asks for (Efron & Morris 1975).
"""

from typing import NamedTuple

import numpy as np

from .binning import BinSums, folded_mean

_DEGREE = 3
_TINY = 1e-12
#: Degrees of freedom below this are none.
_ROUNDING = 1e-9


class Gaps(NamedTuple):
    """Posterior of the true gap of every bin, and the bins' shares, (bins, ...) each."""

    share: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


def shrink_gaps(sums: BinSums, spread: np.ndarray | float = 1.0) -> Gaps:
    """Shrink the gaps of the bins.

    `spread` >= 1 says how much larger the variance of a bin's accuracy is than that of n_b independent units (the
    design effect of the clusters).

    The trend is a cubic in confidence, in polynomials that are orthonormal under the shares. The first two coefficients
    are those of least squares, so that it keeps the signed gap; the others are multiplied by
    max(0, 1 - 2 variance / coefficient^2), the non-negative garrote (Breiman 1995). tau^2 is a moment estimate: the
    squared distances from the trend, each over its noise, sum to what they are expected to.
    """
    share, gap, units, filled = sums.share, sums.gap, np.maximum(sums.n, 1), sums.n > 0
    confidence = sums.confidence / units
    basis = _polynomials(share, confidence)
    coefficients = [_total(share * f, gap) for f in basis]
    trend = coefficients[0] + coefficients[1] * basis[1]
    # From the accuracy on the line: the observed one of a bin whose few units are all right has no variance.
    accuracy = np.clip(confidence - trend, 0.5 / (units + 1), 1 - 0.5 / (units + 1))
    noise = spread * accuracy * (1 - accuracy) / units
    leverage = share * (1 + basis[1] ** 2)
    for f, coefficient in zip(basis[2:], coefficients[2:], strict=True):
        variance = _total((share * f) ** 2, noise)
        kept = np.maximum(0, 1 - 2 * variance / np.maximum(coefficient**2, _TINY))
        trend = trend + kept * coefficient * f
        leverage = leverage + kept * (share * f**2)
    off, weight = gap - trend, filled / noise
    free = 1 - leverage
    left = _total(filled, free)
    rest = np.einsum("b...,b...,b...->...", weight, off, off) - left
    # A trend through every bin, of two or one, leaves nothing to see a scatter in: rounding must not be taken for it.
    tau2 = np.where(left > _ROUNDING, np.maximum(rest / np.maximum(_total(weight, free), _TINY), 0), 0.0)
    kept = tau2 / (tau2 + noise)
    return Gaps(share, trend + kept * off, kept * noise)


def population_l1(gaps: Gaps) -> np.ndarray:
    """Return the posterior mean of sum_b w_b |gap_b| over the true gaps, (...,)."""
    return _total(gaps.share, folded_mean(gaps.mean, np.sqrt(gaps.variance)))


def population_l2(gaps: Gaps) -> np.ndarray:
    """Return the root of the posterior mean of sum_b w_b gap_b^2 over the true gaps, (...,)."""
    return np.sqrt(_total(gaps.share, gaps.mean**2 + gaps.variance))


def _total(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """sum_b a_b b_b, (...,)."""
    return np.einsum("b...,b...->...", a, b)


def _polynomials(share: np.ndarray, confidence: np.ndarray) -> list[np.ndarray]:
    """Values of the polynomials of degree 0 to 3 that are orthonormal under the shares, (bins, ...) each."""
    basis = [np.ones_like(confidence)]
    for _ in range(_DEGREE):
        power = confidence * basis[-1]
        for lower in basis:
            power = power - _total(share * power, lower) * lower
        basis.append(power / np.sqrt(np.maximum(_total(share, power**2), _TINY)))
    return basis
