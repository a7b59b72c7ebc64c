"""Spoil the answers of a system that is not ours."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import read_external
from stiltcal.formats.items import write_table
from stiltcal.formats.perturbed import perturbed_schema

from .case import HOSTILE, Answer, Case, shown
from .doors import job

_LABELS = ["entailment", "neutral", "contradiction"]
_CELLS = [("clean", "de"), ("reverse-1.0", "de")]
_IDS = [f"i{n}" for n in range(5)]
#: Values that a column cannot have.
_WRONG: dict[str, list[Any]] = {
    "id": [7, None, "i9", ["i1"], ""],
    "language": ["fr", "", None, 1],
    "perturbation": ["revers-1.0", "", None],
    "answer": ["maybe", None, 0.5, True, ["neutral"], ""],
    "confidence": [1.5, -0.25, "0.5", None, True, [0.5], float("nan"), float("inf"), 10**400],
}


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    for column, values in _WRONG.items():
        for value in values:
            rows = _rows()
            rows[3][column] = value
            yield _case(f"{column} = {str(value)[:20]!r}", _lines(rows), "line 4", column)
            if not isinstance(value, int) or abs(value) < 2**63:
                yield _case(f"{column} = {str(value)[:20]!r} in parquet", _columns(rows, column), "a.parquet", column)
    for name in HOSTILE[:12]:
        rows = _rows()
        rows[2]["answer"] = name
        yield _case(f"answer {shown(name)!r}", _lines(rows), "line 3", "answer")
    rows = _rows()
    yield _case("an item without an answer", _lines(rows[:-1]), "1 of 10 items have no answer", "'i4' of reverse-1.0")
    yield _case("an answer twice", _lines([*rows, rows[2]]), "line 11", "again", "line 3")
    yield _case("an item that was not kept", _lines([*rows, rows[0] | {"id": "skipped"}]), "line 11", "skipped")
    for name, content in {
        "without confidence": _lines([{k: v for k, v in row.items() if k != "confidence"} for row in rows]),
        "another column": _lines([row | {"confidenc": 1} for row in rows]),
        "a key twice": _lines(rows[:1])[:-2] + b', "id": "i1"}\n',
        "a list for a row": b"[1, 2]\n",
        "no JSON": b"id,language\n",
        "a deep line": b"[" * 100_000 + b"\n",
        "half a character": _lines(rows[:1]).replace(b"i0", b"\\ud800"),
        "Latin-1": "für\n".encode("latin-1"),
    }.items():
        yield _case(name, content, "a.jsonl")
    yield _case("empty", b"", "10 of 10 items have no answer")
    yield _case("no parquet", b"PAR1\x15\x04\x15", "a.parquet", parquet=True)


def _rows() -> list[dict[str, Any]]:
    keys = [{"id": id_, "language": code, "perturbation": text} for text, code in _CELLS for id_ in _IDS]
    return [key | {"answer": _LABELS[n % 3], "confidence": n / 10} for n, key in enumerate(keys)]


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _columns(rows: list[dict[str, Any]], column: str) -> pa.Table:
    """The rows as columns; one that cannot hold all its values has the wrong one alone."""
    values = {name: [row[name] for row in rows] for name in rows[0]}
    try:
        if not isinstance(rows[3][column], bool):  # among numbers Arrow takes true for 1
            return pa.table(values)
    except (pa.ArrowException, TypeError):
        pass
    return pa.table(values | {column: [rows[3][column]] * len(rows)})


def _case(name: str, content: bytes | pa.Table, *words: str, parquet: bool = False) -> Case:
    ending = "parquet" if parquet or isinstance(content, pa.Table) else "jsonl"
    give = partial(_read, name=f"a.{ending}", content=content)
    return Case("answers of a system", name, give, ("answers", *words))


def _read(folder: Path, name: str, content: bytes | pa.Table) -> Answer:
    item = {"cluster": "c", "text_a": "a", "text_b": "b", "label": "neutral", "status": "kept", "changed": False}
    items = [item | {"id": id_} for id_ in _IDS] + [item | {"id": "skipped", "status": "too short"}]
    for text, code in _CELLS:
        rows = pa.Table.from_pylist(items, schema=perturbed_schema("classification"))
        write_table(folder / "perturbed" / text / f"{code}.parquet", rows)
    path = folder / "answers" / name
    path.parent.mkdir()
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(content, path)
    rules = {"cells": _CELLS, "kind": "classification", "labels": _LABELS, "normalization": "english"}
    files = {"answers": [str(path)], "perturbed": str(folder / "perturbed" / "complete")}
    return job(folder, read_external.main, **files, predictions=[str(folder / "seed1.parquet")], **rules)
