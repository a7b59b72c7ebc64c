"""Spoil what stands beside data sets: records of what was fetched, locks of studies, and translations."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import fetch_dataset
import prepare_translations
from stiltcal.formats.items import write_items

from .case import Answer, Case
from .doors import ROOT, job
from .fetched_files import prepare, right_rows, tasks, write_fetched

_ENTRY = "nyu-mll/glue:mnli:train"
_RECORDS: Mapping[str, bytes] = {
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "empty": b"",
    "UTF-16": "{}".encode("utf-16"),
    "of numbers": b'{"nyu-mll/glue:mnli:train": 1}',
    "without files": b'{"nyu-mll/glue:mnli:train": {"rows": 1}}',
    "with a list of files": b'{"nyu-mll/glue:mnli:train": {"files": ["train.parquet"]}}',
    "nested": b"[" * 100_000,
}


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    for name, record in _RECORDS.items():
        give = partial(prepare, task="mnli", rows=right_rows("mnli"), record=record)
        yield Case("record of a data set", name, give, ("lock.json",))
    nothing = partial(prepare, task="mnli", rows=right_rows("mnli"), record=b"{}")
    yield Case("record of a data set", "of another split", nothing, ("fetched", _ENTRY))
    for name, lock in _RECORDS.items():
        of_ccg = lock.replace(_ENTRY.encode(), b"ccg:default:train")
        yield Case("lock of a study", name, partial(_fetch, lock=of_ccg), ("study.json",))
    yield from _translations()


def _fetch(folder: Path, lock: bytes) -> Answer:
    """Fetch a user's own copy, with a lock that cannot be used."""
    for split in ("train", "validation"):
        path = folder / "mine" / "ccg" / f"{split}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("One\tNP\n\nTwo\tNP\n", encoding="utf-8")
    (folder / "study.json").write_bytes(lock)
    arguments = {"task": "ccg", "tasks": str(ROOT / "tasks"), "languages": ["en"], "source": str(folder / "mine")}
    return job(folder, fetch_dataset.main, **arguments, dataset=str(folder / "ccg"), lock=str(folder / "study.json"))


def _translations() -> Iterator[Case]:
    right = [{"text_a": f"Satz {n}.", "text_b": f"Anderer {n}.", "label": n % 3} for n in range(8)]
    shifted = [{**each, "label": (each["label"] + 1) % 3} for each in right]
    misspelt = [{"text_a": "a", "text_b": "b", "lable": 0}] * 8
    spoilt: Mapping[str, tuple[list[dict] | bytes, tuple[str, ...]]] = {
        "a column is misspelt": (misspelt, ("de.parquet", "lable", "label")),
        "a column is missing": ([{"text_a": "a", "label": 0}] * 8, ("de.parquet", "text_b")),
        "more rows": (right * 2, ("de.parquet", "16 rows", "mnli has 8")),
        "no row": ([], ("de.parquet", "no rows")),
        "other labels": (shifted, ("de.parquet", "another label", "glue-train-0")),
        "unknown label": ([*right[:-1], {**right[-1], "label": 9}], ("unknown label 9", "glue-train-7", "de.parquet")),
        "numbers for text": ([{**each, "text_a": 1} for each in right], ("de.parquet", "'text_a'")),
        "empty texts": ([{**each, "text_a": " "} for each in right], ("de.parquet", "no item is left")),
        "no parquet": (b"text_a,text_b,label\n", ("de.parquet", "not a parquet file")),
        "nothing": (b"", ("de.parquet", "not a parquet file")),
    }
    for name, (content, words) in spoilt.items():
        yield Case("translation", name, partial(_translate, content=content), words)


def _translate(folder: Path, content: list[dict] | bytes) -> Answer:
    rows, fetched, originals = right_rows("mnli"), folder / "fetched", folder / "en.parquet"
    (fetched).mkdir()
    (fetched / "lock.json").write_text(json.dumps(write_fetched(fetched, "mnli", rows)), encoding="utf-8")
    labels = tasks()["mnli"].labels
    write_items(originals, "classification", [
        {"id": f"glue-train-{n}", "cluster": f"glue-train-{n}", "text_a": row["premise"], "text_b": row["hypothesis"],
         "label": labels[row["label"]]} for n, row in enumerate(rows)
    ])  # fmt: skip
    path = folder / "de.parquet"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        kept = content or [{"text_a": "a", "text_b": "b", "label": 0}]
        pq.write_table(pa.Table.from_pylist(kept).slice(0, len(content)), path)
    arguments = {"task": "mnli", "tasks": str(ROOT / "tasks"), "files": [str(path)], "languages": ["de"], "seed": 1}
    arguments |= {"fetched": str(fetched), "originals": str(originals), "translations": [str(folder / "out.parquet")]}
    return job(folder, prepare_translations.main, **arguments, report=str(folder / "report.json"))
