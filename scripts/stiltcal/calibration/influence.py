"""Uncertainty of what is fitted on dev items, from the influence of each of them.

A fit that solves sum_i g_i(theta) = 0 moves by influence_i = -H^-1 g_i / n for item i, H the mean derivative of g. The
sum of influence_i influence_i' is the sandwich variance (Huber 1967), over sums of clusters that by cluster (Liang &
Zeger 1986). A replicate of the fit is theta + sum_i xi_i influence_i with xi_i ~ N(0, 1) (multiplier
bootstrap: van der Vaart & Wellner 1996, section 2.9). Fits on the same dev items share xi, and so are paired.
"""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

#: Clusters are put together in so many blocks, by their names: a file of predictions then needs no names. The standard
#: error of a fit is known to 1 / sqrt(2 * BLOCKS), 4 %, from any number of clusters.
BLOCKS = 256
#: Variances below this share of the largest are rounding, and so are all that are smaller than _NOTHING.
_ROUNDING, _NOTHING = 1e-12, 1e-18


class FitError(NamedTuple):
    """Uncertainty of p fitted parameters in at most p independent directions; zeros where it is not known.

    directions: (k, p), the change of the parameters by one standard error in each direction.
    blocks: (k, BLOCKS), the influence of the blocks of dev items on each direction; rows of norm 1.
    """

    directions: np.ndarray
    blocks: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Standard errors (p,) of the parameters."""
        return np.sqrt((self.directions**2).sum(axis=0))


def blocks_of(cluster: Sequence) -> np.ndarray:
    """Return the block (n,) of each cluster, which its name alone decides."""
    return np.array([zlib.crc32(str(name).encode()) % BLOCKS for name in cluster], dtype=int)


def fit_error(
    influence: np.ndarray, cluster: Sequence | None = None, *, metric: np.ndarray | None = None, most: int | None = None
) -> FitError:
    """Find the uncertainty of a fit from the influence (n, p) of its items, in clusters (n,); None: each its own.

    Directions are ordered by their length in `metric` (p, p); by default the identity. `most`: keep so many. Raises
    ValueError for unequal lengths.
    """
    n, p = influence.shape
    cluster = range(n) if cluster is None else cluster
    if len(cluster) != n:
        raise ValueError(f"{n} items and {len(cluster)} clusters; they must be as many")
    sums = np.zeros((BLOCKS, p))
    np.add.at(sums, blocks_of(cluster), influence)
    variances, axes = np.linalg.eigh(sums.T @ sums)
    kept = variances > max(_NOTHING, _ROUNDING * variances.max())
    root = np.sqrt(np.where(kept, variances, 0.0))
    movement = (axes * root).T @ (np.eye(p) if metric is None else metric) @ (axes * root)
    turned = np.linalg.eigh(movement)[1][:, ::-1][:, :most]
    directions = (axes * root @ turned).T
    largest = np.abs(directions).argmax(axis=1)[:, None]
    sign = np.where(np.take_along_axis(directions, largest, axis=1) < 0, -1.0, 1.0)
    inverse = np.divide(1.0, root, out=np.zeros(p), where=root > 0)
    blocks = (sums @ (axes * inverse) @ turned).T
    return FitError(directions * sign, blocks * sign)


def unknown(p: int, k: int | None = None) -> FitError:
    """Return the error of p parameters without a standard error (at a bound, say), in k directions: all zeros."""
    return FitError(np.zeros((k or p, p)), np.zeros((k or p, BLOCKS)))
