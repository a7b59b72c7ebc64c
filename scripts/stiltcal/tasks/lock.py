"""What was fetched, exactly: checksums, commits and row counts, and files that are whole or not there at all."""

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stiltcal.tasks.spec import TaskError

RECORD = "lock.json"  # beside the fetched files: what they are


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """Path inside the folder -> SHA-256, for every file in it but its own record; in name order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `path` when the block ends well, and vanishes when it does not.

    Raises TaskError where the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise TaskError(f"{path}: the disk is full; nothing was kept. Free space and run again") from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_record(folder: Path) -> dict:
    """The record of a fetched folder; raises TaskError where there is none."""
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TaskError(f"{folder}: has no {RECORD}, so it was not fetched; run the fetch rule first") from None


def write_json(path: Path, content: dict) -> None:
    """Sorted, indented JSON, written beside and renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def locked(lock: Path, name: str) -> dict:
    """The entry of a study's lock file for a task or model; {} where it has none yet."""
    if not lock.exists():
        return {}
    try:
        return json.loads(lock.read_text(encoding="utf-8")).get(name, {})
    except json.JSONDecodeError as error:
        raise TaskError(f"{lock}: not JSON ({error}); restore it or delete it to lock anew") from None


def verify(lock: Path, name: str, found: dict) -> None:
    """Compare what was fetched with the study's lock file; write it there where the lock has no entry yet.

    Raises TaskError that lists every difference. Safe with several jobs at a time.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with open(lock.with_name(f".{lock.name}.flock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        expected = locked(lock, name)
        if not expected:
            entries = json.loads(lock.read_text(encoding="utf-8")) if lock.exists() else {}
            write_json(lock, {**entries, name: found})
        elif changes := list(_differences(expected, found)):
            raise TaskError(
                f"{lock}: {name} is not what was locked:\n  " + "\n  ".join(changes) + f"\nFetch the locked state, or "
                f"delete the entry {name!r} from that file to accept the change (its results are then another study's)"
            )


def _differences(expected: object, found: object, where: str = "") -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from _differences(expected.get(key), found.get(key), f"{where}/{key}" if where else key)
    elif expected != found:
        yield f"{where}: locked {expected}, found {found}"
