"""Read predictions as arrays, one `Units` for each cell (docs/data_formats.md)."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..calibration.fit_effect import FitEffect
from .fits import blocks_of_fits, changes, confidence_column, shifted_columns
from .parquet_files import check_columns, read_schema, whole_parquet

_KEYS = ("language", "perturbation", "unit", "id", "cluster", "position")
_COLUMNS = (*_KEYS, "gold", "prediction", "correct", "score", "selected")
#: Types of columns (`parquet_files.check_columns`); confidences and scores are numbers.
_TYPES = {
    **dict.fromkeys((*_KEYS, "gold", "prediction"), "text"),
    "position": "whole numbers",
    **dict.fromkeys(("correct", "selected"), "true or false"),
}


class CellKey(NamedTuple):
    """Identify a cell of a target's grid."""

    intermediate: str
    seed: str
    unit: str
    perturbation: str
    language: str


@dataclass(frozen=True)
class Units:
    """Hold the predictions of a cell as arrays (n,), sorted by item and position.

    item, cluster: numbers that mean the same in all cells read together. gold, prediction: texts or None. answered:
    false for rows without a prediction (mining leaves some sentences without a partner). correct: bool; score and
    confidence: in [0, 1]. confidence: an array for each scaling. fits: by scaling, the effect of the error of its fit
    on the confidences; scalings whose fit is taken as known have no entry.
    """

    item: np.ndarray
    cluster: np.ndarray
    position: np.ndarray
    correct: np.ndarray
    score: np.ndarray
    selected: np.ndarray
    gold: np.ndarray
    prediction: np.ndarray
    answered: np.ndarray
    confidence: Mapping[str, np.ndarray]
    fits: Mapping[str, FitEffect] = field(default_factory=dict)

    def take(self, chosen: np.ndarray) -> "Units":
        """Select units by a mask or by indices."""
        columns = {name: value[chosen] for name, value in vars(self).items() if name not in ("confidence", "fits")}
        columns["confidence"] = {name: value[chosen] for name, value in self.confidence.items()}
        return Units(**columns, fits={name: effect.take(chosen) for name, effect in self.fits.items()})

    def with_correct(self, correct: np.ndarray) -> "Units":
        """Replace the correctness, (n,) of bool."""
        return replace(self, correct=correct)


class Graded(Protocol):
    """Answers with their correctness and score, (n,) each: `Units`, for one."""

    @property
    def correct(self) -> np.ndarray:
        """Bool."""

    @property
    def score(self) -> np.ndarray:
        """In [0, 1]."""


class Survey(NamedTuple):
    """List the languages and units of analysis in prediction files of a target, sorted, and number their clusters."""

    languages: list[str]
    units: list[str]
    clusters: Mapping[str, int]


#: Correctness criteria: that of the task (question answering: exact match), or F1 of at least one half.
CORRECTNESS: dict[str, Callable[[Graded], np.ndarray]] = {
    "exact_match": lambda answers: answers.correct,
    "f1": lambda answers: answers.score >= 0.5,
}


def survey(paths: Sequence[str | Path]) -> Survey:
    """Survey the files. Clusters are numbered in the order of their names, whatever the order of files and rows."""
    tables = [_read(path, read_schema(path), ("language", "unit", "cluster")) for path in paths]
    languages, units, clusters = (_names([table[name] for table in tables]) for name in ("language", "unit", "cluster"))
    return Survey(languages, units, {name: number for number, name in enumerate(clusters)})


def read_predictions(
    paths: Sequence[str | Path],
    scalings: Sequence[str],
    clusters: Mapping[str, int],
    language: str | None = None,
    perturbation: str | None = None,
) -> dict[CellKey, Units]:
    """Read the cells of files named `.../{intermediate}/{target}/seed{seed}.parquet`, of all languages and
    perturbations or of one.

    Raises ValueError with the file's name if a column is missing or has empty values, if a confidence is outside
    [0, 1], if the file has no rows, or if a unit occurs twice in a cell.
    """
    schemas = {Path(path): read_schema(path) for path in paths}
    shifts = {path: shifted_columns(schema.names, scalings) for path, schema in schemas.items()}
    tables = {
        path: _read(path, schema, [*_COLUMNS, *_confidences(scalings, shifts[path])], language, perturbation)
        for path, schema in schemas.items()
    }
    items = {name: number for number, name in enumerate(_names([table["id"] for table in tables.values()]))}
    cells: dict[CellKey, Units] = {}
    for path, table in tables.items():
        _check(path, table, _confidences(scalings, shifts[path]))
        units, fits = _units(table, scalings, items, clusters), blocks_of_fits(path, schemas[path].metadata)
        moved = {name: changes(table, name, columns) for name, columns in shifts[path].items() if columns}
        for unit, perturbation, code, chosen in _cells(path, table, units):
            key = CellKey(path.parts[-3], path.stem.removeprefix("seed"), unit, perturbation, code)
            effects = {
                name: FitEffect(change[:, chosen], fits(name, perturbation, code)) for name, change in moved.items()
            }
            cells[key] = replace(units.take(chosen), fits=effects)
    return cells


