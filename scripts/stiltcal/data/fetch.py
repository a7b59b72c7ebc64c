"""Fetch the files of a task once, from the Hub or from a mirror with its layout; afterwards nothing needs a network.

`datasets` resolves configurations and splits to parquet files (no loading scripts). The files are copied as they are.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ..support.files import disk_full, whole_folder, without_pattern
from ..support.text_files import TextError, read_text
from ..tasks.spec import HUB, SOURCE_LANGUAGE, SPLITS, Source, Task, TaskError
from .columns import check_label_order
from .lock import locked_commit, read_lock, sha256, verify, write_record

_COMMIT = "commit"
_CONVERTED = (
    "Where a repository holds a loading script or other files and has one configuration, set its `revision: "
    "refs/convert/parquet` (and `config: default`)"
)
_HUB_REMEDY = (
    f"Is there a network? Is the id right (tasks/*.yaml)? {_CONVERTED}. Without a network, take a local mirror as the "
    "source"
)
_MIRROR_REMEDY = (
    "A mirror has the Hub's layout: <mirror>/<org>/<name>/ with a README.md card that lists the configurations there "
    "are, and none whose files are not there"
)


class Need(NamedTuple):
    """One split of one configuration of a source."""

    source: Source
    config: str
    split: str


def needs(task: Task, tasks: dict[str, Task], languages: Iterable[str]) -> list[Need]:
    """List the splits that a study evaluating a task in `languages` reads, each once, in the order of the task file."""
    found = []
    for split in SPLITS:
        origin = task.held_out_from if split == "dev" and task.held_out_from else split
        for language in task.split_languages(split, languages):
            found += [need for source in task.sources for need in _source_needs(source, origin, language)]
    english = [tasks[source.disjoint_from] for source in task.sources if source.disjoint_from]
    if task.kind == "qa" and task.parallel:  # which names paragraphs and articles in all languages
        english.append(task)
    found += [need for each in english for s in each.sources for need in _source_needs(s, "test", SOURCE_LANGUAGE)]
    return list({entry_name(need.source.id, need.config, need.split): need for need in found}.values())


def _source_needs(source: Source, split: str, language: str) -> list[Need]:
    if language not in source.languages:
        return []
    return [Need(source, source.config_name(language), hub_split) for hub_split in source.splits.get(split, ())]


def entry_name(source_id: str, config: str, split: str) -> str:
    """Return the name of a split in records and locks."""
    return f"{source_id}:{config}:{split}"


def fetch_task(
    task: Task,
    tasks: dict[str, Task],
    languages: Iterable[str],
    origin: str,
    out: Path,
    lock: Path,
    asked: dict | None = None,
) -> None:
    """Copy the files a task needs to `out`, with a record beside them, and check or extend the study's lock.

    `origin` is `hub` or the folder of a mirror (for two-column sources: the folder that holds the user's copy).
    `asked`, what the study says of it (`Settings.asked`), is kept beside the files.
    Raises TaskError for what is missing, broken, or not as locked, DiskFullError where the disk is full; then `out`
    stays as it was.
    """
    locked = read_lock(lock)
    with whole_folder(out) as folder:
        record = {}
        for need in needs(task, tasks, languages):
            name = entry_name(need.source.id, need.config, need.split)
            if need.source.format == "two_column":
                record[name] = _copy_two_column(task, need, origin, folder)
            else:
                commit = _commit(name, need.source, locked | record) if origin == HUB else None
                record[name] = _copy_parquet(task, need, origin, commit, folder)
        write_record(folder, record, asked)
        verify(lock, record)


def _commit(name: str, source: Source, locked: Mapping[str, dict]) -> str:
    """The commit of a source on the Hub: that of `locked` (the lock, and what this job has fetched), or what its
    revision is now; so that all splits of one revision are of one commit."""
    return locked_commit(locked, name, source.hub_id, source.revision) or _resolve_commit(source)


def _copy_parquet(task: Task, need: Need, origin: str, commit: str | None, folder: Path) -> dict:
    source, files = need.source, {}
    for path, local in _locate(task, need, origin, commit):
        if not path.endswith(".parquet"):
            raise TaskError(f"{source.hub_id}: {path} is no parquet file. {_CONVERTED}")
        target = folder / need.source.id / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(local, target)
        files[path] = {"rows": _rows(target, local), "sha256": sha256(target)}
    rows = sum(file["rows"] for file in files.values())
    asked = {"id": source.hub_id, "revision": source.revision} if commit else {"id": source.id}
    return {_COMMIT: commit, "rows": rows, "files": files} | asked


def _locate(task: Task, need: Need, origin: str, commit: str | None) -> list[tuple[str, Path]]:
    """(path in the repository, local file) of every parquet file of a split; from the Hub, downloaded to its cache."""
    # datasets and huggingface_hub take over a second to load: only who fetches pays for it.
    from datasets import load_dataset_builder
    from huggingface_hub import hf_hub_download

    where = _repository(task, need.source, origin)
    remedy = _card_remedy(where) if origin != HUB and not _lists_files(where) else out_of_it(task, need.source)
    with explained(where, _HUB_REMEDY if origin == HUB else _MIRROR_REMEDY), without_pattern(where) as folder:
        _check_there(where, "configuration", need.config, _configurations(folder, commit), remedy)
        builder = load_dataset_builder(folder, need.config, revision=commit)
        if need.source in task.sources:
            check_label_order(f"{where}/README.md", builder.info.features or {}, task, need.source)
        files = builder.config.data_files
        _check_there(where, f"split of configuration {need.config!r} called", need.split, files, remedy)
        if origin != HUB:
            paths = [Path(file).relative_to(folder) for file in files[need.split]]
            return [(path.as_posix(), Path(where) / path) for path in paths]
        paths = [file.split(f"@{commit}/", 1)[1] for file in files[need.split]]
        return [(p, Path(hf_hub_download(where, p, repo_type="dataset", revision=commit))) for p in paths]


def _lists_files(where: str) -> bool:
    """Tell whether the folder of a repository has a card that lists the files of each configuration."""
    from huggingface_hub import DatasetCard

    path = Path(where) / "README.md"
    return path.is_file() and bool(DatasetCard.load(path, ignore_metadata_errors=True).data.get("configs"))


def _card_remedy(where: str) -> str:
    return (
        "Without a card that lists `configs`, it is only guessed which files belong together: write "
        f'{where}/README.md as docs/tasks.md shows under "The card of a mirror"'
    )


def _repository(task: Task, source: Source, origin: str) -> str:
    """Return the argument for `datasets`: the id of a repository on the Hub, or its folder in a mirror.

    Links in the folder's own path are followed, as `datasets` does at times; those that files in it may be are not.
    """
    if origin == HUB:
        return source.hub_id
    if not Path(origin).is_dir():
        raise TaskError(
            f"{origin}: there is no such folder; data.source names it in the configuration, or data.folders for "
            f"{task.name}. {_MIRROR_REMEDY}"
        )
    return str((Path(origin) / source.id).resolve())


@cache
def _configurations(where: str, commit: str | None) -> list[str]:
    from datasets import get_dataset_config_names

    return get_dataset_config_names(where, revision=commit)


def _resolve_commit(source: Source) -> str:
    from huggingface_hub import HfApi

    with explained(f"{source.hub_id}@{source.revision}", _HUB_REMEDY):
        return HfApi().dataset_info(source.hub_id, revision=source.revision).sha


def _check_there(where: str, what: str, name: str, there: Iterable[str], remedy: str) -> None:
    if name not in there:
        alike = [other for other in map(str, there) if other.split(".")[0] == name.split(".")[0]] or list(there)
        raise TaskError(f"{where}: has no {what} {name!r} (it has {', '.join(alike)}). {remedy}")


def out_of_it(task: Task, source: Source) -> str:
    """The remedy where a source lacks what a task needs: to leave out the language, or the task, where the source has a
    single language or is read for another task."""
    is_one_of_several = source in task.sources and len(source.languages) > 1
    less = f"Take the language out of those of {task.name} in" if is_one_of_several else f"Leave {task.name} out of"
    return f"{less} the configuration, or use a source that has it"


@contextmanager
def explained(what: str, remedy: str) -> Iterator[None]:
    """Turn whatever the Hub's client raises (errors of several libraries) into a TaskError with a remedy."""
    try:
        yield
    except TaskError:
        raise
    except Exception as error:
        if disk_full(error):
            raise
        raise TaskError(f"{what}: {str(error)[:500]}\n{remedy}") from error


def _copy_two_column(task: Task, need: Need, origin: str, folder: Path) -> dict:
    path = f"{need.split}.tsv"
    local = Path(origin) / need.source.id / path
    if origin == HUB or not local.is_file():
        where = "the Hub" if origin == HUB else local
        raise TaskError(
            f"{task.name}: not found at {where}. Its licence ({need.source.licence}) does not allow passing it on: get "
            f"your own copy, write it as <folder>/{need.source.id}/{path} (token TAB tag a line, an empty line between "
            f"sentences) and name <folder> in the configuration; or take {task.name} out of it"
        )
    target = folder / need.source.id / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(local, target)
    try:
        rows = len(re.split(r"\n\s*\n", read_text(target, str(local)).strip()))
    except TextError as error:
        raise TaskError(str(error)) from None
    files = {path: {"rows": rows, "sha256": sha256(target)}}
    return {"id": need.source.id, _COMMIT: None, "rows": rows, "files": files}


def again(task: Task) -> str:
    """The remedy where what was fetched is no longer there, or as it was."""
    return f"fetch it again with `--forcerun fetch_dataset_{task.name}`"


def _rows(path: Path, original: Path) -> int:
    """All is read once: what was damaged on its way may have a footer that is whole."""
    try:
        with pq.ParquetFile(path) as file:
            return sum(batch.num_rows for batch in file.iter_batches())
    except (pa.ArrowInvalid, OSError) as error:
        if disk_full(error):
            raise
        why = str(error).strip()
        raise TaskError(f"{original}: not a whole parquet file ({why}); fetch or copy it again") from None
