"""Bitext mining (BUCC) and sentence retrieval (Tatoeba): exact neighbours and the ratio margin, numpy alone.

Artetxe & Schwenk 2019 (arXiv 1811.01136), as XTREME and jiant use it. Rows are L2-normalised sentence embeddings.
"""

from typing import NamedTuple

import numpy as np

from stiltcal.tasks.metrics import counts_f1

_BLOCK = 1024  # queries compared at a time: 1024 x 40,000 single-precision similarities are 160 MB


class Neighbours(NamedTuple):
    """`similarity` and `index`, both (n, k): the k nearest rows of the other side, best first."""

    similarity: np.ndarray
    index: np.ndarray


class Mined(NamedTuple):
    """Pairs, best first: rows of the foreign side, of the source side, and their margins; all of shape (pairs,)."""

    foreign: np.ndarray
    source: np.ndarray
    margin: np.ndarray


def nearest(queries: np.ndarray, index: np.ndarray, k: int = 4) -> Neighbours:
    """Exact k nearest rows (n, k) by inner product, best first; equal similarities in row order.

    k is cut to the index's size.
    """
    k = min(k, len(index))
    found = []
    for start in range(0, len(queries), _BLOCK):
        similarity = queries[start : start + _BLOCK] @ index.T
        found.append(_highest(similarity, k))
    return Neighbours(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _highest(similarity: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k highest numbers of each row, best first, and their columns; to sort whole rows would take far longer.

    Raises ValueError where one is not finite.
    """
    if not np.isfinite(similarity).all():
        raise ValueError("sentence vectors hold numbers that are not finite: the training of this encoder went wrong")
    kth = np.partition(similarity, -k, axis=1)[:, -k, None]
    rows, columns = np.nonzero(similarity >= kth)  # more than k where several are as high as the k-th
    values = similarity[rows, columns]
    order = np.lexsort((columns, -values, rows))
    first = np.searchsorted(rows, np.arange(len(similarity)))
    chosen = order[first[:, None] + np.arange(k)]
    return values[chosen], columns[chosen]


def ratio_margin(near: Neighbours, own_mean: np.ndarray, other_mean: np.ndarray) -> np.ndarray:
    """cos(x, y) / mean of the two sides' mean similarities to their neighbours, for each candidate; (n, k)."""
    return near.similarity / ((own_mean[:, None] + other_mean[near.index]) / 2)


def mine(foreign: np.ndarray, source: np.ndarray, neighbours: int = 4) -> Mined:
    """Greedy one-to-one pairs of (n, d) and (m, d) embeddings by ratio margin.

    Each row's best candidate by margin among its `neighbours` nearest, in both directions; then pairs are taken best
    first while both rows are free ("max" in LASER, XTREME and jiant). Ties: foreign queries first, then row order.
    """
    forward, backward = nearest(foreign, source, neighbours), nearest(source, foreign, neighbours)
    foreign_mean, source_mean = forward.similarity.mean(axis=1), backward.similarity.mean(axis=1)
    forward_best, forward_margin = _best(forward, ratio_margin(forward, foreign_mean, source_mean))
    backward_best, backward_margin = _best(backward, ratio_margin(backward, source_mean, foreign_mean))
    rows = np.concatenate([np.arange(len(foreign)), backward_best])
    columns = np.concatenate([forward_best, np.arange(len(source))])
    return _one_to_one(rows, columns, np.concatenate([forward_margin, backward_margin]))


def _best(near: Neighbours, margins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = margins.argmax(axis=1)[:, None]
    return tuple(np.take_along_axis(values, place, axis=1)[:, 0] for values in (near.index, margins))


def _one_to_one(rows: np.ndarray, columns: np.ndarray, margins: np.ndarray) -> Mined:
    used_rows, used_columns, kept = set(), set(), []
    for k in np.argsort(-margins, kind="stable"):
        if rows[k] not in used_rows and columns[k] not in used_columns:
            used_rows.add(rows[k])
            used_columns.add(columns[k])
            kept.append(k)
    return Mined(rows[kept], columns[kept], margins[kept])


def best_threshold(margins: np.ndarray, right: np.ndarray, gold: int) -> tuple[float, float]:
    """The margin from which on keeping pairs gives the highest F1, and that F1.

    `margins` best first, `right` bool, both (pairs,); `gold` pairs exist. The threshold lies half way to the next pair
    (as in XTREME's bucc_optimize; at the last pair itself); pairs >= threshold are kept. Nothing right: (inf, 0.0).
    """
    hits, taken = np.cumsum(right), np.arange(1, len(margins) + 1)
    if not len(margins) or not hits[-1]:
        return float("inf"), 0.0
    scores = 2 * hits / (taken + gold)
    best = int(np.argmax(scores))
    following = margins[min(best + 1, len(margins) - 1)]
    return float((margins[best] + following) / 2), counts_f1(int(hits[best]), best + 1, gold)
