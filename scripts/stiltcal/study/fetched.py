"""Compare what was fetched before with the lock of a study, before any job; the lock never goes incomplete."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..data.lock import RECORD, changes, read_asked, read_lock, read_record, verify
from ..tasks.spec import TaskError


class _Fetched(NamedTuple):
    """A folder that a rule fetched, its record by entries of a lock, and whether the study still asks for just that:
    None where the folder does not say what it was fetched for."""

    folder: Path
    record: dict[str, dict]
    is_asked: bool | None


def check_fetched(study) -> list[str]:
    """Raise TaskError where something was fetched that is not what the lock holds, a line each; add to the lock what
    was fetched, is used, and has no entry, and return its names.

    A folder of something else than the study asks for now is left alone: its rule fetches again, and locks that.
    """
    fetched = list(_fetched(study))
    lock = Path(study.settings.lock)
    locked = read_lock(lock) if fetched else {}
    if problems := [problem for each in fetched for problem in _problems(each, locked, lock)]:
        raise TaskError("\n".join(problems))
    missing = {name: entry for each in fetched if each.is_asked for name, entry in each.record.items()}
    missing = {name: entry for name, entry in missing.items() if name not in locked}
    if missing:
        try:
            verify(lock, missing)
        except OSError as error:
            raise TaskError(f"{lock}: cannot add {', '.join(missing)}: {error.strerror}") from None
    return sorted(missing)


def _problems(fetched: _Fetched, locked: dict[str, dict], lock: Path) -> Iterator[str]:
    remedy = "delete the folder to fetch"
    if changed := changes(locked, fetched.record):
        yield (
            f"{fetched.folder}: is not what {lock} has locked ({changed[0]}); {remedy} what is locked, or delete its "
            "entries in the lock to go on with it (another study then)"
        )
    elif fetched.is_asked is None and (missing := sorted(fetched.record.keys() - locked.keys())):
        yield (
            f"{fetched.folder}: holds {missing[0]}, which {lock} has not locked, and does not say what it was fetched "
            f"for; {remedy} and lock it"
        )


def _fetched(study) -> Iterator[_Fetched]:
    """The folders that the study fetches to and that are there."""
    paths = {name: Path(path) for name, path in study.config["pathvars"].items()}
    settings = study.settings
    asked = {paths["results"] / "models" / "encoder": settings.asked_encoder}
    for task in [] if study.miniature else study.data_tasks:
        asked[paths["resources"] / "datasets" / task] = settings.asked(task)
    for folder, wanted in asked.items():
        if (folder / RECORD).is_file():
            found = read_asked(folder)
            yield _Fetched(folder, read_record(folder), found and found == json.loads(json.dumps(wanted)))
    for folder in (paths["resources"] / "parsers" / code for code in study.texts.fetched_parsers):
        if (folder / RECORD).is_file():
            yield _Fetched(folder, read_record(folder), True)
