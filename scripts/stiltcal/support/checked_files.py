"""Find files that changed after the job that wrote them: damaged, cut off, or edited by hand.

A job that ends well records the SHA-256 of its outputs. A later job compares its inputs with these records before it
reads them. Files without a record, such as a user's own or those of a copied folder of results, are taken as they are.

The records lie in .snakemake/checksums of the working folder, one for each output, under the output's path. They have
the form of `sha256sum`, which can check all files of a study at once (docs/resume.md).
"""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from .files import replace_text, sha256

RECORDS = Path(".snakemake") / "checksums"
#: As `sha256sum` writes it; one that is cut off is none.
_RECORD = re.compile(r"([0-9a-f]{64}  [^\n]+\n)*")
#: The file in a folder whose date Snakemake takes for the folder's. It is no part of the output.
TIMESTAMP = ".snakemake_timestamp"
#: Seconds that an input may be dated after this machine's clock. Snakemake refuses an output that is older than an
#: input, but only after the job has ended, and deletes it: with this limit no more than a short job is lost.
_TOLERATED = 600


class CheckedFileError(ValueError):
    """An input that must not be read. The message names it and says what to do."""


def check_inputs(inputs: Iterable[str | Path]) -> None:
    """Raise CheckedFileError for an input file or folder that is damaged, or dated more than ten minutes from now."""
    for path in map(Path, inputs):
        _check_date(path)
        if damaged := damaged_file(_record_of(path)):
            raise CheckedFileError(
                f"{damaged}: not as the job wrote it that made it; damaged, or edited by hand. Delete {path} and run "
                f"again: it is made anew. (To keep the edit, delete {_record_of(path)})"
            )


def remove_damaged(outputs: Iterable[str | Path]) -> None:
    """Remove files that an earlier run of the job wrote and that are damaged: the job keeps what is up to date.

    Folders are left: a job replaces them as a whole.
    """
    for path in map(Path, outputs):
        if path.is_file() and damaged_file(_record_of(path)):
            print(f"{path}: not as it was written; it is made again")
            path.unlink()


def record_outputs(outputs: Iterable[str | Path]) -> None:
    """Record the checksums of the outputs of a job: of files, and of the files in folders."""
    for path in map(Path, outputs):
        write_checksums(_record_of(path), _files(path))


def write_checksums(record: Path, files: Iterable[Path]) -> None:
    """Write the checksums of files, as `sha256sum` does."""
    replace_text(record, "".join(f"{sha256(file)}  {file}\n" for file in files))


def damaged_file(record: Path) -> str | None:
    """Return the first file of a record that is missing or has another checksum.

    None if there is none, or if the record is missing, empty or no record.
    """
    try:
        text = record.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    if not _RECORD.fullmatch(text):
        return None
    for line in text.splitlines():
        checksum, _, file = line.partition("  ")
        if not Path(file).is_file() or sha256(file) != checksum:
            return file
    return None


def _record_of(path: Path) -> Path:
    """Return the record of an output. Paths outside the working folder are recorded under their full name."""
    name = os.path.relpath(path)
    if name.startswith(os.pardir):
        name = os.path.abspath(path).lstrip(os.sep)
    return RECORDS / f"{name}.sha256"


def _files(path: Path) -> Iterator[Path]:
    """Yield an output, or the files in it if it is a folder."""
    if not path.is_dir():
        yield path
    yield from sorted(each for each in path.rglob("*") if each.is_file() and each.name != TIMESTAMP)


def _check_date(path: Path) -> None:
    for dated in (path / TIMESTAMP, path):
        with suppress(FileNotFoundError, NotADirectoryError):
            date, now = dated.stat().st_mtime, time.time()
            if date > now + _TOLERATED:
                raise CheckedFileError(
                    f"{path}: dated {_shown(date)}, but it is {_shown(now)} by the clock of this machine; Snakemake "
                    f"would refuse what is made from it. If the clock is right, date the file: touch {dated}"
                )
            return


def _shown(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "minutes")
