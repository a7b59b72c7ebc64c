"""Compute every estimator on all resamples of a cluster bootstrap at once, from shared weights.

A resample draws as many clusters as there are, with replacement; its weights say how often it drew each. Samples that
share their clusters (languages, perturbations, intermediates of one test set) share the weights, so a difference of
their replicates is a paired one.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from . import smooth
from .binned_bootstrap import BinnedPart
from .binning import mce
from .estimate import NO_SURPLUS, Estimate, clusters_of, single
from .estimators import Binned, Mean, Paired, Ranked, Smooth, metric
from .ranked_bootstrap import PairedPart, RankedPart
from .resampling import Sums, divide, less_bias
from .sample import Sample
from .unseen import either_way, unseen_share, within


def estimate(sample: Sample, names: Sequence[str], weights: Iterable[np.ndarray]) -> dict[str, Estimate]:
    """Return an `Estimate` of each metric, from one pass over blocks of weights (sample.n_clusters, rows).

    Raises ValueError for an unknown metric.
    """
    metrics = {name: metric(name) for name in names}
    parts = [
        part(sample, chosen)
        for kind, part in _PARTS.items()
        if (chosen := {name: m for name, m in metrics.items() if isinstance(m, kind)})
    ]
    blocks = [[part.replicate(block) for part in parts] for block in weights]
    found: dict[str, Estimate] = {}
    for part, replicates in zip(parts, zip(*blocks, strict=True), strict=True):
        found |= part.estimates(np.concatenate(replicates, axis=-1))
    return {name: found[name] for name in names}


def estimate_outcomes(sample: Sample, outcomes: np.ndarray, name: str, weights: Iterable[np.ndarray]) -> list[Estimate]:
    """Return an `Estimate` of one binned metric for the confidences of a sample with each of some outcomes (k, n)
    instead of its own, in the order of its units. What depends on the confidences alone is computed once.

    Raises ValueError for a metric without bins."""
    if not isinstance(binned := metric(name), Binned):
        raise ValueError(f"{name} is not computed in bins: it cannot be estimated for several outcomes at once")
    part = BinnedPart(sample, {name: binned}, outcomes)
    return part.all_estimates(np.concatenate([part.replicate(block) for block in weights], axis=-1))[name]


def ratio(numerator, denominator, cluster: np.ndarray, weights: Sequence[np.ndarray]) -> Estimate:
    """Return an `Estimate` of sum(numerator) / sum(denominator) over units (n,) in clusters (n,); 0 where the latter is
    0."""
    sums = Sums(cluster, np.array([numerator, denominator], dtype=float), len(weights[0]))
    over, under = np.concatenate([sums.replicate(block) for block in weights], axis=-1)[:, 0]
    value, clusters = float(divide(*sums.all())), clusters_of(cluster)
    share = unseen_share(clusters) if value in (0, 1) else 0.0
    unseen = within((0.0, 1.0), value, either_way(share))
    return Estimate(value, value, divide(over, under), NO_SURPLUS, clusters - 1, unseen, (0.0, 1.0))


class _MeanPart:
    """Means over the units."""

    def __init__(self, sample: Sample, metrics: dict[str, Mean]):
        self.sample, self.metrics = sample, metrics
        units = [m.unit(sample.confidence, sample.correct) for m in metrics.values()]
        columns = np.vstack([np.ones_like(sample.confidence), *units])
        self.sums = Sums(sample.cluster, columns, sample.n_clusters)

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """Return the input of `estimates` for each resample, (..., rows), from a block of weights (clusters, rows)."""
        return self.sums.replicate(weights)[:, 0]

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        """Return an `Estimate` of each metric, from the replicates of all blocks."""
        means = divide(replicates[1:], replicates[:1])
        confidence, correct = self.sample.confidence, self.sample.correct
        return {
            name: single(
                self.sample,
                m(confidence, correct),
                row,
                bounds=(m.lowest, m.highest),
                reach=m.reach(confidence, correct),
            )
            for (name, m), row in zip(self.metrics.items(), means, strict=True)
        }


class _SmoothPart:
    """smECE, centred on the bootstrap's estimate of its bias, and the surplus of 15 equally wide bins."""

    def __init__(self, sample: Sample, metrics: dict[str, Smooth]):
        self.sample, self.metrics = sample, metrics
        self.bins = BinnedPart(sample, {"": Binned(mce)})
        self.values = {name: m(sample.confidence, sample.correct) for name, m in metrics.items()}
        self.resamples = smooth.Resamples(*sample, value=max(self.values.values()))

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """Return the input of `estimates` for each resample, (..., rows), from a block of weights (clusters, rows)."""
        grid = self.resamples.on_grid(weights)
        return np.vstack([grid, self.bins.replicate(weights).reshape(-1, weights.shape[1])])

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        """Return an `Estimate` of each metric, from the replicates of all blocks."""
        grids, binned = np.split(replicates, [2 * self.resamples.size])
        values = self.resamples.smece(grids)
        surplus = self.bins.estimates(binned.reshape(3, -1, replicates.shape[1]))[""].surplus
        return {
            name: single(self.sample, value, values, centre=float(less_bias(value, values)), surplus=surplus)
            for name, value in self.values.items()
        }


_PARTS = {Binned: BinnedPart, Mean: _MeanPart, Ranked: RankedPart, Paired: PairedPart, Smooth: _SmoothPart}
