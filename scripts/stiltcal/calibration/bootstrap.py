"""Cluster bootstrap: every estimator on every resample at once, from shared weights.

A resample draws as many clusters as there are, with replacement; its weights say how often it drew each. Samples that
share their clusters (languages, perturbations, intermediates of one test set) share the weights, so a difference of
their replicates is a paired one.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from stiltcal.calibration import ranking, smooth
from stiltcal.calibration.binning import BinSums, bin_sums, mce
from stiltcal.calibration.estimate import Estimate, unseen_share
from stiltcal.calibration.estimators import Binned, Mean, Ranked, Smooth, metric
from stiltcal.calibration.resampling import Sums
from stiltcal.calibration.sample import Sample
from stiltcal.calibration.shrinkage import Gaps, shrink_gaps

#: Resamples that are ranked together: so few that all their numbers stay in the processor's cache.
RANKED = 32


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
    columns = np.column_stack([numerator, denominator]).astype(float)
    sums = Sums(cluster, columns, weights[0].shape[1])
    over, under = np.concatenate([sums.replicate(block) for block in weights])[:, :, 0].T
    value, df = float(_divide(*sums.all())), _df(cluster)
    unseen = _unseen(value, df) if value in (0, 1) else (0.0, 0.0)
    return Estimate(value, value, _divide(over, under), None, df, unseen)


class _BinnedPart:
    """Binned estimators, from the sums in the cells between all their edges: every bin is a run of cells."""

    def __init__(self, sample: Sample, metrics: dict[str, Binned]):
        self.sample, self.metrics = sample, metrics
        self.edges = {name: tuple(m.edges(sample.confidence)) for name, m in metrics.items()}
        self.all_edges = np.unique(np.concatenate(list(self.edges.values())))
        cell = np.searchsorted(self.all_edges, sample.confidence, side="left")
        columns = np.column_stack([np.ones_like(sample.confidence), sample.confidence, sample.correct])
        self.sums = Sums(sample.cluster, columns, sample.n_clusters, cell)

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        sums = self.sums.replicate(weights)
        return np.pad(sums, ((0, 0), (0, 0), (0, len(self.all_edges) + 1 - sums.shape[2])))

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        by_cell = np.ascontiguousarray(replicates.transpose(1, 2, 0))
        binned = {edges: _Bins(self.sample, self._starts(edges), edges, by_cell) for edges in self.edges.values()}
        return {name: binned[self.edges[name]].estimate(m) for name, m in self.metrics.items()}

    def _starts(self, edges: tuple[float, ...]) -> np.ndarray:
        return np.r_[0, np.searchsorted(self.all_edges, edges) + 1]


class _Bins:
    """The bins of a sample and of its resamples, with what all estimators on them need.

    `replicates` are sums in cells, (3, cells, resamples), and `starts` the first cell of every bin.
    """

    def __init__(self, sample: Sample, starts: np.ndarray, edges: tuple[float, ...], replicates: np.ndarray):
        self.sums = bin_sums(sample.confidence, sample.correct, np.array(edges))
        self.resampled = BinSums(*np.add.reduceat(replicates, starts, axis=1))
        self.spread, self.surplus = _noise(self.sums, self.resampled)
        self.sample = sample

    @cached_property
    def gaps(self) -> tuple[Gaps, Gaps]:
        return shrink_gaps(self.sums, self.spread), shrink_gaps(self.resampled, self.spread)

    def estimate(self, m: Binned) -> Estimate:
        value = float(m.formula(self.sums))
        if m.population is None:
            values = m.formula(self.resampled)
            centre = _less_bias(value, values)
        else:
            centre, values = (m.population(gaps) for gaps in self.gaps)
        return _estimate(self.sample, value, values, centre=float(centre), surplus=self.surplus)


class _MeanPart:
    """Means over the units."""

    def __init__(self, sample: Sample, metrics: dict[str, Mean]):
        self.sample, self.metrics = sample, metrics
        units = [m.unit(sample.confidence, sample.correct) for m in metrics.values()]
        columns = np.column_stack([np.ones_like(sample.confidence), *units])
        self.sums = Sums(sample.cluster, columns, sample.n_clusters)

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        return self.sums.replicate(weights)[:, :, 0]

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        means = _divide(replicates[:, 1:], replicates[:, :1]).T
        confidence, correct = self.sample.confidence, self.sample.correct
        return {
            name: _estimate(self.sample, m(confidence, correct), column, bounds=(m.lowest, m.highest))
            for (name, m), column in zip(self.metrics.items(), means, strict=True)
        }


class _RankedPart:
    """Estimators of ranking, from the weights of right and wrong at every distinct confidence."""

    def __init__(self, sample: Sample, metrics: dict[str, Ranked]):
        self.sample, self.metrics = sample, metrics
        confidence, correct, self.cluster = (column[::-1] for column in sample[:3])
        self.correct = correct[:, None].astype(np.int32)
        self.starts = np.flatnonzero(np.diff(confidence, prepend=2))

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        # Always as many columns: the order in which numpy adds up depends on the shape.
        padded = np.pad(weights, ((0, -len(weights) % RANKED), (0, 0)))
        parts = [self._replicate(padded[start : start + RANKED]) for start in range(0, len(padded), RANKED)]
        return np.concatenate(parts)[: len(weights)]

    def _replicate(self, weights: np.ndarray) -> np.ndarray:
        units = weights.T[self.cluster].astype(np.int32)
        right = units * self.correct
        wrong = units - right
        if len(self.starts) < len(self.cluster):
            right, wrong = (np.add.reduceat(side, self.starts, axis=0) for side in (right, wrong))
        curve = ranking.Curve(right, wrong)
        return np.column_stack([m.formula(curve) for m in self.metrics.values()])

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        confidence, correct = self.sample.confidence, self.sample.correct
        return {
            name: _estimate(self.sample, m(confidence, correct), column, contrast=m.contrast)
            for (name, m), column in zip(self.metrics.items(), replicates.T, strict=True)
        }


class _SmoothPart:
    """smECE, centred on the bootstrap's estimate of its bias, and the surplus of 15 equally wide bins."""

    def __init__(self, sample: Sample, metrics: dict[str, Smooth]):
        self.sample, self.metrics = sample, metrics
        self.bins = _BinnedPart(sample, {"": Binned(mce)})

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        units = weights[:, self.sample.cluster].astype(float)
        smoothed = smooth.smece(self.sample.confidence, self.sample.correct, units)
        return np.column_stack([smoothed, self.bins.replicate(weights).reshape(len(weights), -1)])

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        values, binned = replicates[:, 0], replicates[:, 1:].reshape(len(replicates), 3, -1)
        surplus = self.bins.estimates(binned)[""].surplus
        return {
            name: _estimate(self.sample, value, values, centre=_less_bias(value, values), surplus=surplus)
            for name, m in self.metrics.items()
            for value in [m(self.sample.confidence, self.sample.correct)]
        }


