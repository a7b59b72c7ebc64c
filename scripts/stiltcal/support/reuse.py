"""Outputs of a job that serves many cells: what was made from the same is kept, so that a new cell costs itself alone.

The rule flags its outputs with `update()`, so that Snakemake does not remove them before the job. A record beside them
holds a digest of what each was made from. It is written without an output before that is made, and with it after all
are: a job that was killed keeps nothing that is half done.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .files import sha256

_cached_sha256 = cache(sha256)  # one item file is part of many cells


def digest(settings: Mapping, files: Iterable[str]) -> str:
    """SHA-256 of settings (as JSON) and of the contents of files, in their order and whatever their names."""
    parts = [json.dumps(settings, sort_keys=True), *map(_cached_sha256, files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def outdated(record: str | Path, wanted: Mapping[str, str]) -> Iterator[list[str]]:
    """The outputs of a job that are to be made, in their order; the block makes them.

    wanted: for each output what `digest` says of the things it is made from. In the record the outputs have names that
    begin in its folder. Snakemake dates all outputs of a job to its end, those that were kept too.
    """
    record = Path(record)
    name = {output: Path(output).relative_to(record.parent).as_posix() for output in wanted}
    known = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    kept = [output for output in wanted if known.get(name[output]) == wanted[output] and Path(output).exists()]
    _write(record, {name[output]: wanted[output] for output in kept})
    yield [output for output in wanted if output not in kept]
    _write(record, {name[output]: wanted[output] for output in wanted})


def _write(record: Path, entries: Mapping[str, str]) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n", encoding="utf-8")