def target_of(paths: Sequence[str | Path]) -> str:
    """Return the target of files `.../{intermediate}/{target}/seed{seed}.parquet`. Raises ValueError if they differ."""
    targets = sorted({Path(path).parts[-2] for path in paths})
    if len(targets) != 1:
        raise ValueError(f"predictions: give those of one target; found {', '.join(targets) or 'none'}")
    return targets[0]


def resampling_seed(target: str) -> int:
    """Return the seed of a target's resamples, which depends on its name only."""
    return int.from_bytes(hashlib.sha256(f"resamples of {target}".encode()).digest()[:8], "big")


def _confidences(scalings: Sequence[str], shifts: Mapping[str, Sequence[str]]) -> list[str]:
    return [*map(confidence_column, scalings), *(name for columns in shifts.values() for name in columns)]


def _read(
    path: str | Path,
    schema: pa.Schema,
    columns: Sequence[str],
    language: str | None = None,
    perturbation: str | None = None,
) -> pa.Table:
    check_columns(path, schema, columns, _TYPES)
    asked = {"language": language, "perturbation": perturbation}
    filters = [(name, "=", value) for name, value in asked.items() if value is not None]
    with whole_parquet(path):
        table = pq.read_table(path, columns=list(columns), filters=filters or None)
    for name in columns:
        if table[name].null_count and name not in ("gold", "prediction"):
            raise ValueError(f"{path}: column {name} has {table[name].null_count} empty values")
    if not len(table) and not filters:
        raise ValueError(f"{path}: holds no row")
    return table


def _check(path: Path, table: pa.Table, confidences: Sequence[str]) -> None:
    """Raise ValueError if a confidence or score is outside [0, 1]."""
    for name in (*confidences, "score"):
        values = table[name].to_numpy()
        bad = ~((values >= 0) & (values <= 1))
        if bad.any():
            row = int(bad.argmax())
            where = ", ".join(table[key][row].as_py() for key in ("unit", "perturbation", "language", "id"))
            raise ValueError(f"{path}: column {name} has {values[row]} ({where}); it must be in [0, 1]")


def _names(columns: Sequence[pa.ChunkedArray]) -> list[str]:
    return sorted({name for column in columns for name in column.unique().to_pylist()})


def _units(table: pa.Table, scalings: Sequence[str], items: Mapping[str, int], clusters: Mapping[str, int]) -> Units:
    return Units(
        item=_numbers(table["id"], items),
        cluster=_numbers(table["cluster"], clusters),
        position=table["position"].to_numpy(),
        correct=table["correct"].to_numpy(),
        score=table["score"].to_numpy(),
        selected=table["selected"].to_numpy(),
        gold=_texts(table["gold"]),
        prediction=_texts(table["prediction"]),
        answered=table["prediction"].is_valid().to_numpy(),
        confidence={scaling: table[confidence_column(scaling)].to_numpy() for scaling in scalings},
    )


def _cells(path: Path, table: pa.Table, units: Units) -> Iterator[tuple[str, str, str, np.ndarray]]:
    """Yield unit, perturbation, language and ordered rows of every cell."""
    keys = [_texts(table[name]) for name in ("unit", "perturbation", "language")]
    numbers = [np.unique(key.astype(str), return_inverse=True)[1] for key in keys]
    order = np.lexsort((units.position, units.item, *numbers[::-1]))
    if not order.size:
        return
    first = np.any([np.diff(number[order], prepend=-1) != 0 for number in numbers], axis=0)
    for chosen in np.split(order, np.flatnonzero(first)[1:]):
        if ((np.diff(units.item[chosen]) == 0) & (np.diff(units.position[chosen]) == 0)).any():
            where = ", ".join(key[chosen[0]] for key in keys)
            raise ValueError(f"{path}: {where}: a unit (id and position) occurs twice")
        yield *(key[chosen[0]] for key in keys), chosen


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    """Convert a column to objects; equal texts share one, and nulls become None."""
    array = column.combine_chunks().dictionary_encode()
    names = np.array([*array.dictionary.to_pylist(), None], dtype=object)
    return names[array.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def _numbers(column: pa.ChunkedArray, numbers: Mapping[str, int]) -> np.ndarray:
    array = column.combine_chunks().dictionary_encode()
    return np.array([numbers[name] for name in array.dictionary.to_pylist()], dtype=int)[array.indices.to_numpy()]
