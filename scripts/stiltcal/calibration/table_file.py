"""Read a file of predictions as a table, whatever its format, without guessing the types of columns.

CSV, TSV and JSON lines become text, as it is written: `007`, `1e5` and `nan` may be names. Parquet keeps its types.
"""

import csv
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
    *_, before, ending = "", "", *(each.lower() for each in path.suffixes)
    if ending == ".gz" and before != ".parquet":  # Parquet is packed in itself
        ending = before
    if ending not in _READERS:
        raise ValueError(f"a file is named {', '.join(_READERS)}; this one is {ending or 'without an ending'}")
    table = _READERS[ending](path)
    if not len(table):
        raise ValueError("the file holds no row")
    return table


def _parquet(path: Path) -> pa.Table:
    """Of the file alone: a folder named `cluster=3` above it makes no column."""
    with open(path, "rb") as opened, pq.ParquetFile(opened) as file:
        return file.read()


def _separated(separator: str) -> Callable[[Path], pa.Table]:
    """A reader of columns that a character separates."""

    def read(path: Path) -> pa.Table:
        """The table, all as text. Its last line is ours: a quote that is not closed would hide it, and all before."""
        text = read_text(path)
        names = _header(text, separator)
        data = f"{text}\n{separator * (len(names) - 1)}\n".encode()
        # One block: a field with line breaks must not be cut by its end.
        options = pyarrow.csv.ReadOptions(block_size=min(len(data) + 1, _LARGEST_BLOCK))
        layout = pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True)
        types = dict.fromkeys(names, pa.string())
        as_text = pyarrow.csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
        table = pyarrow.csv.read_csv(io.BytesIO(data), options, layout, as_text)
        rows = len(table) - 1
        if any(column[rows].is_valid for column in table.columns):
            raise ValueError(f"a quote that opens in row {rows} is not closed")
        if '"' in text:
            _check_quotes(text, separator)
        return table.slice(0, rows).rename_columns([name.strip() for name in names])

    return read


def _check_quotes(text: str, separator: str) -> None:
    """Refuse quotes that are part of the text, as in a TSV file that was written without quoting: they hide rows.

    Behind a closing quote the field ends; and no field of a TSV file has tabs, say those of other rows.
    """
    number = -1  # of the row that is read; the header comes before row 0
    usual = csv.field_size_limit(_LARGEST_BLOCK)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True):
            if separator == "\t" and any("\t" in field for field in row):
                raise csv.Error("a field holds tabs")
            number += 1
    except csv.Error as error:
        raise ValueError(
            f'row {max(number, 0)}: a field begins with a quote (") that does not enclose it ({error}); write such '
            "quotes twice, and enclose the field in quotes"
        ) from None
    finally:
        csv.field_size_limit(usual)


def _header(text: str, separator: str) -> list[str]:
    """The names of the columns, as the first line has them."""
    try:
        names = next((row for row in csv.reader(io.StringIO(text), delimiter=separator) if row), None)
    except csv.Error as error:
        raise ValueError(f"the first line names no columns ({error})") from None
    if names is None:
        raise ValueError("the file is empty; its first line names the columns")
    if len(names) == 1:
        raise ValueError(f"found one column, {names[0]!r}; a comma separates columns in .csv, a tab in .tsv")
    return names


def _json_lines(path: Path) -> pa.Table:
    rows = [_row(number, line) for number, line in enumerate(read_text(path).split("\n"), 1) if line.strip()]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def _row(number: int, line: str) -> dict[str, str | None]:
    """An object as texts; numbers as they are written, NaN as null."""
    try:
        row = json.loads(line, parse_int=str, parse_float=str, parse_constant=_constant, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
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
