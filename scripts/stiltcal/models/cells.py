"""Write cells of predictions with their provenance digests, and read those that are up to date.

A file holds the cells of a target (the predictions file), or of one language of it (a file that a job keeps until all
its targets are done). Each language is a row group of its own, so that it can be read alone.
"""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..support.checked_files import damaged_file, write_checksums
from ..support.files import DiskFullError, disk_full
from .fit_scalings import ItemFile

#: Key of the file's metadata: the provenance digest of each cell (`support.reuse.digest`), in the order of the cells.
_MADE_FROM = b"made_from"
#: Key of the file's metadata: the counts of truncation and unknown tokens of each cell (`Features.counts`).
_ENCODING = b"encoding"


class Place(NamedTuple):
    """Say where a cell is: in a file, in the row group of its language."""

    path: Path
    group: int


def read_cells(places: Mapping[ItemFile, Place]) -> dict[ItemFile, pa.Table]:
    """Read the rows of cells, with the counts of their encoding. Each row group is read once."""
    together: dict[Place, list[ItemFile]] = defaultdict(list)
    for source, place in places.items():
        together[place].append(source)
    tables = {}
    for (path, group), sources in together.items():
        with pq.ParquetFile(path) as file:
            rows, counts = file.read_row_group(group), _read(file, _ENCODING)
        for source in sources:
            cell = rows.filter(pc.equal(rows["perturbation"], source.perturbation))
            tables[source] = with_counts(cell, counts[cell_name(source)])
    return tables


def cell_name(source: ItemFile) -> str:
    """Return the name of a cell in metadata and in temperature.json."""
    return f"{source.perturbation}/{source.language}"


def with_counts(table: pa.Table, counts: Mapping[str, int]) -> pa.Table:
    """Return the table of one cell with the counts of its encoding."""
    return table.replace_schema_metadata({_ENCODING: json.dumps(counts)})


def counts_of(table: pa.Table) -> dict[str, int]:
    """Return the counts that `with_counts` stored."""
    return json.loads(table.schema.metadata[_ENCODING])


def current_cells(path: str | Path, made_from: Mapping[ItemFile, str]) -> dict[ItemFile, Place]:
    """Find the cells of an earlier file whose provenance digest has not changed; none if there is no file.

    None either in a file whose row groups are not its languages, as files once had.
    """
    if not Path(path).exists():
        return {}
    with pq.ParquetFile(path) as file:
        known = _read(file, _MADE_FROM)
        languages = list(dict.fromkeys(name.rpartition("/")[2] for name in known))
        if file.num_row_groups != len(languages):
            return {}
    current = [source for source, digest in made_from.items() if known.get(cell_name(source)) == digest]
    return {source: Place(Path(path), languages.index(source.language)) for source in current}


def _read(file: pq.ParquetFile, key: bytes) -> dict:
    """Read a part of the metadata: a mapping from the names of cells."""
    return json.loads((file.schema_arrow.metadata or {}).get(key, b"{}"))


def _write(
    path: str | Path, languages: Iterable[Iterable[pa.Table]], schema: pa.Schema, metadata: Mapping[bytes, object]
) -> None:
    """Write the tables of each language as one file that is replaced as a whole, with all columns of the schema.

    Cells without items lack the columns of shifted scalings. Raises DiskFullError if the disk is full.
    """
    partial, schema = Path(f"{path}.partial"), schema.remove_metadata()
    partial.parent.mkdir(parents=True, exist_ok=True)
    described = schema.with_metadata({key: json.dumps(value) for key, value in metadata.items()})
    try:
        with pq.ParquetWriter(partial, described, compression="zstd") as writer:
            for tables in languages:
                rows = pa.concat_tables([schema.empty_table(), *tables], promote_options="default")
                writer.write_table(rows, row_group_size=max(1, rows.num_rows))
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        if not disk_full(error):
            raise
        raise DiskFullError(f"{path}: the disk is full; finished languages are kept. Free space, run again") from error


class FinishedLanguages:
    """Keep the cells of finished languages in a hidden folder beside the predictions, until their job is over.

    The folder is no output of a rule, so that Snakemake leaves it when the job fails.
    """

    def __init__(self, output: str | Path):
        """output: the predictions file of a target."""
        self.output = Path(output)
        self.folder = self.output.with_name(f".{self.output.stem}.languages")

    def current(self, made_from: Mapping[ItemFile, str]) -> dict[ItemFile, Place]:
        """Find the kept cells whose provenance digest is the same. A file that cannot be read is ignored."""
        found: dict[ItemFile, Place] = {}
        for path in sorted(self.folder.glob("*.parquet")):
            try:
                if not self._checksum(path).exists() or damaged_file(self._checksum(path)):
                    raise ValueError("no checksum, or another one")
                found |= current_cells(path, made_from)
            except (pa.ArrowException, OSError, ValueError) as error:
                print(f"{path}: ignored; the file is incomplete or damaged ({error})")
        return found

    def keep(self, language: str, tables: Mapping[ItemFile, pa.Table], made_from: Mapping[ItemFile, str]) -> None:
        """Keep the cells of one language, in their order."""
        path = self._path(language)
        metadata = {
            _MADE_FROM: {cell_name(source): made_from[source] for source in tables},
            _ENCODING: {cell_name(source): counts_of(table) for source, table in tables.items()},
        }
        _write(path, [tables.values()], pa.unify_schemas([each.schema for each in tables.values()]), metadata)
        write_checksums(self._checksum(path), [path])

    def join(self, languages: Iterable[str], more: Mapping[bytes, object]) -> None:
        """Write the cells of kept languages, one after the other, to the predictions file. more: other metadata."""
        with ExitStack() as opened:
            files = [opened.enter_context(pq.ParquetFile(self._path(language))) for language in languages]
            described = {
                key: {name: value for file in files for name, value in _read(file, key).items()}
                for key in (_MADE_FROM, _ENCODING)
            }
            tables = ([file.read()] for file in files)
            _write(self.output, tables, pa.unify_schemas([file.schema_arrow for file in files]), {**described, **more})

    def _path(self, language: str) -> Path:
        return self.folder / f"{language}.parquet"

    @staticmethod
    def _checksum(path: Path) -> Path:
        return path.with_suffix(".sha256")

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
