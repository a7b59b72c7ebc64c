"""Hold large tables of results with their keys as numbers: several times faster than pandas, for jobs that need all
rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv

from .results import UNITS


class CodedTable(NamedTuple):
    """A table of n rows. names: the distinct values of each key. codes: of each key (n,), the number of a row's name.
    numbers: columns (n,) of floats; NaN where the file has none."""

    names: dict[str, list[str]]
    codes: dict[str, np.ndarray]
    numbers: dict[str, np.ndarray]

    def take(self, chosen: np.ndarray) -> "CodedTable":
        """Select rows by a mask; the names stay."""
        codes = {key: column[chosen] for key, column in self.codes.items()}
        return CodedTable(self.names, codes, {name: column[chosen] for name, column in self.numbers.items()})

    def recoded(self, key: str, order: Sequence[str]) -> np.ndarray:
        """Return the codes of a key (n,) as places in `order`; -1 for other names."""
        places = {name: place for place, name in enumerate(order)}
        return np.array([places.get(name, -1) for name in self.names[key]], dtype=np.int64)[self.codes[key]]

    def is_name(self, key: str, name: str) -> np.ndarray:
        """Return a mask (n,): True where a key has this name."""
        return self.recoded(key, [name]) == 0

    def is_main_unit(self) -> np.ndarray:
        """Return a mask (n,): True where the row is of the main unit of analysis of its target (as `rows_of`)."""
        ranks = [UNITS.index(name) if name in UNITS else len(UNITS) for name in self.names["unit"]]
        rank = np.array(ranks, dtype=np.int64)[self.codes["unit"]]
        least = np.full(len(self.names["target"]), len(UNITS))
        np.minimum.at(least, self.codes["target"], rank)
        return (rank == least[self.codes["target"]]) & (rank < len(UNITS))

    def places(self, other: "CodedTable", keys: Sequence[str]) -> np.ndarray:
        """Return for each row (n,) the place of the last row of `other` with the same keys; -1 where it has none."""
        own, theirs, size = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), 1
        for key in keys:
            names = other.names[key]
            own = own * (len(names) + 1) + self.recoded(key, names) + 1
            theirs = theirs * (len(names) + 1) + other.codes[key] + 1
            size *= len(names) + 1
        found = np.full(size, -1)
        found[theirs] = np.arange(len(theirs))
        return found[own]


def coded(rows: pd.DataFrame, keys: Sequence[str], numbers: Sequence[str]) -> CodedTable:
    """Convert columns of a table of results."""
    names: dict[str, list[str]] = {}
    codes: dict[str, np.ndarray] = {}
    for key in keys:
        codes[key], found = pd.factorize(rows[key], use_na_sentinel=False)
        names[key] = found.tolist()
    return CodedTable(names, codes, {name: rows[name].to_numpy(dtype=float) for name in numbers})


def read_coded(path: str | Path, keys: Sequence[str], numbers: Sequence[str]) -> CodedTable:
    """Read columns of a CSV of results. Raises ValueError with the file's name if it has not these columns, or if a
    number is none."""
    types = {key: pa.dictionary(pa.int32(), pa.string()) for key in keys} | dict.fromkeys(numbers, pa.float64())
    options = csv.ConvertOptions(column_types=types, include_columns=[*keys, *numbers], null_values=[""])
    try:
        table = csv.read_csv(path, csv.ReadOptions(use_threads=False), convert_options=options)
    except (pa.ArrowInvalid, KeyError) as error:
        raise ValueError(f"{path}: not a table of results ({' '.join(str(error).split())})") from None
    coded = {key: table[key].unify_dictionaries().combine_chunks() for key in keys}
    return CodedTable(
        {key: column.dictionary.to_pylist() for key, column in coded.items()},
        {key: column.indices.to_numpy(zero_copy_only=False).astype(np.int64) for key, column in coded.items()},
        {name: table[name].to_numpy() for name in numbers},
    )
