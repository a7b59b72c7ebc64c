"""Items of a task as rows of a parquet file: one schema per kind (docs/data_formats.md)."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_TEXT = pa.string()
_COLUMNS = {
    "classification": {"text_a": _TEXT, "text_b": _TEXT, "label": _TEXT},
    "multiple_choice": {"context": _TEXT, "question": _TEXT, "choices": pa.list_(_TEXT), "answer": pa.int32()},
    "tagging": {"tokens": pa.list_(_TEXT), "tags": pa.list_(_TEXT)},
    "qa": {
        "context": _TEXT,
        "question": _TEXT,
        "answers": pa.list_(_TEXT),
        "answer_starts": pa.list_(pa.int32()),
        "article": _TEXT,
    },
    "retrieval": {"side": _TEXT, "text": _TEXT, "pair": _TEXT},
    "mining": {"side": _TEXT, "text": _TEXT, "pair": _TEXT},
}
KINDS = tuple(_COLUMNS)

#: The columns of each kind that hold text a perturbation or a tree may be about.
TEXT_FIELDS = {
    "classification": ("text_a", "text_b"),
    "multiple_choice": ("context", "question"),
    "tagging": ("tokens",),
    "qa": ("context", "question"),
    "retrieval": ("text",),
    "mining": ("text",),
}


def schema(kind: str) -> pa.Schema:
    """The arrow schema of a kind; raises KeyError for an unknown kind."""
    return pa.schema({"id": _TEXT, "cluster": _TEXT, **_COLUMNS[kind]})


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
