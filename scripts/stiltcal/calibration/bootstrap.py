"""Cluster bootstrap: every estimator on every resample at once, from shared weights.

A resample draws as many clusters as there are, with replacement; its weights say how often it drew each. Samples that
share their clusters (languages, perturbations, intermediates of one test set) share the weights, so a difference of
their replicates is a paired one. One stream of random numbers gives the weights row by row, and all sums are exact
(`sample.exact`): neither the size of the blocks nor the order of the rows changes a digit.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from stiltcal.calibration import ranking, smooth
from stiltcal.calibration.binning import BinSums, bin_sums
from stiltcal.calibration.estimate import Estimate
from stiltcal.calibration.estimators import Binned, Mean, Metric, Ranked, Smooth, metric
from stiltcal.calibration.sample import Sample, exact

#: Weights held at a time, and numbers that a chain of operations on every unit keeps in the processor's cache.
BLOCK = 2**22
CACHED = 2**14


def resample_weights(n_clusters: int, n_resamples: int, seed: int, *, block: int = BLOCK) -> Iterator[np.ndarray]:
    """Blocks of (rows, n_clusters) counts, n_resamples rows in all; the same rows for every `block` size."""
    generator = np.random.default_rng(seed)
    rows = max(1, block // n_clusters)
    for start in range(0, n_resamples, rows):
        size = min(rows, n_resamples - start)
        drawn = generator.integers(n_clusters, size=(size, n_clusters))
        drawn += np.arange(size)[:, None] * n_clusters
        counts = np.bincount(drawn.ravel(), minlength=size * n_clusters)
        yield counts.astype(np.uint16).reshape(size, n_clusters)


def estimate(sample: Sample, names: Sequence[str], weights: Iterable[np.ndarray]) -> dict[str, Estimate]:
    """An `Estimate` of each metric, from one pass over blocks of weights (rows, sample.n_clusters)."""
    metrics = {name: metric(name) for name in names}
    parts = [
        part(sample, chosen)
        for kind, part in _PARTS.items()
        if (chosen := {name: m for name, m in metrics.items() if isinstance(m, kind)})
    ]
    blocks = [[part.replicate(block) for part in parts] for block in weights]
    found: dict[str, Estimate] = {}
    for part, replicates in zip(parts, zip(*blocks, strict=True), strict=True):
        found |= part.estimates(np.concatenate(replicates))
    return {name: found[name] for name in names}


def ratio(numerator, denominator, cluster: np.ndarray, weights: Iterable[np.ndarray]) -> Estimate:
    """An `Estimate` of sum(numerator) / sum(denominator) over units (n,) in clusters (n,); 0 where the latter is 0."""
    weights = list(weights)
    totals = _Totals(cluster, np.column_stack([numerator, denominator]).astype(float), weights[0].shape[1])
    over, under = np.concatenate([totals.replicate(block) for block in weights]).T
    return _unbiased(float(_divide(*totals.sums.sum(axis=0))), _divide(over, under), cluster)


class _Totals:
    """Sums of columns (n, k) within the clusters of units (n,), and over the clusters of a resample."""

    def __init__(self, cluster: np.ndarray, columns: np.ndarray, n_clusters: int):
        self.clusters, place = np.unique(cluster, return_inverse=True)
        most = np.bincount(place).max() * n_clusters
        self.sums = np.column_stack([np.bincount(place, exact(column, most)) for column in columns.T])

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """(rows, k) from weights (rows, n_clusters)."""
        return weights[:, self.clusters].astype(float) @ self.sums


class _BinnedPart:
    """Binned estimators, from the sums in the cells between all their edges: every bin is a run of cells."""

    def __init__(self, sample: Sample, metrics: dict[str, Binned]):
        self.sample, self.metrics = sample, metrics
        self.edges = {name: m.edges(sample.confidence) for name, m in metrics.items()}
        self.all_edges = np.unique(np.concatenate(list(self.edges.values())))
        place = np.searchsorted(self.all_edges, sample.confidence, side="left")
        columns = np.column_stack([np.ones_like(sample.confidence), sample.confidence, sample.correct])
        self.cells = {
            cell: _Totals(sample.cluster[place == cell], columns[place == cell], sample.n_clusters)
            for cell in np.unique(place)
        }

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        sums = np.zeros((len(weights), 3, len(self.all_edges) + 1))
        for cell, totals in self.cells.items():
            sums[:, :, cell] = totals.replicate(weights)
        return sums

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        return {name: self._estimate(m, self.edges[name], replicates) for name, m in self.metrics.items()}

    def _estimate(self, m: Binned, edges: np.ndarray, replicates: np.ndarray) -> Estimate:
        starts = np.r_[0, np.searchsorted(self.all_edges, edges) + 1]
        resampled = BinSums(*np.moveaxis(np.add.reduceat(replicates, starts, axis=-1), 1, 0))
        sums = bin_sums(self.sample.confidence, self.sample.correct, edges)
        value = float(m.formula(sums))
        spread, surplus = _noise(sums, resampled)
        if m.population is None:
            values = m.formula(resampled)
            centre = max(0.0, 2 * value - float(values.mean()))
        else:
            values = m.population(resampled, spread)
            centre = float(m.population(sums, spread))
        return Estimate(value, centre, values, surplus, _df(self.sample.cluster))


class _MeanPart:
    """Means over the units."""

    def __init__(self, sample: Sample, metrics: dict[str, Mean]):
        self.sample, self.metrics = sample, metrics
        units = [m.unit(sample.confidence, sample.correct) for m in metrics.values()]
        columns = np.column_stack([np.ones_like(sample.confidence), *units])
        self.totals = _Totals(sample.cluster, columns, sample.n_clusters)

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        return self.totals.replicate(weights)

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        means = _divide(replicates[:, 1:], replicates[:, :1])
        return _named_columns(self.metrics, self.sample, means)


class _RankedPart:
    """Estimators of ranking, from the weights of right and wrong at every distinct confidence."""

    def __init__(self, sample: Sample, metrics: dict[str, Ranked]):
        self.sample, self.metrics = sample, metrics
        confidence, self.correct, self.cluster = (column[::-1] for column in sample[:3])
        self.starts = np.flatnonzero(np.diff(confidence, prepend=2))

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        rows = max(1, CACHED // len(self.cluster))
        return np.concatenate([self._replicate(weights[i : i + rows]) for i in range(0, len(weights), rows)])

    def _replicate(self, weights: np.ndarray) -> np.ndarray:
        units = weights[:, self.cluster].astype(float)
        right = units * self.correct
        wrong = units - right
        if len(self.starts) < len(self.cluster):
            right, wrong = (np.add.reduceat(side, self.starts, axis=-1) for side in (right, wrong))
        curve = ranking.curve(right, wrong)
        return np.column_stack([m.formula(curve) for m in self.metrics.values()])

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        return _named_columns(self.metrics, self.sample, replicates)


class _SmoothPart:
    """smECE."""

    def __init__(self, sample: Sample, metrics: dict[str, Smooth]):
        self.sample, self.metrics = sample, metrics

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        units = weights[:, self.sample.cluster].astype(float)
        return smooth.smece(self.sample.confidence, self.sample.correct, units)[:, None]

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        return _named_columns(self.metrics, self.sample, replicates)


_PARTS = {Binned: _BinnedPart, Mean: _MeanPart, Ranked: _RankedPart, Smooth: _SmoothPart}


def _named_columns(metrics: dict[str, Metric], sample: Sample, replicates: np.ndarray) -> dict[str, Estimate]:
    return {
        name: _unbiased(m(sample.confidence, sample.correct), column, sample.cluster)
        for (name, m), column in zip(metrics.items(), replicates.T, strict=True)
    }


def _unbiased(value: float, replicates: np.ndarray, cluster: np.ndarray) -> Estimate:
    return Estimate(value, value, replicates, None, _df(cluster))


def _noise(sums: BinSums, resampled: BinSums) -> tuple[float, np.ndarray]:
    """(design effect, surplus (resamples,)) of the gaps' noise, from bins with at least two units.

    The resampled gaps scatter about the observed ones as the observed about the true, but for n_b / (n_b - 1).
    """
    usable = sums.n >= 2
    noise = resampled.share * usable * (resampled.gap - sums.gap) ** 2 * sums.n / np.maximum(sums.n - 1, 1)
    expected = (sums.share * usable * sums.label_variance / np.maximum(sums.n - 1, 1)).sum()
    total = noise.sum(axis=-1)
    spread = max(1.0, float(total.mean() / expected)) if expected > 0 else 1.0
    return spread, total - (sums.share * usable * sums.gap**2).sum()


def _divide(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """over / under, 0 where under is 0 (a resample without a unit of this sample)."""
    return np.divide(over, under, out=np.zeros(np.broadcast(over, under).shape), where=under != 0)


def _df(cluster: np.ndarray) -> int:
    return max(1, len(np.unique(cluster)) - 1)
