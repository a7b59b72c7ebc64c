"""Mine bitext (BUCC) and retrieve sentences (Tatoeba) by exact nearest neighbours and the ratio margin.

The method is that of Artetxe & Schwenk 2019 (arXiv 1811.01136), as XTREME and jiant use it. Rows are L2-normalised
sentence embeddings. Similarities are computed in double precision, once for each pair, and rounded to multiples of
2^-30 (about 1e-9). Processors add up a product in different orders; without this grid its last bits would decide
between equal sentences.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

from .metrics import counts_f1

#: Similarities are integers in units of 1 / GRID; far coarser than double precision, far finer than single.
GRID = 2**30
#: Rows of each side in a tile of similarities. A tile is computed, searched and forgotten.
TILE = 2048
#: Stands for a neighbour that is not found yet.
_LOWEST = -(2**62)


class Vectors(Protocol):
    """Vectors (n, d) of a side, of which a slice of rows is read at a time: an array, or what reads one."""

    def __len__(self) -> int:
        """Return the number of vectors."""

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return some vectors."""


class Neighbours(NamedTuple):
    """The k nearest rows of the other side, best first: their `similarity` and their numbers (`rows`), both (n, k)."""

    similarity: np.ndarray
    rows: np.ndarray


class Mined(NamedTuple):
    """Mined pairs, best first: rows of the foreign side, rows of the source side, and margins, all (pairs,)."""

    foreign: np.ndarray
    source: np.ndarray
    margin: np.ndarray


def nearest_both_ways(foreign: Vectors, source: Vectors, k: int = 4) -> tuple[Neighbours, Neighbours]:
    """Find the k nearest source rows of each foreign row, and the k nearest foreign rows of each source row.

    The search is exact, by inner product on the grid; the best row comes first, and equal ones in row order. A side
    with fewer than k rows is returned whole. Both directions come from one product, so that a pair has one similarity.
    A tile of each side is read at a time. Raises ValueError if a similarity is not finite.
    """
    forward, backward = _none(foreign, source, k), _none(source, foreign, k)
    for rows, columns, scaled in _tiles(foreign, source):
        forward[rows] = _merged(forward[rows], scaled, columns.start, len(source))
        backward[columns] = _merged(backward[columns], scaled.T, rows.start, len(foreign))
    return _neighbours(forward, len(source)), _neighbours(backward, len(foreign))


def _none(queries: Vectors, index: Vectors, k: int) -> np.ndarray:
    """Return the keys of neighbours that are not found yet, (n, k)."""
    return np.full((len(queries), min(k, len(index))), _LOWEST)


