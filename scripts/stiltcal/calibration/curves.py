"""Curves with pointwise intervals: the share of right answers over confidence, and of wrong ones over coverage.

Every point is a share among weighted units. Its 95 % interval is that of Wilson (1927), with as many units as a sample
without clusters would need for the variance that the clusters show, and Student's t of the clusters (as Korn &
Graubard 1998). Where hardly any cluster has an outcome it reaches as far as if four had it (`unseen.unseen_share`).
Intervals hold for one point, not for a whole curve.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from .binning import width_edges
from .sample import Sample
from .smooth import smece
from .unseen import unseen_share

_TAIL = 0.975
#: Points of the smooth calibration curve and of the curve over coverage.
POINTS = 50
#: A weight, of all, that is rounding; and one, of the largest cluster's, with which a cluster has an outcome.
_NOTHING, _SEEN = 1e-9, 0.01
#: The smallest bandwidth, as of smECE.
_SMALLEST = 0.001
#: Kernel weights of a point that are less than so many units say nothing.
_FEWEST = 2.0


class Curve(NamedTuple):
    """Points (p,): the place `x`, the share of units there, and the ends of its interval, all in [0, 1]."""

    x: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray


def binned_curve(sample: Sample, *, bins: int = 15) -> Curve:
    """Share of right units over mean confidence in each equal-width bin that has units."""
    place = np.searchsorted(width_edges(bins), sample.confidence, side="left")
    weights = [place == bin_ for bin_ in np.unique(place)]
    means = np.array([sample.confidence[chosen].mean() for chosen in weights])
    return _curve(means, weights, sample.correct, sample.cluster)


def smooth_curve(sample: Sample, *, points: int = POINTS) -> Curve:
    """Share of right units over confidence, smoothed by the kernel of smECE at its own bandwidth.

    The kernel is a Gaussian reflected at 0 and 1 (Blasiok & Nakkiran 2023). The places reach from the lowest to the
    highest confidence, without those that have fewer than two units near them.
    """
    confidence = sample.confidence
    width = max(_SMALLEST, float(smece(confidence, sample.correct, np.ones((1, len(confidence))))[0]))
    places = np.unique(np.linspace(confidence[0], confidence[-1], points))
    images = (confidence, -confidence, 2 - confidence)
    weights = np.array([sum(np.exp(-(((place - image) / width) ** 2) / 2) for image in images) for place in places])
    near = weights.sum(axis=1) >= min(_FEWEST, len(confidence))
    return _curve(places[near], weights[near], sample.correct, sample.cluster)


def risk_coverage_curve(sample: Sample, *, points: int = POINTS) -> Curve:
    """Share of wrong units among the most confident, over the share of all units that these are (coverage).

    Of units of equal confidence that the border cuts each counts in part. The interval takes the border as given.
    """
    coverages = np.arange(1, points + 1) / points
    weights = (_most_confident(sample.confidence, coverage) for coverage in coverages)
    return _curve(coverages, weights, 1 - sample.correct, sample.cluster)


#: Curves by the names that they have in tables.
CURVES: dict[str, Callable[[Sample], Curve]] = {
    "bins": binned_curve,
    "smooth": smooth_curve,
    "risk": risk_coverage_curve,
}


def _most_confident(confidence: np.ndarray, coverage: float) -> np.ndarray:
    """Return weights (n,) in [0, 1] of the most confident units, which sum to `coverage` n. confidence: ascending."""
    wanted = coverage * len(confidence)
    border = confidence[max(0, int(np.floor(len(confidence) - wanted + 1e-9)))]
    above, at = confidence > border, confidence == border
    return above + at * max(0.0, wanted - above.sum()) / at.sum()


def _curve(x: np.ndarray, weights: Iterable[np.ndarray], outcome: np.ndarray, cluster: np.ndarray) -> Curve:
    points = np.array([_interval(each, outcome, cluster) for each in weights])
    return Curve(x, *points.reshape(-1, 3).T)  # no point: three empty arrays


def _interval(weight: np.ndarray, outcome: np.ndarray, cluster: np.ndarray) -> tuple[float, float, float]:
    """Return the weighted share of an outcome (0 or 1), and the ends of its interval; [0, 1] for one cluster."""
    weight = weight.astype(float)  # the product of boolean weights would be one
    total = weight.sum()
    share = min(1.0, float(weight @ outcome / total))
    by_cluster = np.bincount(cluster, weight)
    clusters = np.count_nonzero(by_cluster > total * _NOTHING)
    if clusters < 2:
        return share, 0.0, 1.0
    residuals = np.bincount(cluster, weight * (outcome - share)) / total
    variance = clusters / (clusters - 1) * float(residuals @ residuals)
    units = float(total**2 / (weight @ weight))
    if share * (1 - share) > _NOTHING and variance > 0:
        units = min(units, share * (1 - share) / variance)
    low, high = _wilson(share, units, float(stdtrit(clusters - 1, _TAIL)))
    # As many clusters of equal weight as say as much as these do.
    alike = float(total**2 / (by_cluster @ by_cluster))
    down, up = (
        unseen_share(alike, int(np.count_nonzero(np.bincount(cluster, weight * side) > _SEEN * by_cluster.max())))
        for side in (1 - outcome, outcome)
    )
    return share, max(0.0, min(low, share - down)), min(1.0, max(high, share + up))


def _wilson(share: float, units: float, t: float) -> tuple[float, float]:
    shrink = 1 + t**2 / units
    centre = (share + t**2 / (2 * units)) / shrink
    half = t / shrink * np.sqrt(share * (1 - share) / units + t**2 / (4 * units**2))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
