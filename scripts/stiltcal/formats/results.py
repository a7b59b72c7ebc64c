"""Read tables of results and select rows; nothing here computes a new number."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import pandas as pd

from .history import COURSE

CELL = ["intermediate", "target", "perturbation", "language", "unit", "scaling"]
SCORES = [*CELL, "seed", "metric", "value", "estimate", "low", "high", "n"]
COMPARISONS = ["effect", *CELL, "metric", "difference", "estimate", "low", "high", "p", "p_holm", "n"]
PRIMARY = [
    "name", "family", "class", "intermediate", "metric", "scaling", "estimate", "low", "high", "p",
    "smallest_detectable", "margin", "level", "verdict", "reason", "n", "clusters", "languages", "targets",
    "perturbations", "seeds",
]  # fmt: skip
CONTRASTS = ["family", "class", "intermediate", "quantity", "estimate", "low", "high", "p", "n", "clusters"]
CLAIMS = [
    "claim", "statistic", "says", "limit", "estimate", "low", "high", "level", "verdict", "reason", "parts",
    "parts_as_claimed", "intermediates", "targets", "seeds",
]  # fmt: skip
GAINS = ["intermediate", "target", "chosen", "dev_score", "score", "estimate", "low", "high", "p", "n", "languages"]
BEST_PER_TARGET = [
    "target", "intermediate", "dev_score", "tied", "runner_up", "runner_up_dev_score", "dev_n", "estimate", "low",
    "high", "p", "n",
]  # fmt: skip
#: The row of each target's best intermediate task in gains.csv, and the target of a mean over all.
BEST, ALL = "best_per_target", "all"
HIERARCHY = ["effect", "target", "unit", "scaling", "metric", "slope", "slope_low", "slope_high", "p_holm", "languages"]
STRENGTH = [
    "effect", "intermediate", "target", "unit", "scaling", "metric", "measure", "slope", "low", "high", "p_holm", "n",
]  # fmt: skip
DISTANCES = ["language", "distance"]
PARSERS = ["language", "n", "las"]
CONTAMINATION = ["train", "evaluation", "exact", "near", "same_article", "closest"]
UNKNOWN_TOKENS = ["target", "perturbation", "language", "tokens", "unknown_tokens", "share"]
RELIABILITY = [*CELL, "seed", "bin", "low", "high", "n", "confidence", "accuracy"]
CURVES = [*CELL, "seed", "curve", "n", "x", "share", "low", "high"]
MEASURED_STRENGTH = ["target", "measure", "perturbation", "strength"]
#: Columns that the CSV twins of all tables have.
TWINS = ["intermediate", "target"]
#: A single comparison is significant where its Holm-adjusted p value is below this level.
LEVEL = 0.05
#: Why a hypothesis is open that would be equivalent if its interval were not wider by the bias at perfect calibration.
NEAR_PERFECT = "the calibration error of a model may be noise alone"
#: Units of analysis by rank: the first that a target has is its main unit, so entities come before tokens.
UNITS = ("item", "entity", "token")
_NUMBERS = ("value", "difference", "estimate", "low", "high", "p", "p_holm", "n", *COURSE)
_TEXT = (
    *CELL,
    "train_set",
    "effect",
    "metric",
    "measure",
    "seed",
    "name",
    "family",
    "class",
    "quantity",
    "verdict",
    "reason",
)


def read_table(path: str | Path, columns: Sequence[str], may_be_empty: bool = False) -> pd.DataFrame:
    """Read a CSV of results, its keys as text, with a column `line`: the line of the file (the header is line 1).

    Raises ValueError with the file's name if it is no such table, if one of `columns` is missing, if a number is none,
    or if the table has no rows and `may_be_empty` is false.
    """
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys(_TEXT, str), keep_default_na=False, na_values=[""])
    except ValueError as error:  # not UTF-8, empty, rows of several lengths
        raise ValueError(f"{path}: not a table of results ({' '.join(str(error).split())})") from None
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError(f"{path}, line 2: has more values than the {len(table.columns)} columns of line 1")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; found {', '.join(table.columns)}")
    if table.empty and not may_be_empty:
        raise ValueError(f"{path}: holds no row")
    table = table.assign(line=table.index + 2)
    for column in filter(table.columns.__contains__, _NUMBERS):
        _check_numbers(path, table, column)
    return table


def _check_numbers(path: str | Path, table: pd.DataFrame, column: str) -> None:
    texts = table[column].notna() & pd.to_numeric(table[column], errors="coerce").isna()
    if texts.any():
        first = table[texts].iloc[0]
        raise ValueError(f"{path}, line {first.line}: column {column} holds {first[column]!r}; wanted: a number")


def rows_of(table: pd.DataFrame, **keys: str | Sequence[str]) -> pd.DataFrame:
    """Select the rows whose columns have the given values (one, or any of several), in the main unit of each target.

    Raises ValueError, with the values found, if a single value does not occur in its column.
    """
    for column, value in keys.items():
        wanted = [value] if isinstance(value, str) else list(value)
        found = table[column].isin(wanted)
        if isinstance(value, str) and not found.any():
            known = ", ".join(sorted(table[column].unique()))
            raise ValueError(f"no row has {column} {value!r}; found: {known}")
        table = table[found]
    rank = table.unit.map({unit: rank for rank, unit in enumerate(UNITS)})
    return table[rank == rank.groupby(table.target).transform("min")]


def where(table: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """Select the rows with these keys; none where the cell was not run."""
    for column, value in keys.items():
        table = table[table[column] == value]
    return table


def cell(table: pd.DataFrame, **keys: str) -> pd.Series | None:
    """Return the row with these keys, or None if the cell was not run.

    Raises ValueError if several rows have them, because a key was left out.
    """
    table = where(table, **keys)
    if len(table) > 1:
        raise ValueError(f"{len(table)} rows have {keys}; lines {', '.join(map(str, table.line[:5]))}")
    return None if table.empty else table.iloc[0]


def significant(rows: pd.DataFrame | pd.Series) -> pd.Series | bool:
    """Return True for each comparison (or for the one) whose Holm-adjusted p value is below LEVEL."""
    return rows.p_holm < LEVEL


def plain_rows(table: pd.DataFrame) -> list[dict]:
    """Convert a table to dictionaries for JSON, without `line`; missing and infinite values become None."""
    rows = table.drop(columns="line").astype(object).to_dict("records")
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _plain(value):
    if isinstance(value, str):
        return value
    return value if isfinite(value) else None