_PARTS = {Binned: _BinnedPart, Mean: _MeanPart, Ranked: _RankedPart, Smooth: _SmoothPart}


def _estimate(
    sample: Sample,
    value: float,
    replicates: np.ndarray,
    *,
    centre: float | None = None,
    surplus: np.ndarray | None = None,
    bounds: tuple[float, float] = (0.0, 1.0),
    contrast: bool = False,
) -> Estimate:
    df, unseen = _df(sample.cluster), (0.0, 0.0)
    if np.ptp(sample.correct) == 0:
        unseen = (value, 1 - value) if contrast else _unseen(value, df, *bounds)
    return Estimate(value, value if centre is None else centre, replicates, surplus, df, unseen)


def _unseen(value: float, df: int, lowest: float = 0.0, highest: float = 1.0) -> tuple[float, float]:
    share = unseen_share(df + 1)
    return min(share, value - lowest), min(share, highest - value)


def _less_bias(value: float, replicates: np.ndarray) -> float:
    """The value less the bias that the bootstrap finds, not below 0."""
    return max(0.0, 2 * value - float(replicates.mean()))


def _noise(sums: BinSums, resampled: BinSums) -> tuple[float, np.ndarray]:
    """(design effect, surplus (resamples,)) of the gaps' noise, from bins with at least two units.

    The resampled gaps scatter about the observed ones as the observed about the true, but for n_b / (n_b - 1).
    """
    usable = sums.n >= 2
    factor = usable * sums.n / np.maximum(sums.n - 1, 1)
    total = (resampled.share * (resampled.gap - sums.gap[:, None]) ** 2 * factor[:, None]).sum(axis=0)
    expected = (sums.share * usable * sums.label_variance / np.maximum(sums.n - 1, 1)).sum()
    spread = max(1.0, float(total.mean() / expected)) if expected > 0 else 1.0
    return spread, total - (sums.share * usable * sums.gap**2).sum()


def _divide(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """over / under, 0 where under is 0 (a resample without a unit of this sample)."""
    return np.divide(over, under, out=np.zeros(np.broadcast(over, under).shape), where=under != 0)


def _df(cluster: np.ndarray) -> int:
    return len(np.unique(cluster)) - 1
