"""Fetch the files of a task once, from the Hub or a mirror with its layout. No later job needs a network.

Files are copied as they are. A record beside them holds commits, checksums and numbers of rows.
"""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..support.files import disk_full, sha256, whole_folder
from ..support.text_files import TextError, read_text
from ..tasks.spec import HUB, Source, Task, TaskError
from .lock import locked_commit, read_lock, verify, write_record
from .needs import Need, entry_name, needs
from .repositories import CONVERTED, locate, resolve_commit

_COMMIT = "commit"


def fetch_task(
    task: Task,
    tasks: dict[str, Task],
    languages: Iterable[str],
    origin: str,
    out: Path,
    lock: Path,
    asked: dict | None = None,
) -> None:
    """Copy the files that a task needs to `out`, write a record beside them, and check or extend the study's lock.

    origin: `hub`, or the folder of a mirror (for two-column sources, the folder with the user's copy). asked: the
    request of the study (`Parameters.asked`), which is stored beside the files. Raises TaskError if something is
    missing, broken, or not as locked, and DiskFullError if the disk is full. `out` then stays as it was.
    """
    locked = read_lock(lock)
    with whole_folder(out) as folder:
        record = {}
        for need in needs(task, tasks, languages):
            name = entry_name(need.source.id, need.config, need.split)
            if need.source.format == "two_column":
                record[name] = _copy_two_column(task, need, origin, folder)
            else:
                commit = _commit(name, need.source, locked | record) if origin == HUB else None
                record[name] = _copy_parquet(task, need, origin, commit, folder)
        write_record(folder, record, asked)
        verify(lock, record)


def _commit(name: str, source: Source, locked: Mapping[str, dict]) -> str:
    """Return the commit of a source on the Hub: the locked one, or else that which its revision names now.

    locked: entries of the lock and of this job, so that all splits of a revision come from one commit.
    """
    return locked_commit(locked, name, source.hub_id, source.revision) or resolve_commit(source)


def _copy_parquet(task: Task, need: Need, origin: str, commit: str | None, folder: Path) -> dict:
    source = need.source
    files: dict[str, dict[str, Any]] = {}
    for path, local in locate(task, need, origin, commit):
        if not path.endswith(".parquet"):
            remedy = f"{source.hub_id}: {path} is no parquet file. {CONVERTED}"
            raise TaskError(remedy if commit else f"{local}: is no parquet file; a mirror needs it as one")
        target = folder / need.source.id / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(local, target)
        files[path] = {"rows": _rows(target, local), "sha256": sha256(target)}
    rows = sum(file["rows"] for file in files.values())
    asked = {"id": source.hub_id, "revision": source.revision} if commit else {"id": source.id}
    return {_COMMIT: commit, "rows": rows, "files": files} | asked


def _copy_two_column(task: Task, need: Need, origin: str, folder: Path) -> dict:
    path = f"{need.split}.tsv"
    local = Path(origin) / need.source.id / path
    if origin == HUB or not local.is_file():
        where = "the Hub" if origin == HUB else local
        raise TaskError(
            f"{task.name}: not found at {where}. Its licence ({need.source.licence}) does not allow passing it on: get "
            f"your own copy, write it as <folder>/{need.source.id}/{path} (token TAB tag a line, an empty line between "
            f"sentences) and name <folder> in the configuration; or take {task.name} out of it"
        )
    target = folder / need.source.id / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(local, target)
    try:
        rows = len(re.split(r"\n\s*\n", read_text(target, str(local)).strip()))
    except TextError as error:
        raise TaskError(str(error)) from None
    files = {path: {"rows": rows, "sha256": sha256(target)}}
    return {"id": need.source.id, _COMMIT: None, "rows": rows, "files": files}


def _rows(path: Path, original: Path) -> int:
    """Count rows by reading the whole file, because a damaged file may have an intact footer."""
    try:
        with pq.ParquetFile(path) as file:
            return sum(batch.num_rows for batch in file.iter_batches())
    except (pa.ArrowInvalid, OSError) as error:
        if disk_full(error):
            raise
        why = str(error).strip()
        raise TaskError(f"{original}: not a whole parquet file ({why}); fetch or copy it again") from None
