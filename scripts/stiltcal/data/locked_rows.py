"""Read the numbers of rows of fetched files from the lock of a study."""

from collections.abc import Mapping

from ..tasks.spec import Source, Task


def locked_rows(lock: Mapping, task: Task, split: str, language: str, *, whole: bool = False) -> float | None:
    """Return the rows of a split of a task in a language by the lock; None if the lock has none of its files.

    Of files that hold several languages, the language has an equal share, or with `whole` all rows.
    """
    found = [rows for source in task.sources if (rows := _of_source(lock, source, split, language, whole)) is not None]
    return sum(found) if found else None


def _of_source(lock: Mapping, source: Source, split: str, language: str, whole: bool) -> float | None:
    if split not in source.splits or language not in source.languages:
        return None
    names = [
        f"{repository}:{source.config_name(language)}:{name}"
        for repository in dict.fromkeys((source.id, source.hub_id))
        for name in source.splits[split]
    ]
    rows = [lock[name]["rows"] for name in names if "rows" in lock.get(name, {})]
    is_shared = not whole and (source.language_prefix or source.language_column)
    return sum(rows) / (len(source.languages) if is_shared else 1) if rows else None
