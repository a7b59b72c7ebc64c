"""Keep the up-to-date outputs of a job that makes many, so that one new cell does not make all others again.

The rule flags its outputs with `update()`, so that Snakemake does not delete them before the job. A record beside the
outputs holds the provenance digest of each. Before the job makes outputs, it removes them from the record; after it has
made all, it adds them. If it is killed in between, the outputs that may be incomplete are made again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .files import replace_text, sha256
from .json_files import JsonProblem, read_json_mapping

_cached_sha256 = cache(sha256)  # one item file is part of many cells


def digest(settings: Mapping, files: Iterable[str]) -> str:
    """Return the SHA-256 of settings (as JSON) and of the contents of files. Their order counts; their names do not."""
    parts = [json.dumps(settings, sort_keys=True), *map(_cached_sha256, files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def outdated(record: str | Path, wanted: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the outputs that must be made, in their order; the block makes them.

    wanted: the provenance digest of each output (`digest`). The record names outputs relative to its own folder.
    Snakemake dates all outputs of a job to its end, also those that were kept.
    """
    record = Path(record)
    name = {output: Path(output).relative_to(record.parent).as_posix() for output in wanted}
    known = _read(record)
    kept = [output for output in wanted if known.get(name[output]) == wanted[output] and Path(output).exists()]
    _write(record, {name[output]: wanted[output] for output in kept})
    yield [output for output in wanted if output not in kept]
    _write(record, {name[output]: wanted[output] for output in wanted})


def _read(record: Path) -> dict[str, str]:
    """Read a record; of one that is broken nothing is known, so that all outputs are made."""
    try:
        return read_json_mapping(record)
    except FileNotFoundError:
        return {}
    except JsonProblem:
        print(f"{record}: broken; all outputs are made again")
        return {}


def _write(record: Path, entries: Mapping[str, str]) -> None:
    replace_text(record, json.dumps(entries, indent=1, sort_keys=True) + "\n")
