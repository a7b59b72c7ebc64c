"""Items of a task as rows of a parquet file: one schema per kind (docs/data_formats.md)."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..tasks.kinds import KINDS

_TYPES = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "number": pa.int32(),
    "numbers": pa.list_(pa.int32()),
}


def schema(kind: str) -> pa.Schema:
    """The arrow schema of a kind; raises KeyError for an unknown kind."""
    fields = {"id": "text", "cluster": "text", **KINDS[kind].fields}
    return pa.schema({name: _TYPES[type_] for name, type_ in fields.items()})


def write_table(path: str | Path, table: pa.Table) -> None:
    """Write a table so that equal rows give equal bytes; missing folders are made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")


def write_items(path: str | Path, kind: str, rows: Iterable[dict]) -> None:
    """Write items of a kind; a key that a row lacks is null. Raises pyarrow's error where a value has another type."""
    write_table(path, pa.Table.from_pylist(list(rows), schema=schema(kind)))


def read_items(path: str | Path) -> list[dict]:
    """All rows of an items (or perturbed items) file, in file order."""
    return pq.read_table(path).to_pylist()
