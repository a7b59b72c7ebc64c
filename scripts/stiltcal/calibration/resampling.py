"""Draw resamples of clusters as weights, and sum over them.

One stream of random numbers gives the weights row by row, and all sums are exact (`sample.exact`): neither the size of
the blocks nor the order of the rows changes a digit.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO

import numpy as np

from .sample import exact

#: Weights held at a time ...
BLOCK = 2**22
#: ... but at least so many rows: estimators of ranking always take that many together (`ranked_bootstrap`).
ROWS = 32


def resample_weights(n_clusters: int, n_resamples: int, seed: int, *, block: int | None = None) -> Iterator[np.ndarray]:
    """Yield blocks of (n_clusters, rows) counts, n_resamples rows in all; the same rows for every `block` size.

    `block` is the number of weights held at a time.
    """
    generator = np.random.default_rng(seed)
    rows = max(1, block // n_clusters) if block else max(ROWS, BLOCK // n_clusters // ROWS * ROWS)
    for start in range(0, n_resamples, rows):
        size = min(rows, n_resamples - start)
        drawn = generator.integers(n_clusters, size=(size, n_clusters))
        drawn += np.arange(size)[:, None] * n_clusters
        counts = np.bincount(drawn.ravel(), minlength=size * n_clusters)
        yield np.ascontiguousarray(counts.astype(np.uint16).reshape(size, n_clusters).T)


def with_progress(
    blocks: Iterable[np.ndarray], n_resamples: int, *, seconds: float = 10.0, stream: TextIO | None = None
) -> Iterator[np.ndarray]:
    """Yield the blocks of weights and say on a stream (stderr), every so many seconds, how far their estimates are.

    Nothing is written where all is done sooner.
    """
    start = latest = time.monotonic()
    done = 0
    for block in blocks:
        yield block
        done += block.shape[1]
        now = time.monotonic()
        if now - latest >= seconds and done < n_resamples:
            left = max(1, round((now - start) * (n_resamples - done) / done))
            print(f"estimated {done} of {n_resamples} resamples, about {left} s left", file=stream or sys.stderr)
            latest = now


class Sums:
    """Sums of columns (k, n) over units (n,) in cells and clusters, and over the clusters of a resample.

    `cell` (n,) are numbers below n_cells.
    """

    def __init__(
        self,
        cluster: np.ndarray,
        columns: np.ndarray,
        n_clusters: int,
        cell: np.ndarray | int = 0,
        n_cells: int = 1,
    ):
        self.n_cells = n_cells
        pairs, place, count = np.unique(cell * n_clusters + cluster, return_inverse=True, return_counts=True)
        most = count.max() * n_clusters
        sums = np.stack([np.bincount(place, exact(column, most)) for column in columns])
        self.cells, starts = np.unique(pairs // n_clusters, return_index=True)
        ends = np.append(starts[1:], len(pairs))
        self.parts = [(pairs[a:b] % n_clusters, sums[:, a:b]) for a, b in zip(starts, ends, strict=True)]

    def replicate(self, weights: np.ndarray) -> np.ndarray:
        """Return sums (k, n_cells, rows) from weights (n_clusters, rows)."""
        result = np.zeros((len(self.parts[0][1]), self.n_cells, weights.shape[1]))
        for cell, (clusters, sums) in zip(self.cells, self.parts, strict=True):
            result[:, cell] = sums @ weights[clusters].astype(float)
        return result

    def all(self) -> np.ndarray:
        """Return the (k,) sums over all units."""
        return sum(sums.sum(axis=1) for _, sums in self.parts)


def divide(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """Return over / under, 0 where under is 0 (a resample without a unit of a sample)."""
    return np.divide(over, under, out=np.zeros(np.broadcast(over, under).shape), where=under != 0)


def less_bias(value: np.ndarray | float, replicates: np.ndarray) -> np.ndarray:
    """Subtract the bootstrap estimate of the bias from values (...,), and stay in [0, 1] (Efron & Tibshirani 1993)."""
    return np.clip(2 * value - replicates.mean(axis=-1), 0.0, 1.0)


def quantile(replicates: np.ndarray, share: float) -> np.ndarray:
    """Return np.quantile (...,) of (..., rows) replicates, a row all NaN or not at all, at a share in [0, 1].

    Four times as fast for a few hundred rows: this is asked several times of every comparison.
    """
    place = (replicates.shape[-1] - 1) * share
    below = int(place)
    above = min(below + 1, replicates.shape[-1] - 1)
    ordered = np.partition(replicates, (below, above), axis=-1)
    return ordered[..., below] + (place - below) * (ordered[..., above] - ordered[..., below])
