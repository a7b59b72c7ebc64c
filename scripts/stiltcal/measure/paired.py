"""Compare two sets of confidences of the same rows: paired differences of every metric, from shared resamples."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..calibration.bootstrap import estimate
from ..calibration.columns import clusters, numbers, outcomes
from ..calibration.combinations import combine
from ..calibration.errors import NO_INTERVAL
from ..calibration.estimate import Estimate, effect_interval, p_value
from ..calibration.estimators import METRICS
from ..calibration.resampling import resample_weights
from ..calibration.sample import checked_confidence, checked_correct, make_sample
from ..formats.predictions import Units
from ..scoring.flips import calibration_outcomes, unseen_flips


class Columns(NamedTuple):
    """Names of the columns of confidences and of outcomes."""

    confidence: str
    correct: str


def paired_differences(table: pa.Table, columns: Columns, other: Columns, *, resamples: int, seed: int) -> dict:
    """Return the columns that are compared with, and `differences`: each metric of `columns` minus that of `other`.

    A difference is {value, estimate, low, high, p}. Both sides share the resamples of clusters, so that it is a paired
    one. A metric without a valid interval has low, high and p None and a `reason`. Raises ValueError for a column that
    is missing or holds a wrong value.
    """
    n = len(table)
    known = clusters(table)
    cluster = np.arange(n) if known is None else known
    sides = [_units(table, each, cluster) for each in (columns, other)]
    found = [_estimates(side, int(cluster.max()) + 1, resamples, seed) for side in sides]
    flips = unseen_flips(*(calibration_outcomes(np.arange(n), side, list(METRICS), "none") for side in sides))
    differences = {}
    for number, name in enumerate(METRICS):
        total = combine([1, -1], [side[name] for side in found])
        unseen = np.maximum(total.unseen, flips[:, number])
        differences[name] = _row(name, total._replace(unseen=unseen))
    return {**other._asdict(), "differences": differences}


def _units(table: pa.Table, columns: Columns, cluster: np.ndarray) -> Units:
    """The rows as units of analysis; texts of answers are not known."""
    confidence = checked_confidence(numbers(table, columns.confidence))
    n, correct = len(table), checked_correct(outcomes(table, columns.correct))
    empty, yes = np.full(n, None), np.ones(n, dtype=bool)
    return Units(
        item=np.arange(n),
        cluster=cluster,
        position=np.zeros(n, dtype=int),
        correct=correct.astype(bool),
        score=correct,
        selected=yes,
        gold=empty,
        prediction=empty,
        answered=yes,
        confidence={"none": confidence},
    )


def _estimates(units: Units, clusters: int, resamples: int, seed: int) -> Mapping[str, Estimate]:
    sample = make_sample(units.confidence["none"], units.correct, units.cluster, clusters)
    return estimate(sample, list(METRICS), resample_weights(clusters, resamples, seed))


def _row(name: str, found: Estimate) -> dict:
    row = {"value": float(found.value), "estimate": float(found.centre)}
    if name in NO_INTERVAL:
        return row | {"low": None, "high": None, "p": None, "reason": NO_INTERVAL[name]}
    low, high = effect_interval(found)
    return row | {"low": float(low), "high": float(high), "p": float(p_value(found))}
