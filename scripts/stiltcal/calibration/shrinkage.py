"""The calibration error of the population behind a sample, by empirical Bayes: what the intervals are centred on.

The plug-in ECE of a few hundred units is mostly noise of its bins, and formulas that subtract the expected noise leave
a biased (L1) or a very uncertain (L2) rest. Here the true gaps of the bins are taken to scatter about a straight line
in confidence, gap_b ~ N(a + b conf_b, tau^2), which is what over- and underconfidence look like; a, b and tau are
estimated from the bins (Efron & Morris 1975), and every gap is drawn towards the line as far as its noise asks for.
"""

from typing import NamedTuple

import numpy as np

from stiltcal.calibration.binning import BinSums, folded_mean


_TINY = 1e-12


class Gaps(NamedTuple):
    """Posterior of the true gap of every bin, and the bins' shares, (..., bins) each."""

    share: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


def shrink_gaps(sums: BinSums, spread: float = 1.0) -> Gaps:
    """The gaps of the bins after shrinkage.

    `spread` >= 1 says how much larger the variance of a bin's accuracy is than that of n_b independent units (the
    design effect of the clusters). tau^2 is DerSimonian & Laird's (1986) of a regression on confidence.
    """
    gap, units = sums.gap, np.maximum(sums.n, 1)
    confidence = sums.confidence / units
    line, leverage = _regression(sums.share, confidence, gap)
    # The noise follows from the accuracy on the line: that of a bin whose few units are all right would be 0.
    accuracy = np.clip(confidence - line, 0.5 / (units + 1), 1 - 0.5 / (units + 1))
    noise = spread * accuracy * (1 - accuracy) / units
    weight = np.where(sums.n > 0, 1 / noise, 0.0)
    rest = _total(weight * (gap - line) ** 2 - (sums.n > 0) * (1 - leverage))
    tau2 = np.maximum(rest / np.maximum(_total(weight * (1 - leverage)), _TINY), 0)
    kept = tau2 / (tau2 + noise)
    return Gaps(sums.share, line + kept * (gap - line), kept * noise)


def _regression(weight: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(fitted values, leverages) of the regression of y on x over the last axis, with weights that sum to 1."""
    centred = x - _total(weight * x)
    scatter = np.maximum(_total(weight * centred**2), _TINY)
    fitted = _total(weight * y) + _total(weight * centred * y) / scatter * centred
    return fitted, weight * (1 + centred**2 / scatter)


def population_l1(gaps: Gaps) -> np.ndarray:
    """Posterior mean of sum_b w_b |gap_b| over the true gaps, (...,)."""
    return (gaps.share * folded_mean(gaps.mean, np.sqrt(gaps.variance))).sum(axis=-1)


def population_l2(gaps: Gaps) -> np.ndarray:
    """Root of the posterior mean of sum_b w_b gap_b^2 over the true gaps, (...,)."""
    return np.sqrt((gaps.share * (gaps.mean**2 + gaps.variance)).sum(axis=-1))


def _total(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=-1, keepdims=True)
