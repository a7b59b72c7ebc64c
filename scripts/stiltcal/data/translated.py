"""Read the user's translations of training items: the same items in another language, with the same labels."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.items import read_items, write_items
from ..support.messages import suggestion
from ..tasks.kinds import KINDS
from ..tasks.spec import SOURCE_LANGUAGE, Source, Task, TaskError
from .clean import Item, clean_rows
from .hub import Row, parquet_rows, read_rows
from .sampling import capped

_BROKEN = "Write it again"
_SHOWN = 3


def prepare_translation(
    task: Task, path: Path, language: str, fetched: Path, items: Path, seed: int, out: Path
) -> dict:
    """Write the translations of a task's training items, and return the counts of their file for the report.

    path: the user's parquet file. fetched: the folder of the task's originals, and `items` its training items. A
    translation of an item that is not among them (which `data.caps` may leave out) is left out. Without ids, a file
    with as many rows as the original is taken row by row; one with fewer is a set of its own, of which as many items
    are drawn as the original has. Raises TaskError for other columns or labels, more rows, and items of other names.
    """
    rows = parquet_rows(path, task, _source(task, path), language, _BROKEN)
    original, known = _original_rows(task, fetched), read_items(items)
    if not rows:
        raise TaskError(f"{path}: has no rows")
    if len(rows) > len(original):
        raise TaskError(f"{path}: has {len(rows)} rows, and {task.name} has {len(original)}; a translation has no more")
    _check_tags(task, path, rows, original)
    if KINDS[task.kind].has_row_names:
        is_parallel = len(rows) == len(original)
        names = [row["row"] if is_parallel else f"{language}-{number}" for number, row in enumerate(original)]
    else:
        is_parallel, names = True, [f"row {number}" for number in range(len(rows))]
        _check_names(path, rows, original)
    named = [{**row, "row": name} for row, name in zip(rows, names, strict=False)]
    found, reasons = clean_rows(named, task, _source(task, path))
    if is_parallel:
        kept = _same_items(task, path, found, known)
    else:
        reasons["not parallel: rows are missing"] = len(found)
        kept = capped(found, len(known), seed)
    if not kept:
        raise TaskError(f"{path}: no item is left of {len(rows)} rows: {dict(reasons)}")
    write_items(out, task.kind, kept)
    return {"read": len(rows), "reasons": dict(+reasons), "written": len(kept)}


def _source(task: Task, path: Path) -> Source:
    """Describe the file as a source of the task: with our columns, or with those of one of its repositories."""
    try:
        names = pq.read_schema(path).names
    except (pa.ArrowInvalid, OSError) as error:
        raise TaskError(f"{path}: not a parquet file ({error}). {_BROKEN}") from None
    kind = KINDS[task.kind]
    ours = {name: name for name in (*kind.columns, *kind.more_columns)}
    layouts = [
        {name: theirs for name, theirs in columns.items() if name in kind.columns or _top_columns([theirs])[0] in names}
        for columns in (ours, *(source.columns for source in task.sources if source.format == "parquet"))
    ]
    for columns in layouts:
        if set(_top_columns(columns.values())) <= set(names):
            return replace(
                task.sources[0],
                id=str(path),
                columns=columns,
                language_column=None,
                language_prefix=None,
                unlabelled=sum((source.unlabelled for source in task.sources), ()),
                placeholders=sum((source.placeholders for source in task.sources), ()),
            )
    wanted = " or ".join(dict.fromkeys(", ".join(_top_columns(columns.values())) for columns in layouts))
    hint = next((text for name in names if (text := suggestion(name, kind.columns)) and name not in kind.columns), "")
    raise TaskError(f"{path}: has the columns {', '.join(names)}{hint}; {task.name} needs {wanted}")


def _top_columns(columns: Iterable[str | tuple[str, ...]]) -> list[str]:
    """Return the columns of a file that `Source.columns` names; a dot leads to a field of a column."""
    named = [theirs if isinstance(theirs, tuple) else (theirs,) for theirs in columns]
    return list(dict.fromkeys(name.split(".")[0] for names in named for name in names))


def _original_rows(task: Task, fetched: Path) -> list[Row]:
    sources = [source for source in task.sources if "train" in source.splits]
    return [row for source in sources for row in read_rows(task, source, SOURCE_LANGUAGE, "train", fetched)]


def _check_names(path: Path, rows: Sequence[Row], original: Sequence[Row]) -> None:
    """Raise TaskError for ids that the original does not have."""
    known = {str(row["id"]) for row in original}
    if unknown := [str(row["id"]) for row in rows if str(row["id"]) not in known]:
        shown = ", ".join(unknown[:_SHOWN])
        raise TaskError(f"{path}: {len(unknown)} ids are not in the original ({shown}); a translation keeps its id")


def _check_tags(task: Task, path: Path, rows: Sequence[Row], original: Sequence[Row]) -> None:
    """Raise TaskError for tags that the original does not have, where the task file lists none."""
    if not KINDS[task.kind].is_tokenized or task.labels:
        return
    known = {tag for row in original for tag in row["tags"] or ()}
    if other := sorted({str(tag) for row in rows for tag in row["tags"] or () if tag not in known}):
        raise TaskError(f"{path}: the tags {', '.join(other[:_SHOWN])} are not in the original")


def _same_items(task: Task, path: Path, found: list[Item], known: list[Item]) -> list[Item]:
    """Return the items that are among the known ones. Raises TaskError where the label or right choice is another."""
    field = "answer" if KINDS[task.kind].head == "choices" else KINDS[task.kind].label_field
    originals = {item["id"]: item for item in known}
    kept = [item for item in found if item["id"] in originals]
    if field not in ("label", "answer"):  # translations have other tokens, and other places of answers
        return kept
    if other := [item for item in kept if item[field] != originals[item["id"]][field]]:
        first = other[0]
        raise TaskError(
            f"{path}: {len(other)} of {len(kept)} items have another {field} than the original ({first['id']}: found "
            f"{first[field]}, original {originals[first['id']][field]}); is it the same file in the same order?"
        )
    return kept
