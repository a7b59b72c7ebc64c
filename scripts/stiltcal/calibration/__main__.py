"""Calibration of anybody's predictions: `python -m stiltcal.calibration FILE` prints JSON (docs/calibration.md)."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from .bootstrap import estimate
from .estimate import NO_INTERVAL, Estimate, level_interval
from .estimators import METRICS, classwise_ece, murphy
from .resampling import resample_weights, with_progress
from .sample import make_sample

_COLUMNS = ("confidence", "correct", "cluster")
_READERS = {".csv": pyarrow.csv.read_csv, ".parquet": pq.read_table}


def main(arguments: list[str] | None = None) -> int:
    """Print the metrics of a file with their 95 % intervals; returns the exit status, 2 for input that is no good."""
    parser = argparse.ArgumentParser(prog="python -m stiltcal.calibration", description=__doc__)
    parser.add_argument(
        "file", type=Path, help="CSV or Parquet; columns confidence, correct and optionally cluster; gold and p_{class}"
    )
    parser.add_argument("--resamples", type=int, default=2000, help="of the bootstrap, at least 100 (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap, at least 0 (default: 0)")
    options = parser.parse_args(arguments)
    try:
        result = summary(options.file, options.resamples, options.seed)
    except (OSError, ValueError) as error:  # pyarrow's errors of reading are ValueErrors
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(result, indent=2))
    return 0


def summary(path: Path, resamples: int, seed: int) -> dict:
    """Every metric of a file as {value, estimate, low, high, n}; n, clusters, resamples and seed; `murphy`, the Brier
    score in parts; and where the file has the probability of every class, `classwise_ece_15` as {value, n}. A metric
    without a valid interval has low and high None and a `reason`.

    Raises ValueError for a file that cannot be read, columns that are missing or hold a wrong value, and for
    numbers of resamples and seeds that make no sense.
    """
    if resamples < 100 or seed < 0:
        raise ValueError(f"resamples is {resamples} and seed {seed}; at least 100 and 0 are needed")
    table = _read(path)
    columns = {name: _column(name, table[name]) for name in _COLUMNS if name in table.column_names}
    sample = make_sample(columns["confidence"], columns["correct"], columns.get("cluster"))
    weights = resample_weights(sample.n_clusters, resamples, seed)
    found = estimate(sample, list(METRICS), with_progress(weights, resamples))
    n = len(sample.confidence)
    metrics = {}
    for name, result in found.items():
        metrics[name] = {"value": result.value, "estimate": float(result.centre), **_interval(name, result), "n": n}
    metrics["murphy"] = murphy(columns["confidence"], columns["correct"])
    if "gold" in table.column_names:
        metrics["classwise_ece_15"] = {"value": classwise_ece(*_classes(table)), "n": n}
    return {**metrics, "n": n, "clusters": len(np.unique(sample.cluster)), "resamples": resamples, "seed": seed}


def _interval(name: str, result: Estimate) -> dict:
    """low and high; or None and the `reason`."""
    if name in NO_INTERVAL:
        return {"low": None, "high": None, "reason": NO_INTERVAL[name]}
    low, high = level_interval(result)
    return {"low": float(low), "high": float(high)}


def _read(path: Path) -> pa.Table:
    """The file, with rows and with the columns confidence and correct."""
    if path.suffix not in _READERS:
        raise ValueError(f"a file is named .csv or .parquet; this one is {path.suffix or 'without an ending'}")
    table = _READERS[path.suffix](path)
    if missing := [name for name in ("confidence", "correct") if name not in table.column_names]:
        raise ValueError(f"no column {', '.join(missing)}; found: {', '.join(table.column_names)}")
    if not len(table):
        raise ValueError("the file holds no row")
    return table


def _classes(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(probabilities (n, k), right class (n,)) from the columns p_{class} and gold, which names a class."""
    classes = [name.removeprefix("p_") for name in table.column_names if name.startswith("p_")]
    gold = [str(name) for name in table["gold"].to_pylist()]
    if unknown := sorted(set(gold) - set(classes)):
        raise ValueError(f"gold is {unknown[0]!r}, but there is no column p_{unknown[0]}; there are: {classes}")
    probabilities = np.column_stack([_column(f"p_{name}", table[f"p_{name}"]) for name in classes])
    return probabilities, np.array([classes.index(name) for name in gold])


def _column(name: str, column: pa.ChunkedArray) -> np.ndarray:
    if column.null_count:
        raise ValueError(f"column {name} has {column.null_count} empty values")
    if name != "cluster" and not (
        pa.types.is_boolean(column.type) or pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    ):
        raise ValueError(f"column {name} holds {column.type}, not numbers; for example {column[0].as_py()!r}")
    if name != "cluster":
        return column.to_numpy()
    names = column.combine_chunks().dictionary_encode()
    rank = np.unique(np.array(names.dictionary.to_pylist()), return_inverse=True)[1]
    return rank[names.indices.to_numpy()]


if __name__ == "__main__":
    sys.exit(main())
