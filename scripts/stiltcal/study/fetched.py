"""Compare fetched folders with the lock of a study before any job starts, and complete the lock."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..data.lock import RECORD, again, changes, read_asked, read_lock, read_record, verify
from ..tasks.spec import TaskError
from .errors import StudyError
from .parameters import Parameters


class _Fetched(NamedTuple):
    """A fetched folder. record: its files, as entries of a lock. is_asked: the study asks for the same files now; None
    if the folder does not say what it was fetched for."""

    folder: Path
    record: dict[str, dict]
    is_asked: bool | None


def check_fetched(parameters: Parameters) -> list[str]:
    """Add fetched files that the study uses and the lock lacks to the lock; return the names of the new entries.

    Raises StudyError, one line per folder, if a folder differs from the lock. Folders that hold something else than the
    study asks for now are skipped: their rules fetch again and lock that.
    """
    try:
        return _complete(Path(parameters.lock), list(_fetched(parameters)))
    except TaskError as error:
        raise StudyError(str(error)) from None


def _complete(lock: Path, fetched: list[_Fetched]) -> list[str]:
    locked = read_lock(lock) if fetched else {}
    if problems := [problem for each in fetched for problem in _problems(each, locked, lock)]:
        raise StudyError("\n".join(problems))
    missing = {name: entry for each in fetched if each.is_asked for name, entry in each.record.items()}
    missing = {name: entry for name, entry in missing.items() if name not in locked}
    if missing:
        try:
            verify(lock, missing)
        except OSError as error:
            raise StudyError(f"{lock}: cannot add {', '.join(missing)}: {error.strerror}") from None
    return sorted(missing)


def _problems(fetched: _Fetched, locked: dict[str, dict], lock: Path) -> Iterator[str]:
    if changed := changes(locked, fetched.record):
        yield (
            f"{fetched.folder}: differs from {lock} ({changed[0]}); {again(fetched.folder)} as it is locked. To keep "
            "these files instead, which makes another study, delete their entries in the lock"
        )
    elif fetched.is_asked is None and (missing := sorted(fetched.record.keys() - locked.keys())):
        yield (
            f"{fetched.folder}: holds {missing[0]}, which is not in {lock}, and does not say what it was fetched for; "
            f"{again(fetched.folder)} and locks it"
        )


def _fetched(parameters: Parameters) -> Iterator[_Fetched]:
    """Yield the folders that the study fetches to and that exist."""
    study = parameters.study
    paths = {name: Path(path) for name, path in study.config["pathvars"].items()}
    asked = {paths["results"] / "models" / "encoder": parameters.asked_encoder}
    for task in [] if study.is_miniature else study.data_tasks:
        asked[paths["resources"] / "datasets" / task] = parameters.asked(task)
    for folder, wanted in asked.items():
        if (folder / RECORD).is_file():
            found = read_asked(folder)
            is_asked = found == json.loads(json.dumps(wanted)) if found is not None else None
            yield _Fetched(folder, read_record(folder), is_asked)
    for folder in (paths["resources"] / "parsers" / code for code in study.parsers.fetched):
        if (folder / RECORD).is_file():
            yield _Fetched(folder, read_record(folder), True)
