"""The official metrics of each kind of task as ratios of sums over items: what a bootstrap can resample.

Of the predictions of a cell (`stiltcal.calibration.predictions.Units`): (numerators, denominators, clusters) by metric,
(items,) each, and as `guessing` those of always giving the most frequent gold label.
"""

from collections.abc import Callable

import numpy as np

from stiltcal.tasks.metrics import sequence_counts

Ratios = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


def _accuracy(units) -> Ratios:
    ones = np.ones(len(units.item))
    _, label, count = np.unique(units.gold.astype(str), return_inverse=True, return_counts=True)
    return {
        "accuracy": (units.correct, ones, units.cluster),
        "guessing": (label == count.argmax(), ones, units.cluster),
    }


def _question_answering(units) -> Ratios:
    ones = np.ones(len(units.item))
    return {"exact_match": (units.correct, ones, units.cluster), "f1": (units.score, ones, units.cluster)}


def _mining(units) -> Ratios:
    has_pair = np.array([gold is not None for gold in units.gold])
    hits = units.selected & units.correct
    return {"f1": (2 * hits, units.selected.astype(int) + has_pair, units.cluster)}


def _tagging(units) -> Ratios:
    names, count = np.unique(units.gold.astype(str), return_counts=True)
    starts = np.flatnonzero(np.diff(units.item, prepend=-1))
    frequent = np.full(len(units.item), names[count.argmax()], dtype=object)
    return {
        name: (*_sequence_f1(units.gold, predicted, starts), units.cluster[starts])
        for name, predicted in (("f1", units.prediction), ("guessing", frequent))
    }


def _sequence_f1(gold: np.ndarray, predicted: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(2 hits, predicted + gold) of the entities of every item."""
    pairs = zip(np.split(gold, starts[1:]), np.split(predicted, starts[1:]), strict=True)
    hits, named, there = np.array([sequence_counts(*pair) for pair in pairs]).reshape(-1, 3).T
    return 2 * hits, named + there


RATIOS: dict[str, Callable[..., Ratios]] = {
    "classification": _accuracy,
    "multiple_choice": _accuracy,
    "retrieval": _accuracy,
    "qa": _question_answering,
    "tagging": _tagging,
    "mining": _mining,
}
