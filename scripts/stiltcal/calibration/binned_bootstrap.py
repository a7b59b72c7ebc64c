"""Compute binned estimators on all resamples at once (see `bootstrap`)."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from .binning import BinSums, bin_sums
from .estimate import Estimate, single
from .estimators import Binned
from .resampling import Sums, less_bias
from .sample import Sample
from .shrinkage import Gaps, shrink_gaps

#: Numbers of an array that are worked on together.
BLOCK = 2**15


class BinnedPart:
    """Binned estimators, from the sums in the intervals between all their edges: every bin is a run of intervals.

    `outcomes` (k, n) are scored with the same confidences; by default the sample's own, k = 1.
    """

    def __init__(self, sample: Sample, metrics: Mapping[str, Binned], outcomes: np.ndarray | None = None):
        self.sample, self.metrics = sample, metrics
        self.outcomes = sample.correct[None] if outcomes is None else outcomes
        self.edges = {name: tuple(m.edges(sample.confidence)) for name, m in metrics.items()}
        self.all_edges = np.unique(np.concatenate(list(self.edges.values())))
        interval = np.searchsorted(self.all_edges, sample.confidence, side="left")
        columns = np.vstack([np.ones_like(sample.confidence), sample.confidence, self.outcomes])
        self.sums = Sums(sample.cluster, columns, sample.n_clusters, interval, len(self.all_edges) + 1)

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """Return the input of `estimates` for each resample, (..., rows), from a block of weights (clusters, rows)."""
        return self.sums.replicate(weights)

    def estimates(self, replicates: np.ndarray) -> dict[str, Estimate]:
        """Return an `Estimate` of each metric, from the replicates of all blocks."""
        return {name: estimate for name, (estimate,) in self.all_estimates(replicates).items()}

    def all_estimates(self, replicates: np.ndarray) -> dict[str, list[Estimate]]:
        """Return the `Estimate`s (k,) of each metric, one for each row of `outcomes`."""
        binned = {}
        for edges in set(self.edges.values()):
            starts = np.r_[0, np.searchsorted(self.all_edges, edges) + 1]
            sums = bin_sums(self.sample.confidence, self.outcomes, np.array(edges))
            is_interval = len(starts) == replicates.shape[1]
            resampled = replicates if is_interval else np.add.reduceat(replicates, starts, axis=1)
            filled = sums.n[:, 0] > 0  # empty bins count nothing, and are most of them where confidences are alike
            binned[edges] = _Bins(BinSums(*(part[filled] for part in sums)), _resampled(resampled[:, filled]))
        return {name: self._estimates(m, binned[self.edges[name]]) for name, m in self.metrics.items()}

    def _estimates(self, m: Binned, bins: "_Bins") -> list[Estimate]:
        return [
            single(self.sample, value, values, centre=float(centre), surplus=surplus, correct=correct)
            for value, values, centre, surplus, correct in zip(
                *bins.evaluate(m), bins.surplus, self.outcomes, strict=True
            )
        ]


class _Bins:
    """The bins (axes: bins, outcomes, resamples) of a sample and of its resamples, with what their estimators need."""

    def __init__(self, sums: BinSums, resampled: BinSums):
        self.sums, self.resampled = sums, _in_blocks(resampled)
        self.spread, self.surplus = _noise(sums, self.resampled)

    @cached_property
    def gaps(self) -> tuple[Gaps, list[Gaps]]:
        """Of the sample, and of blocks of resamples, whose noise is twofold: the sample's own and the resampling's."""
        spread = 2 * self.spread[:, None]
        return shrink_gaps(self.sums, self.spread), [shrink_gaps(block, spread) for block in self.resampled]

    def evaluate(self, m: Binned) -> tuple[list[float], np.ndarray, np.ndarray]:
        """(values, replicates (outcomes, resamples), centres) of an estimator."""
        value = m.formula(self.sums)
        if m.population is None:
            values = np.concatenate([m.formula(block) for block in self.resampled], axis=-1)
            centre = less_bias(value, values)
        else:
            gaps, resampled = self.gaps
            centre, values = m.population(gaps), np.concatenate([m.population(g) for g in resampled], axis=-1)
        return value.tolist(), values, centre


def _resampled(sums: np.ndarray) -> BinSums:
    """From (2 + outcomes, bins, resamples)."""
    return BinSums(sums[0][:, None], sums[1][:, None], np.ascontiguousarray(sums[2:].transpose(1, 0, 2)))


def _in_blocks(sums: BinSums) -> list[BinSums]:
    """Some resamples at a time: so few that the numbers of a formula stay in the processor's cache."""
    blocks = -(-sums.correct.size // BLOCK)
    return [BinSums(*parts) for parts in zip(*(np.array_split(each, blocks, axis=-1) for each in sums), strict=True)]


def _noise(sums: BinSums, resampled: list[BinSums]) -> tuple[np.ndarray, np.ndarray]:
    """(design effects (outcomes,), surplus (outcomes, resamples)) of the gaps' noise, from bins with two units or more.

    The resampled gaps scatter about the observed ones as the observed about the true, but for n_b / (n_b - 1).
    """
    usable = sums.n >= 2
    factor = (usable * sums.n / np.maximum(sums.n - 1, 1))[..., None]
    gap = sums.gap[..., None]
    total = np.concatenate(
        [(block.share * factor * (block.gap - gap) ** 2).sum(axis=0) for block in resampled], axis=-1
    )
    expected = (sums.share * usable * sums.label_variance / np.maximum(sums.n - 1, 1)).sum(axis=0)
    spread = np.divide(total.mean(axis=-1), expected, out=np.ones(len(total)), where=expected > 0)
    return np.maximum(spread, 1.0), total - (sums.share * usable * sums.gap**2).sum(axis=0)[:, None]
