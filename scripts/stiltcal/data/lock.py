"""Record exactly which data were fetched: checksums, commits and row counts, in the lock file of a study."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..support.files import replace_text, sha256
from ..support.json_files import JsonProblem, read_json, read_json_mapping
from ..tasks.spec import TaskError

RECORD = "lock.json"  # beside the fetched files: what they are
ASKED = "asked.json"  # beside it: what the configuration and task files asked for


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder but its record, by path inside the folder, in name order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def read_record(folder: Path) -> dict:
    """Return the record of a fetched folder. Raises TaskError if there is none, or if it holds no entries."""
    try:
        entries = read_json_mapping(folder / RECORD)
    except FileNotFoundError:
        raise TaskError(f"{folder}: has no {RECORD}, so it was not fetched; {again(folder)}") from None
    except JsonProblem as error:
        raise TaskError(f"{error}; {again(folder)}") from None
    if broken := [name for name, entry in entries.items() if not isinstance(entry, dict)]:
        raise TaskError(f"{folder / RECORD}: {broken[0]} is no entry of files; {again(folder)}")
    return entries


def again(folder: Path) -> str:
    """Return the remedy where a fetched folder is not as it was fetched."""
    return f"delete the folder {folder}, and the next run fetches it again"


def write_record(folder: Path, record: dict[str, dict], asked: dict | None) -> None:
    """Write the record of a folder and, if a study asked for the files, its request (`asked`)."""
    write_json(folder / RECORD, record)
    if asked is not None:
        write_json(folder / ASKED, asked)


def read_asked(folder: Path) -> dict | None:
    """Return the request that a fetched folder answers; None if the folder does not record it."""
    try:
        return read_json(folder / ASKED)
    except (FileNotFoundError, JsonProblem):
        return None


def write_json(path: Path, content: dict) -> None:
    """Write sorted, indented JSON as a whole (`replace_text`)."""
    replace_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read_lock(lock: Path) -> dict[str, dict]:
    """Return the entries of a study's lock file by name; {} if there is no file yet. Raises TaskError."""
    try:
        entries = read_json(lock)
    except FileNotFoundError:
        return {}
    except JsonProblem as error:
        raise TaskError(f"{error}; restore it, or delete it to lock anew") from None
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise TaskError(f"{lock}: holds no entries by name; restore it, or delete it to lock anew")
    for name, entry in entries.items():
        if "revision" in entry and not {"id", "commit"} <= entry.keys():
            raise TaskError(f"{lock}: {name} has a revision, but not id and commit; restore it, or delete the entry")
    return entries


def locked_commit(entries: Mapping[str, dict], name: str, repository: str, revision: str) -> str | None:
    """Return the locked commit of a repository's revision on the Hub.

    If the lock has no entry of this name, another entry of the same repository and revision counts. None if there is
    none. Raises TaskError if the entry of this name is for another repository or revision.
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
    """Return the commit that the Hub gives. Raises ValueError if it gives none, as a mirror of the Hub may."""
    if not sha:
        raise ValueError("the Hub gives no commit")
    return sha


def verify(lock: Path, found: dict[str, dict]) -> None:
    """Compare fetched entries with a study's lock file, and add those that it lacks.

    Raises TaskError that lists every difference. Several jobs may call it at the same time.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with open(lock.with_name(f".{lock.name}.flock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        entries = read_lock(lock)
        if changed := [*changes(entries, found), *_other_commits(entries, found)]:
            raise TaskError(
                f"{lock}: what was fetched is not what was locked:\n  " + "\n  ".join(changed) + "\nFetch the locked "
                "state, or delete these entries from the lock to accept the change (it is another study then)"
            )
        if found.keys() - entries.keys():
            write_json(lock, {**entries, **found})


def _other_commits(locked: Mapping[str, dict], found: Mapping[str, dict]) -> Iterator[str]:
    """Describe new entries of a repository and revision that is locked at another commit, a line each.

    Tasks that are fetched at once may ask the Hub what a branch is before and after somebody changed it.
    """
    commits = {(each["id"], each["revision"]): each["commit"] for each in locked.values() if "revision" in each}
    for name in sorted(found.keys() - locked.keys()):
        asked = found[name].get("id"), found[name].get("revision")
        if asked in commits and found[name]["commit"] != commits[asked]:
            at, other = commits[asked], found[name]["commit"]
            yield f"{name} > commit: found {other!r}, and {at!r} is locked of {asked[0]} at {asked[1]}"


def changes(locked: Mapping[str, dict], found: Mapping[str, dict]) -> list[str]:
    """Describe the differences between locked and fetched entries of the same name, a line each."""
    shared = locked.keys() & found.keys()
    return list(_differences({name: locked[name] for name in shared}, {name: found[name] for name in shared}))


def _differences(expected: object, found: object, where: str = "") -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from _differences(expected.get(key), found.get(key), f"{where} > {key}" if where else key)
    elif expected != found:
        yield f"{where}: locked {expected}, found {found}"
