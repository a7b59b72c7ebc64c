"""Calibration error from binned confidences: plug-in and debiased.

The formulas take sums per bin with the bins on the first axis and, where there are, resamples on the second, so that
one sample and all its resamples go through the same lines. w_b = n_b / n, conf_b and acc_b are a bin's means, its gap
is conf_b - acc_b. Empty bins count nothing.
"""

from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from .sample import exact

#: More than rounding adds to a confidence in double precision, and less than any difference that means something.
_LAST_DIGITS = 1e-12
#: From this many deviations on, the excess of a folded normal is nothing beside its mean in double precision.
_FAR = 9.0


class BinSums(NamedTuple):
    """Number of units of analysis, sum of confidence and sum of correctness of every bin, (bins, ...) each."""

    n: np.ndarray
    confidence: np.ndarray
    correct: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """w_b, (bins, ...)."""
        return self.n / np.maximum(self.n.sum(axis=0), 1)

    @property
    def gap(self) -> np.ndarray:
        """conf_b - acc_b, 0 where a bin is empty, (bins, ...)."""
        return (self.confidence - self.correct) / np.maximum(self.n, 1)

    @property
    def label_variance(self) -> np.ndarray:
        """acc_b (1 - acc_b), (bins, ...)."""
        accuracy = self.correct / np.maximum(self.n, 1)
        return accuracy * (1 - accuracy)


def width_edges(bins: int) -> np.ndarray:
    """Inner edges 1/bins, 2/bins, ...: bins (lower, upper] as in Guo et al. 2017, the first with 0 in it.

    An edge lies higher by what the last digits of a sum may be off: 0.1 + 0.2 is in the bin that ends at 0.3.
    """
    return np.arange(1, bins) / bins + _LAST_DIGITS


def mass_edges(confidence: np.ndarray, bins: int) -> np.ndarray:
    """Inner edges of bins that hold equally many units, sizes as by numpy.array_split; at most one bin a unit.

    An edge lies halfway between its neighbours; equal confidences stay together, in the lower bin. So the bins do not
    depend on the order of the rows, and there may be fewer of them.
    """
    ordered = np.sort(confidence)
    bins = min(bins, len(ordered))
    sizes = np.full(bins, len(ordered) // bins) + (np.arange(bins) < len(ordered) % bins)
    cuts = np.cumsum(sizes)[:-1]
    return np.unique((ordered[cuts - 1] + ordered[cuts]) / 2)


def bin_sums(confidence: np.ndarray, correct: np.ndarray, edges: np.ndarray) -> BinSums:
    """Sums over units (n,) in bins (edge, next edge].

    `correct` may be several outcomes (k, n) of the same confidences; then the sums are (bins, 1) and (bins, k).
    """
    place, bins = np.searchsorted(edges, confidence, side="left"), len(edges) + 1
    n, total = (np.bincount(place, column, bins) for column in (None, exact(confidence, len(confidence))))
    if correct.ndim == 1:
        return BinSums(n, total, np.bincount(place, correct, bins))
    right = np.stack([np.bincount(place, outcome, bins) for outcome in correct], axis=1)
    return BinSums(n[:, None], total[:, None], right)


def ece(sums: BinSums) -> np.ndarray:
    """Expected calibration error, plug-in: sum_b w_b |gap_b| (Naeini et al. 2015; Guo et al. 2017), in [0, 1]."""
    return (sums.share * np.abs(sums.gap)).sum(axis=0)


def mce(sums: BinSums) -> np.ndarray:
    """Maximum calibration error: max_b |gap_b| (Naeini et al. 2015), in [0, 1]."""
    return np.abs(sums.gap).max(axis=0)


def rmsce(sums: BinSums) -> np.ndarray:
    """Root mean square calibration error: sqrt(sum_b w_b gap_b^2) (Hendrycks et al. 2019), in [0, 1]."""
    return np.sqrt((sums.share * sums.gap**2).sum(axis=0))


def ece_debiased_l2(sums: BinSums) -> np.ndarray:
    """sqrt(max(0, sum_b w_b [gap_b^2 - acc_b (1 - acc_b) / (n_b - 1)])) (Kumar et al. 2019).

    Bins with n_b < 2 count 0.
    """
    squares = sums.gap**2 - sums.label_variance / np.maximum(sums.n - 1, 1)
    return np.sqrt(np.maximum((sums.share * squares * (sums.n >= 2)).sum(axis=0), 0))


def ece_debiased_l1(sums: BinSums) -> np.ndarray:
    """max(0, sum_b w_b [2 |gap_b| - E|N(gap_b, s_b^2)|]), s_b^2 = acc_b (1 - acc_b) / n_b; bins with n_b < 2 count 0.

    The plug-in ECE minus its expected excess under normal noise (Kumar et al. 2019; their code estimates the mean by
    Monte Carlo, here it is exact). It removes only part of the bias where a bin's gap is small against its noise.
    """
    noise = np.sqrt(sums.label_variance / np.maximum(sums.n, 1))
    size = np.abs(sums.gap)
    return np.maximum((sums.share * (size - _excess(size, noise)) * (sums.n >= 2)).sum(axis=0), 0)


def folded_mean(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return E|N(mean, deviation^2)| of arrays of one shape, elementwise; |mean| where the deviation is 0."""
    size = np.abs(mean)
    return size + _excess(size, deviation)


def _excess(size: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return E|N(size, deviation^2)| - size for size >= 0: 2 deviation [phi(z) - z Phi(-z)], z = size / deviation.

    Both arrays have one shape.
    """
    near = (size < _FAR * deviation) | np.isnan(deviation)
    deviation = deviation[near]
    z = size[near] / deviation
    excess = np.zeros(np.shape(size))
    excess[near] = 2 * deviation * (np.exp(-(z**2) / 2) / sqrt(2 * pi) - z * ndtr(-z))
    return excess
