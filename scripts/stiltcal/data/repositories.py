"""Find the parquet files of a split in a repository: on the Hub, or in a mirror with its layout.

`datasets` resolves configurations and splits to files; no loading script runs.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from ..support.files import disk_full, without_pattern
from ..tasks.spec import HUB, Source, Task, TaskError
from .columns import check_label_order
from .lock import known_commit
from .needs import Need

#: The remedy for a repository without parquet files of its own.
CONVERTED = (
    "Where a repository holds a loading script or other files and has one configuration, set its `revision: "
    "refs/convert/parquet` (and `config: default`)"
)
_HUB_REMEDY = (
    f"Is there a network? Is the id right (tasks/*.yaml)? {CONVERTED}. Without a network, take a local mirror as the "
    "source"
)
_MIRROR_REMEDY = (
    "A mirror has the Hub's layout: <mirror>/<org>/<name>/ with a README.md card that lists the configurations there "
    "are, and none whose files are not there"
)


def locate(task: Task, need: Need, origin: str, commit: str | None) -> list[tuple[str, Path]]:
    """List the parquet files of a split: (path in the repository, local file). Files of the Hub are downloaded to its
    cache. Raises TaskError if the repository, configuration or split is missing."""
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
            remedy = f"{remedy}, or name its split in `splits` of tasks/{task.name}.yaml"
        files = builder.config.data_files
        _check_there(where, f"split of configuration {need.config!r} called", need.split, files, remedy)
        if origin != HUB:
            paths = [Path(file).relative_to(folder) for file in files[need.split]]
            return [(path.as_posix(), Path(where) / path) for path in paths]
        names = [file.split(f"@{commit}/", 1)[1] for file in files[need.split]]
        return [(name, Path(hf_hub_download(where, name, repo_type="dataset", revision=commit))) for name in names]


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

    Links in the path of the folder are resolved, as `datasets` does at times. Links inside the folder are not.
    """
    if origin == HUB:
        return source.hub_id
    if not Path(origin).is_dir():
        raise TaskError(
            f"{origin}: there is no such folder; the configuration names it as data.source.{task.name}, or for all "
            f"tasks as data.source.default. {_MIRROR_REMEDY}"
        )
    return str((Path(origin) / source.id).resolve())


@cache
def _configurations(where: str, commit: str | None) -> list[str]:
    from datasets import get_dataset_config_names

    return get_dataset_config_names(where, revision=commit)


def resolve_commit(source: Source) -> str:
    """Ask the Hub for the commit that the revision of a source is now. Raises TaskError where the Hub does not tell."""
    from huggingface_hub import HfApi

    with explained(f"{source.hub_id}@{source.revision}", _HUB_REMEDY):
        return known_commit(HfApi().dataset_info(source.hub_id, revision=source.revision).sha)


def _check_there(where: str, what: str, name: str, there: Iterable[str], remedy: str) -> None:
    if name not in there:
        alike = [other for other in map(str, there) if other.split(".")[0] == name.split(".")[0]] or list(there)
        raise TaskError(f"{where}: has no {what} {name!r} (it has {', '.join(alike)}). {remedy}")


def out_of_it(task: Task, source: Source) -> str:
    """Return the remedy for a source that lacks what a task needs: leave out the language.

    If the source has a single language, or is read beside the task's own sources, the task must be left out.
    """
    is_one_of_several = source in task.sources and len(source.languages) > 1
    less = f"Take the language out of those of {task.name} in" if is_one_of_several else f"Leave {task.name} out of"
    return f"{less} the configuration, or use a source that has it"


@contextmanager
def explained(what: str, remedy: str) -> Iterator[None]:
    """Turn the errors of the Hub's client, which come from several libraries, into a TaskError with a remedy."""
    try:
        yield
    except TaskError:
        raise
    except Exception as error:
        if disk_full(error):
            raise
        raise TaskError(f"{what}: {str(error)[:500]}\n{remedy}") from error
