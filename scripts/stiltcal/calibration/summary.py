"""Compute all metrics of a table of predictions; a metric that cannot be computed is null with a reason."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..support.messages import suggestion
from .bootstrap import estimate
from .columns import clusters, column, equals, names, numbers, outcomes
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
#: The most values of a column that rows are grouped by.
MOST_GROUPS = 200


def groups_of(path: Path, where: Sequence[tuple[str, str]] = (), by: str | None = None) -> dict[str, pa.Table]:
    """Read a file, and return the rows of each value of the column `by`, sorted; without it all rows, as the group "".

    where: (column, value) that the rows must have. Of the workflow's own predictions rows without an answer are left
    out. Raises ValueError for a file that cannot be read, for a column that is missing, has an empty value or too many
    different ones, and if no row is left.
    """
    table = read_table(path)
    for name, value in where:
        table = table.filter(equals(table, name, value))
        if not len(table):
            raise ValueError(f"no row has all of {', '.join(f'{name} {value!r}' for name, value in where)}")
    if set(_OWN) <= set(table.column_names):
        table = table.filter(pc.is_valid(table["prediction"]))  # mining leaves some sentences without a partner
        if not len(table):
            raise ValueError("no row has a prediction")
    if by is None:
        return {"": table}
    keys = names(table, by)
    values = sorted(keys.unique().to_pylist())
    if len(values) > MOST_GROUPS:
        raise ValueError(f"column {by} has {len(values)} different values; at most {MOST_GROUPS} are told apart")
    return {value: table.filter(pc.equal(keys, value)) for value in values}


def estimates(table: pa.Table, confidence: str, correct: str, *, resamples: int, seed: int) -> dict[str, Estimate]:
    """Return an `Estimate` of every metric of a table; prints progress on stderr if it takes long.

    confidence, correct: columns of confidences and of outcomes. Raises ValueError for columns that are missing or hold
    a wrong value, and for numbers of resamples and seeds that make no sense.
    """
    if resamples < 100 or seed < 0:
        raise ValueError(f"resamples is {resamples} and seed {seed}; at least 100 and 0 are needed")
    sample = make_sample(numbers(table, confidence), outcomes(table, correct), clusters(table))
    weights = resample_weights(sample.n_clusters, resamples, seed)
    return estimate(sample, list(METRICS), with_progress(weights, resamples))


def summary(
    table: pa.Table, found: Mapping[str, Estimate], confidence: str, correct: str, *, resamples: int, seed: int
) -> dict:
    """Return every metric of a table as {value, estimate, low, high, n}; n, clusters, resamples and seed; `murphy`, the
    Brier score in parts; and `classwise_ece_15` as {value, n}. A metric without a valid interval has low and high None
    and a `reason`, one that cannot be computed has the value None and a `reason`.

    found: the estimates of its columns (`estimates`). Of the workflow's own predictions `pooled` says how many
    languages, perturbations and units are in it.
    """
    scores, right, known = numbers(table, confidence), outcomes(table, correct), clusters(table)
    n = len(table)
    metrics: dict = {
        name: {"value": result.value, "estimate": float(result.centre), **_interval(name, result), "n": n}
        for name, result in found.items()
    }
    metrics |= {"murphy": murphy(scores, right), _CLASSWISE: {**_classwise(table), "n": n}}
    counts = {"n": n, "clusters": n if known is None else len(np.unique(known)), "resamples": resamples, "seed": seed}
    return {**metrics, **counts, **_pooled(table)}


def _pooled(table: pa.Table) -> dict:
    """Of the workflow's own predictions, what is pooled in them."""
    if not set(_OWN) <= set(table.column_names):
        return {}
    counts = {name: pc.count_distinct(table[name]).as_py() for name in _CELL}
    several = {name: count for name, count in counts.items() if count > 1}
    return {"pooled": several} if several else {}


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
