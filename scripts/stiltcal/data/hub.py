"""Read the fetched files of a task as rows, with our names for the columns of the Hub."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..support.files import sha256
from ..support.messages import suggestion
from ..support.text_files import read_text
from ..tasks.spec import Source, Task, TaskError
from .columns import check_form, check_label_order, form, inner, label_names, plain, values
from .lock import RECORD, again, read_record
from .needs import entry_name
from .repositories import out_of_it

Row = dict  # our column -> value; `row` is its origin, e.g. xtreme-test-17


def read_rows(task: Task, source: Source, language: str, split: str, fetched: Path) -> list[Row]:
    """Return the rows of a language in `train`, `dev` or `test`, in file order.

    The source's own splits are `source.splits[split]`. Raises TaskError for a missing split, a broken or changed file,
    a missing column, and labels in another order.
    """
    record = read_record(fetched)
    rows = []
    for hub_split in source.splits[split]:
        name = entry_name(source.id, source.config_name(language), hub_split)
        if name not in record:
            raise TaskError(f"{fetched}: {name} was not fetched; it holds {', '.join(record)}; {again(fetched)}")
        if not isinstance(files := record[name].get("files"), dict):
            raise TaskError(f"{fetched / RECORD}: {name} names no files; {again(fetched)}")
        remedy = f"Its source is damaged: name another one as data.source.{task.name}, or another revision"
        paths = [_checked(fetched, f"{source.id}/{path}", file["sha256"]) for path, file in files.items()]
        read = _two_column_rows if source.format == "two_column" else parquet_rows
        found = [row for path in paths for row in read(path, task, source, language, remedy)]
        if not found:
            remedy = out_of_it(task, source)
            raise TaskError(f"{name}: holds no row in {language} ({source.code(language)}). {remedy}")
        origin = _origin(task, source, hub_split, language)
        rows += [{**row, "row": f"{origin}-{number}"} for number, row in enumerate(found)]
    return rows


def _origin(task: Task, source: Source, hub_split: str, language: str) -> str:
    """Return the prefix of the names of rows, which differs from that of other sources, splits and languages."""
    alike = [other for other in task.sources if other.id.split("/")[-1] == source.id.split("/")[-1]]
    name = source.id.split("/")[-1] if alike == [source] else f"{source.id.replace('/', '-')}-{source.config}"
    # Only parallel items may have one name in several languages: who resamples goes by names.
    shared = task.parallel or len(source.languages) == 1
    return f"{name}-{hub_split}" if shared else f"{name}-{hub_split}-{language}"


def _checked(folder: Path, name: str, checksum: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise TaskError(f"{path}: is missing; {again(folder)}")
    if sha256(path) != checksum:
        raise TaskError(f"{path}: is not the file that was fetched (its SHA-256 has changed); {again(folder)}")
    return path


def parquet_rows(path: Path, task: Task, source: Source, language: str, remedy: str) -> list[Row]:
    """Return the rows of one file that are in a language. remedy: what helps where the file is broken.

    Raises TaskError as `read_rows` does.
    """
    try:
        table = _plain_table(path, source)
    except (pa.ArrowInvalid, OSError) as error:
        raise TaskError(f"{path}: not a whole parquet file of UTF-8 text ({error}). {remedy}") from None
    features = _features(table)
    check_label_order(str(path), features, task, source)
    table = _of_language(table, features, path, source, language)
    columns = {ours: _values(table, path, theirs, form(ours, task.kind)) for ours, theirs in source.columns.items()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _plain_table(path: Path, source: Source) -> pa.Table:
    """Read a file; the columns that are used get Arrow's plain types."""
    named = [theirs if isinstance(theirs, tuple) else (theirs,) for theirs in source.columns.values()]
    read = {*sum(named, ()), *filter(None, (source.language_column, source.language_prefix))}
    read |= {name.split(".")[0] for name in read}
    table = pq.read_table(path)
    for number, name in enumerate(table.column_names):
        if name in read:
            try:
                table = table.set_column(number, name, plain(table[name]))
            except pa.ArrowInvalid as error:
                raise pa.ArrowInvalid(f"column {name!r}: {error}") from None
    return table


def _features(table: pa.Table) -> Mapping:
    """Return the features that `datasets` wrote into a file; none if another library wrote it."""
    if b"huggingface" not in (table.schema.metadata or {}):
        return {}
    from datasets import Features  # it takes over a second to load

    return Features.from_arrow_schema(table.schema)


def _of_language(table: pa.Table, features: Mapping, path: Path, source: Source, language: str) -> pa.Table:
    code, name = source.code(language), source.language_column or source.language_prefix
    if not name:
        return table
    column = _column(table, path, name)
    if pa.types.is_integer(column.type):  # numbers of names, or codes that are numbers
        names = label_names(features, name)
        column = pc.take(pa.array(names), column) if names else column.cast(pa.string())
    check_form(f"{path}: column {name!r}", column.type, "text")
    return table.filter(pc.equal(column, code) if source.language_column else pc.starts_with(column, f"{code}-"))


def _values(table: pa.Table, path: Path, theirs: str | tuple[str, ...], wanted: str | list) -> list:
    if isinstance(theirs, str):
        return values(f"{path}: column {theirs!r}", _column(table, path, theirs), wanted)
    element = wanted[0] if isinstance(wanted, list) else wanted
    return [list(each) for each in zip(*(_values(table, path, name, element) for name in theirs), strict=True)]


def _column(table: pa.Table, path: Path, name: str) -> pa.ChunkedArray:
    """Return the column of this name or, for a name with dots, a field of a column."""
    top, *fields = [name] if name in table.column_names else name.split(".")
    if top not in table.column_names:
        hint = suggestion(top, table.column_names)
        raise TaskError(f"{path}: has no column {top!r}{hint}; it has {', '.join(table.column_names)}")
    column = table[top]
    for field in fields:
        column = inner(f"{path}: column {top!r}", column, field)
    return column


def _two_column_rows(path: Path, task: Task, source: Source, language: str, remedy: str) -> Iterator[Mapping]:
    """Yield the sentences of a file with a token, a tab and a tag on each line, and empty lines between sentences."""
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
