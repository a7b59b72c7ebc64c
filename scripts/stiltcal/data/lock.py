"""Record exactly which data were fetched: checksums, commits and row counts, in the lock file of a study."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..support.files import sha256
from ..tasks.spec import TaskError

RECORD = "lock.json"  # beside the fetched files: what they are
ASKED = "asked.json"  # beside it: what the configuration and task files asked for


def checksums(folder: Path) -> dict[str, str]:
    """Path inside the folder -> SHA-256, for every file in it but its own record; in name order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def read_record(folder: Path) -> dict:
    """The record of a fetched folder; raises TaskError where there is none."""
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TaskError(f"{folder}: has no {RECORD}, so it was not fetched; {again(folder)}") from None
    except json.JSONDecodeError as error:
        raise TaskError(f"{folder}/{RECORD}: not JSON ({error}); {again(folder)}") from None


def again(folder: Path) -> str:
    """Return the remedy where a fetched folder is not as it was fetched."""
    return f"delete the folder {folder}, and the next run fetches it again"


def write_record(folder: Path, record: dict[str, dict], asked: dict | None) -> None:
    """Say beside fetched files what they are, and what was asked for, if a study asked."""
    write_json(folder / RECORD, record)
    if asked is not None:
        write_json(folder / ASKED, asked)


def read_asked(folder: Path) -> dict | None:
    """Return the request that a fetched folder answers; None if the folder does not record it."""
    try:
        return json.loads((folder / ASKED).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def write_json(path: Path, content: dict) -> None:
    """Sorted, indented JSON, written beside and renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_lock(lock: Path) -> dict[str, dict]:
    """The entries of a study's lock file by name; {} where there is no file yet."""
    try:
        entries = json.loads(lock.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        raise TaskError(f"{lock}: not JSON ({error}); restore it, or delete it to lock anew") from None
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise TaskError(f"{lock}: holds no entries by name; restore it, or delete it to lock anew")
    return entries


def locked_commit(entries: Mapping[str, dict], name: str, repository: str, revision: str) -> str | None:
    """The commit that an entry of a lock holds for a revision of a repository of the Hub.

    Where there is no entry of that name yet, that of another one of the same repository and revision, or None. Raises
    TaskError where the entry is of something else.
    """
    asked = (repository, revision)
    if name in entries:
        entry = entries[name]
        if (entry.get("id"), entry.get("revision")) != asked:
            held = f"{entry['id']} at {entry['revision']}" if "revision" in entry else "files that are not from the Hub"
            raise TaskError(
                f"{name}: the lock holds {held}, and {repository} at {revision} is asked for. Give this study a "
                "`data.lock` of its own, or delete the entry from the lock to fetch that (another study then)"
            )
        return entry["commit"]
    same = (entry for entry in entries.values() if (entry.get("id"), entry.get("revision")) == asked)
    return next((entry["commit"] for entry in same), None)


def known_commit(sha: str | None) -> str:
    """The commit that the Hub gives; raises ValueError where it gives none, as a mirror of it may."""
    if not sha:
        raise ValueError("the Hub gives no commit")
    return sha


def verify(lock: Path, found: dict[str, dict]) -> None:
    """Compare what was fetched with a study's lock file, and add the entries that it does not have yet.

    Raises TaskError that lists every difference. Safe with several jobs at a time.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with open(lock.with_name(f".{lock.name}.flock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        entries = read_lock(lock)
        if changed := changes(entries, found):
            raise TaskError(
                f"{lock}: what was fetched is not what was locked:\n  " + "\n  ".join(changed) + "\nFetch the locked "
                "state, or delete these entries from the lock to accept the change (it is another study then)"
            )
        if found.keys() - entries.keys():
            write_json(lock, {**entries, **found})


def changes(locked: Mapping[str, dict], found: Mapping[str, dict]) -> list[str]:
    """Describe how entries that are both locked and fetched differ, a line each."""
    shared = locked.keys() & found.keys()
    return list(_differences({name: locked[name] for name in shared}, {name: found[name] for name in shared}))


def _differences(expected: object, found: object, where: str = "") -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from _differences(expected.get(key), found.get(key), f"{where} > {key}" if where else key)
    elif expected != found:
        yield f"{where}: locked {expected}, found {found}"
