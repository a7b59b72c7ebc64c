"""Read a file of anybody's predictions as a table, whatever its format; what needs no guess is not guessed.

CSV, TSV and JSON lines become text, as it is written: `007`, `1e5` and `nan` may be names. Parquet keeps its types.
"""

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from ..support.text_files import read_text

_LARGEST_BLOCK = 2**31 - 1


def read_table(path: Path) -> pa.Table:
    """Read a .csv, .tsv, .jsonl (also with .gz) or .parquet file. An empty field is null.

    Raises ValueError for another ending, for a file that is broken or without a row, OSError where it cannot be read.
    """
    endings = [ending.lower() for ending in path.suffixes if ending.lower() != ".gz"]
    if not endings or endings[-1] not in _READERS:
        raise ValueError(
            f"a file is named {', '.join(_READERS)}; this one is {endings[-1] if endings else 'without an ending'}"
        )
    table = _READERS[endings[-1]](path)
    if not len(table):
        raise ValueError("the file holds no row")
    return table


def _parquet(path: Path) -> pa.Table:
    """Of the file alone: a folder named `cluster=3` above it makes no column."""
    with pq.ParquetFile(path) as file:
        return file.read()


def _separated(separator: str) -> Callable[[Path], pa.Table]:
    def read(path: Path) -> pa.Table:
        data = read_text(path).encode()
        if not data.strip():
            raise ValueError("the file is empty; its first line names the columns")
        # One block: a field with line breaks must not be cut by its end.
        block = {"block_size": min(len(data) + 1, _LARGEST_BLOCK)}
        layout = pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True)
        names = _header(data, layout)
        table = pyarrow.csv.read_csv(
            io.BytesIO(data),
            pyarrow.csv.ReadOptions(**block),
            layout,
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
        return table.rename_columns([name.strip() for name in names])

    return read


def _header(data: bytes, layout: pyarrow.csv.ParseOptions) -> list[str]:
    """The names of the columns, as they stand in the first line."""
    first = pyarrow.csv.ReadOptions(block_size=len(data) + 1)
    return pyarrow.csv.open_csv(io.BytesIO(data), first, layout).schema.names


def _json_lines(path: Path) -> pa.Table:
    rows = [_row(number, line) for number, line in enumerate(read_text(path).split("\n"), 1) if line.strip()]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def _row(number: int, line: str) -> dict[str, str | None]:
    """An object as texts; numbers as they are written, NaN as null."""
    try:
        row = json.loads(line, parse_int=str, parse_float=str, parse_constant=_constant, object_pairs_hook=_pairs)
    except ValueError as error:
        raise ValueError(f"line {number}: no JSON object ({error})") from None
    if not isinstance(row, dict):
        raise ValueError(f"line {number}: no JSON object; each line is one, with the columns as keys")
    return {name: _text(value) for name, value in row.items()}


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name


def _pairs(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, value in pairs:
        if name in row:
            raise ValueError(f"the key {name!r} occurs twice")
        row[name] = value
    return row


def _text(value: object) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)


_READERS: dict[str, Callable[[Path], pa.Table]] = {
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
}
