"""Read the task files (tasks/*.yaml), and check them against their schema, their kind, and each other."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from ..support.language_codes import code_problem
from ..support.messages import suggestion
from ..support.schema import Validator, violations
from ..support.yaml_files import YamlProblem, read_mapping
from .kinds import KINDS
from .metrics import NORMALIZED
from .spec import Source, Task, TaskError
from .tagging import label_problem

_SCHEMA = Path(__file__).parents[3] / "schemas" / "task.schema.yaml"
#: Names that have another meaning in paths, in `intermediates`, or among the train sets.
_RESERVED = ("none", "multi", "encoder", "default")


def load_tasks(folder: str | Path) -> dict[str, Task]:
    """Return all tasks of a folder by name.

    Raises TaskError for an invalid file, a train set that does not exist, has no train split or does not fit the task,
    and a `disjoint_from` that does not name a target of question answering.
    """
    tasks = {task.name: task for task in map(load_task, sorted(Path(folder).glob("*.yaml")))}
    for task in tasks.values():
        where = f"{folder}/{task.name}.yaml"
        for key, name in [("train_set", task.train_set), *(("disjoint_from", s.disjoint_from) for s in task.sources)]:
            if name and name not in tasks:
                raise TaskError(f"{where}: {key}: there is no task {name!r}{suggestion(name, tasks)}")
        if task.train_set:
            _check_train_set(where, task, tasks[task.train_set])
        _check_disjoint(where, task, tasks)
    return tasks


def load_task(path: str | Path) -> Task:
    """Read the task of one file. Raises TaskError with all violations of the schema, or else all other problems."""
    path = Path(path)
    try:
        data, places = read_mapping(path)
    except YamlProblem as error:
        raise TaskError(str(error)) from None
    if problems := violations(data, _validator(), places):
        raise TaskError("\n".join(f"{path}: {problem}" for problem in problems))
    if data["name"] != path.stem:
        raise TaskError(f"{path}: name: found {data['name']!r}; it must be the file's name, {path.stem!r}")
    sources = tuple(Source(**_frozen(source)) for source in data.pop("sources"))
    task = Task(**_frozen(data), sources=sources)
    if problems := list(_unworkable(task)):
        raise TaskError("\n".join(f"{path}: {problem}" for problem in problems))
    return task


def _check_train_set(where: str, task: Task, train_set: Task) -> None:
    if not train_set.has_train:
        raise TaskError(f"{where}: train_set: {train_set.name} has no train split")
    if (task.kind, task.labels) != (train_set.kind, train_set.labels):
        raise TaskError(f"{where}: train_set: {train_set.name} has another kind or other labels than {task.name}")


def _check_disjoint(where: str, task: Task, tasks: Mapping[str, Task]) -> None:
    allowed = [name for name, other in tasks.items() if other.kind == "qa" and "target" in other.roles]
    for name in (source.disjoint_from for source in task.sources if source.disjoint_from):
        if task.kind != "qa" or name not in allowed:
            raise TaskError(
                f"{where}: disjoint_from: found {name} ({tasks[name].kind}) in a task of {task.kind}; allowed: in one "
                f"of qa, a target of qa ({', '.join(allowed)})"
            )


def _unworkable(task: Task) -> Iterable[str]:
    """Yield the problems of a task that fits the schema but not its kind or its languages, a line each."""
    if KINDS[task.kind].label_field == "label" and not task.labels:
        yield f"labels: found none; a task of {task.kind} needs their names, in the order of the source's numbers"
    if KINDS[task.kind].is_tokenized and task.labels and (problem := label_problem(task.labels)):
        yield problem
    if task.name in _RESERVED:
        yield f"name: {task.name} means something else in the configuration or among the results; take another one"
    if task.holdout and any("dev" in source.splits for source in task.sources):
        yield "holdout: found beside a dev split; allowed: one of them"
    known = NORMALIZED.get(task.normalization or "", task.languages)
    if unknown := [code for code in task.languages if code not in known]:
        there = ", ".join(known)
        yield f"normalization: {task.normalization} has no rules for {', '.join(unknown)}; allowed: {there}, or english"
    if KINDS[task.kind].is_bitext and len(task.sources) > 1:
        yield f"sources: found {len(task.sources)}; a task of {task.kind} has one"
    if "target" in task.roles:
        yield from _no_target(task)
    if not task.holdout and not any("dev" in source.splits for source in task.sources):
        yield "splits: found no dev, and no holdout; allowed: a dev split in one of the sources, or a share to hold out"
    for number, source in enumerate(task.sources):
        yield from (f"sources[{number}].{problem}" for problem in _unusable(task.kind, source))


def _unusable(kind: str, source: Source) -> Iterable[str]:
    """Yield the reasons why a source cannot be read, a line each."""
    needed, found = KINDS[kind].columns, ", ".join(source.languages)
    yield from (f"languages: {problem}" for code in source.languages if (problem := code_problem(code)))
    given = tuple(KINDS["tagging"].columns if source.format == "two_column" else source.columns)
    if set(needed) - set(given):
        yield f"columns: found {', '.join(given) or 'none'}; {kind} needs {', '.join(needed)}"
    if unknown := [column for column in given if column not in {**needed, **KINDS[kind].more_columns}]:
        yield f"columns: found {', '.join(unknown)}; {kind} has {', '.join([*needed, *KINDS[kind].more_columns])}"
    if len(source.languages) > 1 and source.format == "two_column":
        yield f"languages: found {found}; a two_column source holds one: give each language a source, with its own id"
    elif len(source.languages) > 1 and not (
        "{code}" in source.config or source.language_column or source.language_prefix
    ):
        yield (
            f"languages: found {found}, and nothing that tells them apart; allowed: {{code}} in config, "
            "language_column or language_prefix"
        )


def _no_target(task: Task) -> Iterable[str]:
    """Yield the reasons why a task cannot be a target, a line each."""
    kind = KINDS[task.kind]
    if unknown := [name for name in task.metrics if name not in kind.metrics]:
        yield f"metrics: found {', '.join(unknown)}; allowed for {task.kind}: {', '.join(kind.metrics)}"
    if kind.head and not task.train_set:
        yield f"train_set: found none; a target of {task.kind} names the task it is trained on, itself if need be"


@cache
def _validator() -> Draft202012Validator:
    """Return the validator of task files; its schema gets kinds and columns from the table of kinds."""
    schema = yaml.safe_load(_SCHEMA.read_text(encoding="utf-8"))
    schema["properties"]["kind"]["enum"] = list(KINDS)
    columns = dict.fromkeys(name for kind in KINDS.values() for name in (*kind.columns, *kind.more_columns))
    schema["$defs"]["source"]["properties"]["columns"]["propertyNames"] = {"enum": list(columns)}
    return Validator(schema)


def _frozen(data: dict) -> dict:
    """Convert lists to tuples, label values to text, and the name of a single split to a tuple of one."""
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    if "splits" in data:
        frozen["splits"] = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in data["splits"].items()}
        frozen["columns"] = {k: tuple(v) if isinstance(v, list) else v for k, v in data["columns"].items()}
        frozen["unlabelled"] = tuple(map(str, data.get("unlabelled", ())))
    return frozen