def _tiles(queries: Vectors, index: Vectors) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Yield rows, columns and their similarities in units of the grid, not rounded, tile by tile.

    Raises ValueError if one is not finite.
    """
    for start in range(0, len(queries), TILE):
        rows = slice(start, start + TILE)
        block = queries[rows].astype(float, copy=False)
        for first in range(0, len(index), TILE):
            columns = slice(first, first + TILE)
            scaled = block @ index[columns].astype(float, copy=False).T
            scaled *= GRID
            if not np.isfinite(scaled.sum()):
                raise ValueError(
                    "sentence vectors hold numbers that are not finite: the training of this encoder failed"
                )
            yield rows, columns, scaled


def _merged(best: np.ndarray, scaled: np.ndarray, first: int, total: int) -> np.ndarray:
    """Return the highest keys (n, k) of `best` and of a tile (n, c) with columns `first`, `first` + 1, ... of `total`.

    Most of a later tile is less similar than the neighbours that are known. Only what may be as similar (with a unit to
    spare for rounding) gets a key.
    """
    may = scaled >= (best[:, -1] / total - 1)[:, None]
    width = int(np.count_nonzero(may, axis=1).max(initial=0))
    if not width:
        return best
    if 4 * width > scaled.shape[1]:
        keys = _keys(scaled, np.arange(first, first + scaled.shape[1]), total)
    else:
        row, column = np.nonzero(may)
        keys = np.full((len(best), width), _LOWEST)
        keys[row, np.arange(len(row)) - np.searchsorted(row, row)] = _keys(scaled[row, column], first + column, total)
    return _highest(np.hstack([best, keys]), best.shape[1])


def _keys(scaled: np.ndarray, columns: np.ndarray, total: int) -> np.ndarray:
    """Combine similarities, rounded to the grid, and their columns (of `total`) into integers that order candidates."""
    return np.rint(scaled).astype(np.int64) * total - columns


def _highest(keys: np.ndarray, k: int) -> np.ndarray:
    """Select the k highest keys of each row, best first, without sorting whole rows, which would take far longer."""
    k = min(k, keys.shape[1])
    return -np.sort(-np.partition(keys, -k, axis=1)[:, -k:], axis=1)


def _neighbours(keys: np.ndarray, total: int) -> Neighbours:
    """Split keys into similarities and columns."""
    column = -keys % total
    return Neighbours((keys + column) // total / GRID, column)


def ratio_margin(near: Neighbours, own_mean: np.ndarray, other_mean: np.ndarray) -> np.ndarray:
    """Return the ratio margin of each candidate, (n, k).

    It is cos(x, y) divided by the mean of two means: the similarities of x to its neighbours, and those of y to its
    neighbours. It is 0 if this mean is 0. A pair has the same margin in both directions, to the last bit.
    """
    mean = (own_mean[:, None] + other_mean[near.rows]) / 2
    return np.divide(near.similarity, mean, out=np.zeros_like(mean), where=mean != 0)


def mine(foreign: Vectors, source: Vectors, neighbours: int = 4) -> Mined:
    """Mine one-to-one pairs from (n, d) and (m, d) embeddings greedily, by ratio margin.

    Each row of both sides proposes its best candidate among its `neighbours` nearest. Proposed pairs are then accepted,
    best first, if both rows are still free ("max" in LASER, XTREME and jiant). The best pair always has the highest
    margin, then the lowest foreign row, then the lowest source row.
    """
    forward, backward = nearest_both_ways(foreign, source, neighbours)
    foreign_mean, source_mean = forward.similarity.mean(axis=1), backward.similarity.mean(axis=1)
    forward_best, forward_margin = _best(forward, ratio_margin(forward, foreign_mean, source_mean))
    backward_best, backward_margin = _best(backward, ratio_margin(backward, source_mean, foreign_mean))
    rows = np.concatenate([np.arange(len(foreign)), backward_best])
    columns = np.concatenate([forward_best, np.arange(len(source))])
    return _one_to_one(rows, columns, np.concatenate([forward_margin, backward_margin]))


def _best(near: Neighbours, margins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = np.lexsort((near.rows, -margins), axis=1)[:, :1]
    return np.take_along_axis(near.rows, place, axis=1)[:, 0], np.take_along_axis(margins, place, axis=1)[:, 0]


def _one_to_one(rows: np.ndarray, columns: np.ndarray, margins: np.ndarray) -> Mined:
    used_rows, used_columns, kept = set(), set(), []
    for k in np.lexsort((columns, rows, -margins)):
        if rows[k] not in used_rows and columns[k] not in used_columns:
            used_rows.add(rows[k])
            used_columns.add(columns[k])
            kept.append(k)
    return Mined(rows[kept], columns[kept], margins[kept])


def best_threshold(margins: np.ndarray, right: np.ndarray, gold: int) -> tuple[float, float]:
    """Return the threshold of the margin that gives the highest F1, and that F1.

    margins: best first, (pairs,). right: bool, (pairs,). gold: number of pairs that exist. Pairs with a margin >= the
    threshold are kept. The threshold lies half way between the last kept pair and the next one, as in XTREME's
    bucc_optimize, or at the last pair. If no pair is right, the result is (inf, 0.0).
    """
    hits, taken = np.cumsum(right), np.arange(1, len(margins) + 1)
    if not len(margins) or not hits[-1]:
        return float("inf"), 0.0
    scores = 2 * hits / (taken + gold)
    best = int(np.argmax(scores))
    following = margins[min(best + 1, len(margins) - 1)]
    return float((margins[best] + following) / 2), counts_f1(int(hits[best]), best + 1, gold)
