"""Compute all metrics of a file of predictions; a metric that cannot be computed is null with a reason."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..support.messages import suggestion
from .bootstrap import estimate
from .columns import column, equals, names, numbered, numbers, outcomes
from .errors import NO_INTERVAL
from .estimate import Estimate, level_interval
from .estimators import METRICS, classwise_ece, murphy
from .resampling import resample_weights, with_progress
from .sample import make_sample
from .table_file import read_table

_CLASSWISE = "classwise_ece_15"
#: Columns that only the workflow's own predictions have together, and those that say which cell a row is of.
_OWN = ("language", "perturbation", "unit", "position", "prediction", "selected", "score")
_CELL = ("language", "perturbation", "unit")


def summary(
    path: Path, resamples: int, seed: int, *, where: Sequence[tuple[str, str]] = (), confidence: str = "confidence"
) -> dict:
    """Return every metric of a file as {value, estimate, low, high, n}; n, clusters, resamples and seed; `murphy`, the
    Brier score in parts; and `classwise_ece_15` as {value, n}. A metric without a valid interval has low and high None
    and a `reason`, one that cannot be computed has the value None and a `reason`.

    where: (column, value) that the rows must have; `confidence`: the column of confidences. Of the workflow's own
    predictions rows without an answer are left out, and `pooled` says how many languages, perturbations and units are
    in it. Raises ValueError for a file that cannot be read, columns that are missing or hold a wrong value, and for
    numbers of resamples and seeds that make no sense.
    """
    if resamples < 100 or seed < 0:
        raise ValueError(f"resamples is {resamples} and seed {seed}; at least 100 and 0 are needed")
    table, pooled = _chosen(read_table(path), where)
    scores, correct = numbers(table, confidence), outcomes(table, "correct")
    cluster = numbered(names(table, "cluster")) if "cluster" in table.column_names else None
    sample = make_sample(scores, correct, cluster)
    weights = resample_weights(sample.n_clusters, resamples, seed)
    found = estimate(sample, list(METRICS), with_progress(weights, resamples))
    n = len(sample.confidence)
    metrics: dict = {
        name: {"value": result.value, "estimate": float(result.centre), **_interval(name, result), "n": n}
        for name, result in found.items()
    }
    metrics |= {"murphy": murphy(scores, correct), _CLASSWISE: {**_classwise(table), "n": n}}
    return {**metrics, "n": n, "clusters": sample.n_clusters, "resamples": resamples, "seed": seed, **pooled}


def _chosen(table: pa.Table, where: Sequence[tuple[str, str]]) -> tuple[pa.Table, dict]:
    """The rows asked for, and of the workflow's own predictions what is pooled in them."""
    for name, value in where:
        table = table.filter(equals(table, name, value))
        if not len(table):
            raise ValueError(f"no row has all of {', '.join(f'{name} {value!r}' for name, value in where)}")
    if not set(_OWN) <= set(table.column_names):
        return table, {}
    table = table.filter(pc.is_valid(table["prediction"]))  # mining leaves some sentences without a partner
    if not len(table):
        raise ValueError("no row has a prediction")
    counts = {name: pc.count_distinct(table[name]).as_py() for name in _CELL}
    several = {name: count for name, count in counts.items() if count > 1}
    return table, {"pooled": several} if several else {}


def _interval(name: str, result: Estimate) -> dict:
    """low and high; or None and the `reason`."""
    if name in NO_INTERVAL:
        return {"low": None, "high": None, "reason": NO_INTERVAL[name]}
    low, high = level_interval(result)
    return {"low": float(low), "high": float(high)}


def _classwise(table: pa.Table) -> dict:
    try:
        return {"value": classwise_ece(*_classes(table))}
    except ValueError as error:
        return {"value": None, "reason": str(error)}


def _classes(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(probabilities (n, k), right class (n,)) from the columns p_{class} and gold, which names a class; raises
    ValueError."""
    classes = [name.removeprefix("p_") for name in table.column_names if name.startswith("p_")]
    if not classes:
        raise ValueError("needs the columns gold and p_{class}, the probability of each class; there is no p_{class}")
    gold = names(table, "gold")
    spelling = {name: _spelling(name, column(table, "gold").type, classes) for name in gold.unique().to_pylist()}
    if unknown := sorted(name for name, known in spelling.items() if known is None):
        hint = suggestion(unknown[0], classes)
        raise ValueError(f"gold is {unknown[0]!r}{hint}, but there is no column p_{unknown[0]}; there are: {classes}")
    probabilities = np.column_stack([numbers(table, f"p_{name}") for name in classes])
    place = {name: classes.index(known) for name, known in spelling.items() if known is not None}
    return probabilities, np.array([place[name] for name in gold.to_pylist()])


def _spelling(name: str, kind: pa.DataType, classes: Sequence[str]) -> str | None:
    """The class as the columns have it; true and 1.0 may be True and 1 there where gold is no text."""
    others = [name]
    if pa.types.is_boolean(kind):
        others.append(name.capitalize())
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        others += [f"{name}.0", name.removesuffix(".0")]
    return next((each for each in others if each in classes), None)
