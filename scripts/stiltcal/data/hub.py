"""Read the fetched files of a task as rows with our column names, whatever the Hub calls its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..support.messages import suggestion
from ..support.text_files import read_text
from ..tasks.spec import Source, Task, TaskError
from .columns import check_form, check_label_order, form
from .fetch import again, entry_name, out_of_it
from .lock import read_record, sha256

Row = dict  # our column -> value; `row` is its origin, e.g. xtreme-test-17


def read_rows(task: Task, source: Source, language: str, split: str, fetched: Path) -> list[Row]:
    """The rows of a language in one of our splits (of the source's, `source.splits[split]`), in file order.

    Raises TaskError for a missing split, a broken or changed file, a missing column, or labels in another order.
    """
    record = read_record(fetched)
    rows = []
    for hub_split in source.splits[split]:
        name = entry_name(source.id, source.config_name(language), hub_split)
        if name not in record:
            raise TaskError(f"{fetched}: {name} was not fetched; it holds {', '.join(record)}; {again(task)}")
        files = record[name]["files"].items()
        paths = [_checked(fetched / source.id / path, file["sha256"], task) for path, file in files]
        read = _two_column_rows if source.format == "two_column" else _parquet_rows
        found = [row for path in paths for row in read(path, task, source, language)]
        if not found:
            remedy = out_of_it(task, source)
            raise TaskError(f"{name}: holds no row in {language} ({source.code(language)}). {remedy}")
        origin = _origin(task, source, hub_split, language)
        rows += [{**row, "row": f"{origin}-{number}"} for number, row in enumerate(found)]
    return rows


def _origin(task: Task, source: Source, hub_split: str, language: str) -> str:
    """What the names of rows begin with; no other source, split or language of the task has it."""
    alike = [other for other in task.sources if other.id.split("/")[-1] == source.id.split("/")[-1]]
    name = source.id.split("/")[-1] if alike == [source] else f"{source.id.replace('/', '-')}-{source.config}"
    # Only parallel items may have one name in several languages: who resamples goes by names.
    shared = task.parallel or len(source.languages) == 1
    return f"{name}-{hub_split}" if shared else f"{name}-{hub_split}-{language}"


def _checked(path: Path, checksum: str, task: Task) -> Path:
    if not path.is_file():
        raise TaskError(f"{path}: is missing; {again(task)}")
    if sha256(path) != checksum:
        raise TaskError(f"{path}: is not the file that was fetched (its SHA-256 has changed); {again(task)}")
    return path


def _parquet_rows(path: Path, task: Task, source: Source, language: str) -> list[Row]:
    try:
        table = _of_language(pq.read_table(path), path, source, language)
    except (pa.ArrowInvalid, OSError) as error:
        raise TaskError(f"{path}: not a whole parquet file ({error}); {again(task)}") from None
    if task.labels:
        from datasets import Features  # it takes over a second to load

        check_label_order(str(path), Features.from_arrow_schema(table.schema), task, source)
    columns = {ours: _values(table, path, theirs, form(ours, task.kind)) for ours, theirs in source.columns.items()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _of_language(table: pa.Table, path: Path, source: Source, language: str) -> pa.Table:
    if source.language_column:
        return table.filter(pc.equal(_column(table, path, source.language_column), source.code(language)))
    if source.language_prefix:
        start = f"{source.code(language)}-"
        return table.filter(pc.starts_with(_column(table, path, source.language_prefix), start))
    return table


def _values(table: pa.Table, path: Path, theirs: str | tuple[str, ...], wanted: str | list) -> list:
    if isinstance(theirs, str):
        column = _column(table, path, theirs)
        check_form(f"{path}: column {theirs!r}", column.type, wanted)
        return column.to_pylist()
    element = wanted[0] if isinstance(wanted, list) else wanted
    return [list(values) for values in zip(*(_values(table, path, name, element) for name in theirs), strict=True)]


def _column(table: pa.Table, path: Path, name: str) -> pa.ChunkedArray:
    """A column, or with a dot a field of a struct column."""
    top, *fields = name.split(".")
    if top not in table.column_names:
        hint = suggestion(top, table.column_names)
        raise TaskError(f"{path}: has no column {top!r}{hint}; it has {', '.join(table.column_names)}")
    column = table[top]
    for field in fields:
        if not pa.types.is_struct(column.type) or column.type.get_field_index(field) < 0:
            raise TaskError(f"{path}: column {top!r} has no field {field!r}; it is {column.type}")
        column = pc.struct_field(column, field)
    return column


def _two_column_rows(path: Path, task: Task, source: Source, language: str) -> Iterator[Mapping]:
    """Sentences of `token TAB tag` lines, parted by empty lines."""
    tokens, tags = [], []
    lines = read_text(path).split("\n")  # splitlines also ends lines inside some tokens
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            parts = [part.strip() for part in line.split("\t")]
            if len(parts) != 2 or not all(parts):
                raise TaskError(f"{path}, line {number}: found {line!r}; wanted a token, one tab, and its tag")
            tokens.append(parts[0])
            tags.append(parts[1])
        elif tokens:
            yield {"tokens": tokens, "tags": tags}
            tokens, tags = [], []
