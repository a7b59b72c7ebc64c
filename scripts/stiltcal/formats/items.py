"""Read and write the items of a task as parquet; each kind of task has one schema (docs/data_formats.md)."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..tasks.kinds import KINDS
from .parquet_files import whole_parquet

_TYPES = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "number": pa.int32(),
    "numbers": pa.list_(pa.int32()),
}


def schema(kind: str) -> pa.Schema:
    """Return the arrow schema of a kind. Raises KeyError for an unknown kind."""
    fields = {"id": "text", "cluster": "text", **KINDS[kind].fields}
    return pa.schema({name: _TYPES[type_] for name, type_ in fields.items()})


def write_table(path: str | Path, table: pa.Table) -> None:
    """Write a table so that equal rows give equal bytes; create missing folders."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")


def write_items(path: str | Path, kind: str, rows: Iterable[dict]) -> None:
    """Write items of a kind; keys that a row lacks are null. Raises pyarrow's error if a value has another type."""
    write_table(path, pa.Table.from_pylist(list(rows), schema=schema(kind)))


def read_items(path: str | Path) -> list[dict]:
    """Read all rows of a file of items or perturbed items, in file order. Raises ValueError if the file is broken."""
    with whole_parquet(path):
        return pq.read_table(path).to_pylist()
