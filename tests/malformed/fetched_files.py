"""Spoil files of data sets: columns, types, values and whole files, of every kind of task."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import prepare_items
from stiltcal.data.needs import entry_name, needs
from stiltcal.support.files import sha256
from stiltcal.tasks.load import load_tasks

from .case import Answer, Case, misspelt
from .doors import ROOT, job

_LETTERS = "abcdefgh"
#: A row of each kind of task, in the columns of the repository, by task.
_ROWS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "mnli": lambda n: {"premise": f"Text {n}.", "hypothesis": f"Other {n}.", "label": n % 3},
    "squad_v1": lambda n: {
        "id": f"q{n}", "title": "T", "context": f"It is number {n} of all.", "question": f"Which {n}?",
        "answers": {"text": [f"number {n}"], "answer_start": [6]},
    },
    "panx": lambda n: {"tokens": ["One", _LETTERS[n % 8]], "ner_tags": [0, n % 7]},
    "csqa": lambda n: {
        "question": f"What {n}?", "choices": {"text": ["x", f"y{n}"], "label": ["A", "B"]}, "answerKey": "AB"[n % 2],
    },
    "tatoeba": lambda n: {"source_sentence": f"Satz {n}", "target_sentence": f"Sentence {n}"},
    "bucc": lambda n: {
        "sentence1": [f"Satz {k}" for k in range(9)], "sentence2": [f"Sentence {k}" for k in range(9)],
        "gold": [[1, 2], [2, 3], [4, 5], [6, 6], [7, 7]],
    },
}  # fmt: skip
_COUNT = {"bucc": 1}
#: Of tasks without a train split: the one that is read.
FIRST_SPLIT = {"tatoeba": "validation", "bucc": "test"}
#: Values that no row may have: task, column, value, and how the answer names it.
_VALUES = [
    ("mnli", "label", 3, "unknown label 3"),
    ("mnli", "label", -7, "unknown label -7"),
    ("mnli", "label", 10**15, "unknown label 1000000000000000"),
    ("mnli", "label", 0.5, "holds 0.5"),
    ("mnli", "label", "nuetral", "did you mean 'neutral'"),
    ("mnli", "label", "\\textbf{neutral}", "unknown label"),
    ("mnli", "label", "x" * 100_000, "unknown label"),
    ("mnli", "label", "\x1b[31mneutral", "unknown label '\\x1b"),
    ("panx", "ner_tags", [0, 7], "unknown label 7"),
    ("panx", "ner_tags", [0, 1.5], "holds 1.5"),
    ("csqa", "answerKey", "C", "answer 'C' is none of A, B"),
    ("squad_v1", "answers", {"text": ["a", "b"], "answer_start": [0]}, "found 2 answers and 1 offsets"),
    ("squad_v1", "answers", {"text": ["a"], "answer_start": [0.5]}, "holds 0.5"),
    ("bucc", "gold", [[1]], "gold has [1]"),
    ("bucc", "gold", [[1, 2, 3]], "gold has [1, 2, 3]"),
    ("bucc", "gold", [[0, 1]], "gold names sentence 0"),
    ("bucc", "gold", [[1, 10]], "gold names sentence 10"),
    ("bucc", "gold", [[-1, 1]], "gold names sentence -1"),
    ("bucc", "gold", [[10**15, 1]], "gold names sentence 1000000000000000"),
    ("bucc", "gold", [[1.5, 1]], "holds 1.5"),
    ("bucc", "gold", [[None, 1]], "gold"),
    ("bucc", "gold", [None], "gold"),
]
_FILES: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "half": lambda whole: whole[: len(whole) // 2],
    "without its end": lambda whole: whole[:-1],
    "without its start": lambda whole: whole[1:],
    "of CSV": lambda whole: b"premise,hypothesis,label\na,b,1\n",
    "of JSON": lambda whole: b'{"premise": "a"}\n',
    "of HTML": lambda whole: b"<html><body>404: not found</body></html>",
    "a pointer of Git LFS": lambda whole: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "with other bytes in the middle": lambda whole: whole[:40] + bytes(range(60)) + whole[100:],
    "a pickle": lambda whole: b"cos\nsystem\n(S'touch executed'\ntR.",
}


@cache
def tasks():
    """All task files, read once."""
    return load_tasks(ROOT / "tasks")


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    rng = random.Random(40)
    for task, row in _ROWS.items():
        yield from _columns(task, row(0), rng)
    for task, column, value, words in _VALUES:
        rows = right_rows(task)
        rows[-1] = {**rows[-1], column: value}
        if column == "label" and isinstance(value, str):
            rows = [{**each, column: str(each[column])} for each in rows]
        place = words if "holds" in words else f"-{len(rows) - 1}"
        yield _case("value in a data set", f"{task}.{column} = {str(value)[:30]!r}", task, rows, words, place)
    for name, spoil in _FILES.items():
        yield Case(
            "file of a data set",
            name,
            partial(prepare, task="mnli", rows=right_rows("mnli"), spoil=spoil),
            ("train.parquet",),
        )


def right_rows(task: str) -> list[dict]:
    return [_ROWS[task](number) for number in range(_COUNT.get(task, 8))]


def _columns(task: str, row: dict, rng: random.Random) -> Iterator[Case]:
    """Leave out each column, misspell it, and give it a type that it cannot have."""
    used = {name.split(".")[0] for name in tasks()[task].sources[0].columns.values()}
    for column in sorted(used):
        without = [{key: value for key, value in each.items() if key != column} for each in right_rows(task)]
        yield _case("column of a data set", f"{task} without {column}", task, without, "train.parquet", f"'{column}'")
        wrong = misspelt(column, rng)
        renamed = [{wrong if key == column else key: value for key, value in each.items()} for each in right_rows(task)]
        words = "train.parquet", f"'{column}'", f"did you mean '{wrong}'"
        yield _case("column of a data set", f"{task}: {wrong} for {column}", task, renamed, *words)
        other: object = (
            rng.choice([1.5, True, b"\xff"]) if isinstance(row[column], list | dict) else rng.choice([["a"], {"b": 1}])
        )
        typed = [{**each, column: other} for each in right_rows(task)]
        yield _case("type of a column", f"{task}.{column} = {other!r}", task, typed, "train.parquet", f"'{column}'")


def _case(family: str, name: str, task: str, rows: list[dict], *words: str) -> Case:
    words = tuple(word.replace("train.parquet", f"{FIRST_SPLIT.get(task, 'train')}.parquet") for word in words)
    return Case(family, name, partial(prepare, task=task, rows=rows), words)


def write_fetched(folder: Path, task: str, rows: list[dict]) -> dict:
    """Write all splits of a task as they are fetched, each with the same rows; return the record."""
    record = {}
    for need in needs(tasks()[task], tasks(), ["de"] if task in FIRST_SPLIT else ["en"]):
        own = need.source in tasks()[task].sources
        name = f"{need.split}.parquet" if own else f"other/{need.split}.parquet"
        path = folder / need.source.id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows), path)
        files = {name: {"rows": len(rows), "sha256": sha256(path)}}
        record[entry_name(need.source.id, need.config, need.split)] = {"files": files, "rows": len(rows)}
    return record


def prepare(
    folder: Path,
    task: str,
    rows: list[dict],
    spoil: Callable[[bytes], bytes] | None = None,
    record: bytes | None = None,
) -> Answer:
    """Give rows to the job that makes items of them."""
    fetched = folder / "fetched"
    entries = write_fetched(fetched, task, deepcopy(rows))
    if spoil:
        (entry,) = [entry for name, entry in entries.items() if name.endswith(":train")]
        path = fetched / "nyu-mll/glue" / "train.parquet"
        path.write_bytes(spoil(path.read_bytes()))
        entry["files"]["train.parquet"]["sha256"] = sha256(path)
    (fetched / "lock.json").write_bytes(json.dumps(entries).encode() if record is None else record)
    languages = ["de"] if task in FIRST_SPLIT else ["en"]
    arguments = {"task": task, "tasks": str(ROOT / "tasks"), "fetched": str(fetched), "languages": languages}
    return job(folder, prepare_items.main, **arguments, seed=1, report=str(folder / "items" / "report.json"))
