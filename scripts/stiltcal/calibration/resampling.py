"""Resamples of clusters as weights, and sums over them.

One stream of random numbers gives the weights row by row, and all sums are exact (`sample.exact`): neither the size of
the blocks nor the order of the rows changes a digit.
"""

from collections.abc import Iterator

import numpy as np

from stiltcal.calibration.sample import exact

#: Weights held at a time.
BLOCK = 2**22


def resample_weights(n_clusters: int, n_resamples: int, seed: int, *, block: int = BLOCK) -> Iterator[np.ndarray]:
    """Blocks of (n_clusters, rows) counts, n_resamples rows in all; the same rows for every `block` size."""
    generator = np.random.default_rng(seed)
    rows = max(1, block // n_clusters)
    for start in range(0, n_resamples, rows):
        size = min(rows, n_resamples - start)
        drawn = generator.integers(n_clusters, size=(size, n_clusters))
        drawn += np.arange(size)[:, None] * n_clusters
        counts = np.bincount(drawn.ravel(), minlength=size * n_clusters)
        yield np.ascontiguousarray(counts.astype(np.uint16).reshape(size, n_clusters).T)


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
        """(k, n_cells, rows) from weights (n_clusters, rows)."""
        result = np.zeros((len(self.parts[0][1]), self.n_cells, weights.shape[1]))
        for cell, (clusters, sums) in zip(self.cells, self.parts, strict=True):
            result[:, cell] = sums @ weights[clusters].astype(float)
        return result

    def all(self) -> np.ndarray:
        """(k,) sums over everything."""
        return sum(sums.sum(axis=1) for _, sums in self.parts)


def divide(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """over / under, 0 where under is 0 (a resample without a unit of a sample)."""
    return np.divide(over, under, out=np.zeros(np.broadcast(over, under).shape), where=under != 0)
