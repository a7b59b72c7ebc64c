"""Compare two sets of confidences of the same rows: paired differences of every metric, from shared resamples."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..calibration.columns import clusters, numbers, outcomes
from ..calibration.combinations import combine
from ..calibration.errors import NO_INTERVAL
from ..calibration.estimate import Estimate, effect_interval, p_value
from ..calibration.estimators import METRICS
from ..calibration.sample import checked_confidence, checked_correct
from ..formats.predictions import Units
from ..scoring.flips import calibration_outcomes, unseen_flips


class Columns(NamedTuple):
    """Names of the columns of confidences and of outcomes."""

    confidence: str
    correct: str


def paired_differences(
    table: pa.Table, columns: tuple[Columns, Columns], found: tuple[Mapping[str, Estimate], Mapping[str, Estimate]]
) -> dict:
    """Return the second `columns`, and `differences`: each metric of the first minus that of the second.

    found: the estimates of both (`summary.estimates`), from the same resamples of clusters, so that a difference is a
    paired one: {value, estimate, low, high, p}. A metric without a valid interval has low, high and p None and a
    `reason`. Raises ValueError for a column that is missing or holds a wrong value.
    """
    n = len(table)
    known = clusters(table)
    cluster = np.arange(n) if known is None else known
    sides = [_units(table, each, cluster) for each in columns]
    flips = unseen_flips(*(calibration_outcomes(np.arange(n), side, list(METRICS), "none") for side in sides))
    differences = {}
    for number, name in enumerate(METRICS):
        total = combine([1, -1], [side[name] for side in found])
        unseen = np.maximum(total.unseen, flips[:, number])
        differences[name] = _row(name, total._replace(unseen=unseen))
    return {**columns[1]._asdict(), "differences": differences}


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


def _row(name: str, found: Estimate) -> dict:
    row = {"value": float(found.value), "estimate": float(found.centre)}
    if name in NO_INTERVAL:
        return row | {"low": None, "high": None, "p": None, "reason": NO_INTERVAL[name]}
    low, high = effect_interval(found)
    return row | {"low": float(low), "high": float(high), "p": float(p_value(found))}
