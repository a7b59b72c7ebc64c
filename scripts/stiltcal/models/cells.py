"""Write cells of predictions with their provenance digests, and read those that are up to date.

A file holds the cells of a target (the predictions file), or of one language of it (a file that a job keeps until all
its targets are done).
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..formats.items import write_table
from ..support.checked_files import damaged_file, write_checksums
from ..support.files import disk_full
from .fit_scalings import ItemFile

#: Key of the file's metadata: the provenance digest of each cell (`support.reuse.digest`).
_MADE_FROM = b"made_from"
#: Key of the file's metadata: the counts of truncation and unknown tokens of each cell (`Features.counts`).
_ENCODING = b"encoding"


def cell_name(source: ItemFile) -> str:
    """Return the name of a cell in metadata and in temperature.json."""
    return f"{source.perturbation}/{source.language}"


def with_counts(table: pa.Table, counts: Mapping[str, int]) -> pa.Table:
    """Return the table of one cell with the counts of its encoding."""
    return table.replace_schema_metadata({_ENCODING: json.dumps(counts)})


def counts_of(table: pa.Table) -> dict[str, int]:
    """Return the counts that `with_counts` stored."""
    return json.loads(table.schema.metadata[_ENCODING])


def write_cells(
    path: str | Path,
    tables: Mapping[ItemFile, pa.Table],
    made_from: Mapping[ItemFile, str],
    more: Mapping[bytes, object] | None = None,
) -> None:
    """Write the tables of cells, in their order, as one file that is replaced as a whole. more: other metadata."""
    metadata = {
        _MADE_FROM: {cell_name(source): made_from[source] for source in tables},
        _ENCODING: {cell_name(source): counts_of(table) for source, table in tables.items()},
        **(more or {}),
    }
    partial = Path(f"{path}.partial")
    # Cells without items lack the columns of shifted scalings.
    table = pa.concat_tables(tables.values(), promote_options="default")
    write_table(partial, table.replace_schema_metadata({key: json.dumps(value) for key, value in metadata.items()}))
    partial.replace(path)


def current_cells(path: str | Path, made_from: Mapping[ItemFile, str]) -> dict[ItemFile, pa.Table]:
    """Return the cells of an earlier file whose provenance digest has not changed; none if there is no file."""
    if not Path(path).exists():
        return {}
    table = pq.read_table(path)
    known, encoded = (json.loads((table.schema.metadata or {}).get(key, b"{}")) for key in (_MADE_FROM, _ENCODING))
    current = {}
    for source in (source for source, digest in made_from.items() if known.get(cell_name(source)) == digest):
        which = pc.and_(
            pc.equal(table["language"], source.language), pc.equal(table["perturbation"], source.perturbation)
        )
        current[source] = with_counts(table.filter(which), encoded[cell_name(source)])
    return current


class FinishedLanguages:
    """Keep the cells of finished languages in a hidden folder beside the predictions, until their job is over.

    The folder is no output of a rule, so that Snakemake leaves it when the job fails.
    """

    def __init__(self, output: str | Path):
        """output: the predictions file of a target."""
        output = Path(output)
        self.folder = output.with_name(f".{output.stem}.languages")

    def current(self, made_from: Mapping[ItemFile, str]) -> dict[ItemFile, pa.Table]:
        """Return the kept cells whose provenance digest is the same. A file that cannot be read is ignored."""
        found: dict[ItemFile, pa.Table] = {}
        for path in sorted(self.folder.glob("*.parquet")):
            try:
                if not self._checksum(path).exists() or damaged_file(self._checksum(path)):
                    raise ValueError("no checksum, or another one")
                found |= current_cells(path, made_from)
            except (pa.ArrowException, OSError, ValueError) as error:
                print(f"{path}: ignored; the file is incomplete or damaged ({error})")
        return found

    def keep(self, tables: Sequence[tuple[ItemFile, pa.Table]], made_from: Mapping[ItemFile, str]) -> None:
        """Keep the cells of one language. Where the disk is full, they are not kept, with a line."""
        path = self.folder / f"{tables[0][0].language}.parquet"
        try:
            self._checksum(path).unlink(missing_ok=True)
            write_cells(path, dict(tables), made_from)
            write_checksums(self._checksum(path), [path])
        except OSError as error:
            Path(f"{path}.partial").unlink(missing_ok=True)
            if not disk_full(error):
                raise
            print(f"warning: {path}: not kept, the disk is full; the prediction goes on")

    @staticmethod
    def _checksum(path: Path) -> Path:
        return path.with_suffix(".sha256")

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
