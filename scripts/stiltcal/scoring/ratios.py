"""Compute the official metrics of each kind of task as ratios of sums over items, which a bootstrap can resample.

Of the predictions of a cell (`stiltcal.formats.predictions.Units`): (numerators, denominators, clusters) by metric,
(n,) each. `guessing` is the chance level or baseline of a kind; the guard metric of `tasks.kinds` is
compared with it.
"""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np

from ..calibration.sample import first_of_equals
from ..tasks.kinds import KINDS
from ..tasks.metrics import sequence_counts, squad_normalize

Ratios = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


def _accuracy(units) -> Ratios:
    """Accuracy and majority baseline: the most frequent gold label of the cell (retrieval: one candidate)."""
    ones = np.ones(len(units.item))
    return {
        "accuracy": (units.correct, ones, units.cluster),
        "guessing": (_is_most_frequent(units.gold), ones, units.cluster),
    }


def _is_most_frequent(gold: np.ndarray) -> np.ndarray:
    """A mask (n,) of the most frequent gold label."""
    _, label, count = np.unique(gold.astype(str), return_inverse=True, return_counts=True)
    return label == count.argmax()


def _question_answering(units) -> Ratios:
    """Exact match, F1 and question-blind baseline: the model's answers to the other questions of the paragraph."""
    ones = np.ones(len(units.item))
    return {
        "exact_match": (units.correct, ones, units.cluster),
        "f1": (units.score, ones, units.cluster),
        "guessing": (*_question_blind(units), units.cluster),
    }


def _question_blind(units) -> tuple[np.ndarray, np.ndarray]:
    """Count, for each question (n,), the answers to other questions of its cluster that are a gold answer of it after
    SQuAD's normalisation, and all answers to other questions of its cluster.

    The ratio of the sums is the mean over the ordered pairs of questions that share a cluster; 0 where none do.
    """
    answers = [_normalized(text or "") for text in units.prediction]
    golds = [_gold_answers(text) for text in units.gold]
    given = Counter(zip(units.cluster.tolist(), answers, strict=True))
    questions = Counter(units.cluster.tolist())
    rows = list(zip(units.cluster.tolist(), answers, golds, strict=True))
    hits = [sum(given[cluster, gold] for gold in accepted) - (own in accepted) for cluster, own, accepted in rows]
    return np.array(hits), np.array([questions[cluster] - 1 for cluster, *_ in rows])


_normalized = cache(squad_normalize)


@cache
def _gold_answers(text: str) -> frozenset[str]:
    """Normalise the answers of a JSON list, or one bare answer; an empty list accepts the empty one, as SQuAD v2."""
    answers = json.loads(text) if text.startswith("[") else [text]
    return frozenset(map(_normalized, answers or [""]))


def _mining(units) -> Ratios:
    """F1 and chance level 0: a partner drawn at random is almost never the right one."""
    has_pair = np.array([gold is not None for gold in units.gold])
    hits = units.selected & units.correct
    return {
        "f1": (2 * hits, units.selected.astype(int) + has_pair, units.cluster),
        "guessing": (np.zeros(len(hits)), np.ones(len(hits)), units.cluster),
    }


def _tagging(units) -> Ratios:
    """Entity F1, token accuracy and majority baseline: the most frequent gold tag of the cell."""
    ones = np.ones(len(units.item))
    starts = first_of_equals(units.item)
    return {
        "f1": (*_sequence_f1(units.gold, units.prediction, starts), units.cluster[starts]),
        "token_accuracy": (units.correct, ones, units.cluster),
        "guessing": (_is_most_frequent(units.gold), ones, units.cluster),
    }


def _sequence_f1(gold: np.ndarray, predicted: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(2 hits, predicted + gold) of the entities of every item."""
    pairs = zip(np.split(gold, starts[1:]), np.split(predicted, starts[1:]), strict=True)
    hits, named, there = np.array([sequence_counts(g.tolist(), p.tolist()) for g, p in pairs]).reshape(-1, 3).T
    return 2 * hits, named + there


_BY_GUARD = {
    "accuracy": _accuracy,
    "exact_match": _question_answering,
    "token_accuracy": _tagging,
    "f1": _mining,
}
RATIOS: dict[str, Callable[..., Ratios]] = {name: _BY_GUARD[kind.guard] for name, kind in KINDS.items()}
