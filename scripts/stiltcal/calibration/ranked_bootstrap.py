"""Estimators of ranking on every resample at once (see `bootstrap`)."""

from collections.abc import Callable

import numpy as np

from . import ranking
from .estimate import Estimate, single
from .estimators import Paired, Ranked
from .sample import Sample

#: Resamples that are ranked together: so few that all their numbers stay in the processor's cache.
RANKED = 32
#: A matrix of pairs of clusters is used where it has fewer entries than so many for each unit (there it is faster) ...
ENTRIES_PER_UNIT = 400
#: ... and where units times clusters are no more than this (memory while it is made: 128 MiB).
LARGEST = 2**24


class RankedPart:
    """Functions of the curve, from the weights of right and wrong at every distinct confidence."""

    def __init__(self, sample: Sample, metrics: dict[str, Ranked]):
        self.sample, self.metrics = sample, metrics

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """Return the input of `estimates` for each resample, (..., rows), from a block of weights (clusters, rows)."""
        formulas = [m.formula for m in self.metrics.values()]
        return _along_curves(self.sample, weights, lambda curve: np.stack([formula(curve) for formula in formulas]))

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        """Return an `Estimate` of each metric, from the replicates of all blocks."""
        return _estimates(self.sample, self.metrics, replicates)


class PairedPart:
    """Functions of the pairs. Their number is a quadratic form of the weights of the clusters: with few clusters it is
    summed over pairs of clusters, else along the curve."""

    def __init__(self, sample: Sample, metrics: dict[str, Paired]):
        self.sample, self.metrics = sample, metrics
        units, clusters = len(sample.cluster), sample.n_clusters
        few = clusters**2 <= ENTRIES_PER_UNIT * units and clusters * units <= LARGEST
        self.clusters = _cluster_pairs(sample) if few else None

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """Return the input of `estimates` for each resample, (..., rows), from a block of weights (clusters, rows)."""
        if self.clusters is None:
            pairs = _along_curves(self.sample, weights, lambda curve: np.stack(ranking.pairs(curve)))
        else:
            right, wrong, lost = self.clusters
            drawn = weights.astype(float)
            pairs = np.stack([right @ drawn, wrong @ drawn, np.einsum("cr,cr->r", drawn, lost @ drawn)])
        return np.stack([m.formula(ranking.Pairs(*pairs)) for m in self.metrics.values()])

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        """Return an `Estimate` of each metric, from the replicates of all blocks."""
        return _estimates(self.sample, self.metrics, replicates)


def _estimates(sample: Sample, metrics: dict, replicates: np.ndarray) -> dict[str, Estimate]:
    return {
        name: single(
            sample, m(sample.confidence, sample.correct), row, bounds=(0.0, m.highest), reach=m.reach, ranked=True
        )
        for (name, m), row in zip(metrics.items(), replicates, strict=True)
    }


def _along_curves(sample: Sample, weights: np.ndarray, of: Callable[[ranking.Curve], np.ndarray]) -> np.ndarray:
    """`of` (numbers, rows) the curves of the resamples, from weights (clusters, rows)."""
    confidence, correct, cluster = (column[::-1] for column in sample[:3])
    correct = correct[:, None].astype(np.int32)
    starts = np.flatnonzero(np.diff(confidence, prepend=2))
    rows = weights.shape[1]
    # Always as many columns: the order in which numpy adds up depends on the shape.
    padded = np.pad(weights, ((0, 0), (0, -rows % RANKED)))
    parts = []
    for start in range(0, rows, RANKED):
        units = padded[:, start : start + RANKED][cluster].astype(np.int32)
        right = units * correct
        wrong = units - right
        if len(starts) < len(cluster):
            right, wrong = (np.add.reduceat(side, starts, axis=0) for side in (right, wrong))
        parts.append(of(ranking.Curve(right, wrong)))
    return np.concatenate(parts, axis=1)[:, :rows]


def _cluster_pairs(sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(right, wrong, lost): units of every cluster, (clusters,) each; and at [a, b] of `lost` (clusters, clusters) the
    pairs of a right unit of a and a wrong one of b that stands above it, those of equal confidence half."""
    _, group = np.unique(-sample.confidence, return_inverse=True)
    shape = (group.max() + 1, sample.n_clusters)
    place = group * sample.n_clusters + sample.cluster
    right, wrong = (
        np.bincount(place, side, shape[0] * shape[1]).reshape(shape) for side in (sample.correct, 1 - sample.correct)
    )
    above = np.cumsum(wrong, axis=0) - wrong / 2
    return right.sum(axis=0), wrong.sum(axis=0), right.T @ above
