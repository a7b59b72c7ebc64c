"""Measure the ranking of right above wrong by confidence: AUROC and selective prediction.

The formulas take a curve: the weights of right and wrong units at every distinct confidence, from the highest down,
on the first axis (resamples on the second, where sums over groups run fastest). Equal confidences are one group, so
row order makes no difference; within a group the risk-coverage curve is straight, as in fd-shifts (Jaeger et al.
2023), whose areas these are (there times 1,000).
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np


class Curve:
    """Weights of right and wrong units, (groups, ...) each, and what is covered from the top down to each group."""

    def __init__(self, right: np.ndarray, wrong: np.ndarray):
        self.right, self.wrong = right, wrong

    @cached_property
    def weight(self) -> np.ndarray:
        """Weight of a group, (groups, ...)."""
        return self.right + self.wrong

    @cached_property
    def units(self) -> np.ndarray:
        """Weight covered, (groups, ...)."""
        return np.cumsum(self.weight, axis=0, dtype=self.weight.dtype)

    @cached_property
    def errors(self) -> np.ndarray:
        """Weight of the wrong ones covered, (groups, ...)."""
        return np.cumsum(self.wrong, axis=0, dtype=self.wrong.dtype)

    @cached_property
    def total(self) -> np.ndarray:
        """Weight of all units, at least 1, (...,)."""
        return np.maximum(self.weight.sum(axis=0), 1)

    @cached_property
    def area(self) -> np.ndarray:
        """Area under the curve of the error among the covered over coverage, (...,); see `aurc`."""
        risk = self.errors / np.maximum(self.units, 1)
        before = np.where(self.units[:-1] > 0, risk[:-1], risk[1:])
        return ((self.weight[1:] * (before + risk[1:])).sum(axis=0) / 2 + self.weight[0] * risk[0]) / self.total


class Pairs(NamedTuple):
    """Weight of right units, of wrong ones, and of pairs of both in which the wrong one stands above, (...,) each.

    Pairs of equal confidence count half.
    """

    right: np.ndarray
    wrong: np.ndarray
    lost: np.ndarray


def pairs(c: Curve) -> Pairs:
    """Count the pairs along a curve."""
    lost = np.einsum("g...,g...->...", c.right, 2 * c.errors - c.wrong, dtype=float) / 2
    return Pairs(c.right.sum(axis=0), c.errors[-1], lost)


def auroc(p: Pairs) -> np.ndarray:
    """P(confidence of a right unit > that of a wrong one) + half of P(equal), in [0, 1].

    0.5 where all units are right or all are wrong: there is nothing to tell apart.
    """
    both = np.asarray(p.right * p.wrong, dtype=float)
    return np.divide(both - p.lost, both, out=np.full(both.shape, 0.5), where=both > 0)


def augrc(p: Pairs) -> np.ndarray:
    """Area under the curve of (errors among the covered) / (all units) over coverage (Traub et al. 2024), in [0, 0.5].

    Equal to (1 - AUROC) * acc * (1 - acc) + (1 - acc)^2 / 2.
    """
    return (p.lost + p.wrong**2 / 2) / np.maximum(p.right + p.wrong, 1) ** 2


def aurc(c: Curve) -> np.ndarray:
    """Area under the curve of the error among the covered units over coverage (Geifman & El-Yaniv 2017), in [0, 1].

    Trapezoids between the distinct thresholds; below the first threshold the risk is that of the first group.
    """
    return c.area


def eaurc(c: Curve) -> np.ndarray:
    """AURC minus that of a perfect ranking of many units with the same error e, e + (1 - e) log(1 - e).

    Geifman et al. 2019. Not below 0, where it could fall slightly: the perfect area is the limit for many units.
    """
    error = c.errors[-1] / c.total
    perfect = error + (1 - error) * np.log(np.maximum(1 - error, np.finfo(float).tiny))
    return np.maximum(0.0, aurc(c) - perfect)


def accuracy_at_coverage(c: Curve, *, coverage: float = 0.8) -> np.ndarray:
    """Accuracy of the `coverage` (in (0, 1]) most confident units; a group that the border cuts counts in part."""
    wanted = coverage * c.total
    cut = np.minimum((c.units <= wanted).sum(axis=0), len(c.units) - 1)
    units, weight, right, errors, wrong = (
        np.take_along_axis(each, np.asarray(cut)[None], axis=0)[0]
        for each in (c.units, c.weight, c.right, c.errors, c.wrong)
    )
    above = units - weight
    taken = np.minimum(wanted - above, weight)
    return (above - (errors - wrong) + taken * right / np.maximum(weight, 1)) / wanted
