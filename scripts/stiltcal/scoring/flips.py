"""Differences between cells of which hardly an item is right in one and wrong in the other.

Where no outcome flips, all resamples agree on the difference of two accuracies, and a calibration error moves with the
confidences alone. Others of the population may flip all the same: an interval reaches as far as a share of them could
move it that the sample may well have missed (`unseen_share`, with the clusters that changed as `seen`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..calibration import ranking
from ..calibration.estimate import clusters_of
from ..calibration.estimators import Mean, Metric, Paired, Ranked, metric
from ..calibration.unseen import either_way, unseen_share
from ..formats.predictions import Units

Reach = Callable[[float], tuple[float, float]]
#: Sums over items that differ by less are equal.
_ROUNDING = 1e-9


class Outcomes(NamedTuple):
    """A cell's outcomes by item, and the reach of its metrics.

    cluster: (items,), -1 for an item without a unit. sums: (k, items), which decide whether an item is as it was.
    metrics: for each the rows of `sums` that it depends on, and its reach: how much lower and higher it may be with
    another outcome of a share of the units.
    """

    cluster: np.ndarray
    sums: np.ndarray
    metrics: Sequence[tuple[slice, Reach]]


def task_outcomes(items: np.ndarray, units: Units, names: Sequence[str]) -> Outcomes:
    """Of task metrics, on sorted `items` (m,): F1 depends on scores and on what is selected, too."""
    columns = (units.correct, units.score, units.selected)
    metrics = [(slice(0, 4 if name == "f1" else 2), _nowhere if name == "guessing" else either_way) for name in names]
    return _outcomes(items, units, columns, metrics)


def calibration_outcomes(items: np.ndarray, units: Units, names: Sequence[str], scaling: str) -> Outcomes:
    """Of calibration metrics, on sorted `items` (m,), from the units that have an answer."""
    units = units.take(units.answered)
    confidence, correct = units.confidence[scaling], units.correct
    return _outcomes(items, units, (correct,), [(slice(0, 2), reach(metric(n), confidence, correct)) for n in names])


def _outcomes(items: np.ndarray, units: Units, columns: Sequence[np.ndarray], metrics: Sequence) -> Outcomes:
    place = np.searchsorted(items, units.item)
    cluster = np.full(len(items), -1)
    cluster[place] = units.cluster
    sums = [np.bincount(place, column, len(items)) for column in (np.ones(len(place)), *columns)]
    return Outcomes(cluster, np.array(sums), metrics)


def _nowhere(_: float) -> tuple[float, float]:
    """The reach of what no outcome changes."""
    return 0.0, 0.0


def reach(of: Metric, confidence: np.ndarray, correct: np.ndarray) -> Reach:
    """The reach of a calibration metric, of units (n,)."""
    if isinstance(of, Mean):
        return of.reach(confidence, correct.astype(float))
    if isinstance(of, Paired) and of.formula is ranking.auroc:
        rarer = max(min(correct.mean(), 1 - correct.mean()), 1 / len(correct))
        return lambda share: either_way(min(1.0, share / rarer))
    return of.reach if isinstance(of, Paired | Ranked) else either_way


def unseen_flips(after: Outcomes, before: Outcomes) -> np.ndarray:
    """Return (2, metrics), how much lower and higher each difference may be because of items that flip unseen."""
    cluster = np.maximum(after.cluster, before.cluster)
    differs = np.abs(after.sums - before.sums) > _ROUNDING
    clusters, changed = clusters_of(cluster[cluster >= 0]), {}
    width = []
    for (rows, one), (_, other) in zip(after.metrics, before.metrics, strict=True):
        key = rows.start, rows.stop
        if key not in changed:
            changed[key] = unseen_share(clusters, clusters_of(cluster[differs[rows].any(axis=0)]))
        share = changed[key]
        width.append(max(*one(share), *other(share)) if share else 0.0)
    return np.array([width, width])
