"""The task files (tasks/*.yaml): what a task is and where its data comes from. Imports nothing heavy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError

from ..messages import suggestion

_SCHEMA = Path(__file__).parents[3] / "schemas" / "task.schema.yaml"
SPLITS = ("train", "dev", "test")
#: What stands for the Hugging Face Hub, and for the generator, where a folder with the Hub's layout may stand.
HUB, MINIATURE = "hub", "miniature"
#: What the real tasks are trained in; `train` exists in no other language (the miniature has its own).
SOURCE_LANGUAGE = "en"
#: Of which of our columns the items of a kind are made (a source may give others, too), and what targets of it are
#: scored by; there are none of multiple choice.
_KINDS = {
    "classification": (("text_a", "text_b", "label"), ("accuracy",)),
    "multiple_choice": (("choices", "answer"), ()),
    "tagging": (("tokens", "tags"), ("f1",)),
    "qa": (("id", "context", "question", "answers", "answer_starts"), ("exact_match", "f1")),
    "retrieval": (("foreign", "source"), ("accuracy",)),
    "mining": (("foreign", "source", "gold"), ("f1",)),
}


class TaskError(ValueError):
    """A task file, or data that does not fit it; the message says which file, what was found and what is allowed."""


@dataclass(frozen=True)
class Source:
    """One repository that a task is read from; the fields are those of schemas/task.schema.yaml."""

    id: str
    revision: str
    splits: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str | tuple[str, ...]]
    licence: str
    citation: str
    format: str = "parquet"
    config: str = "default"
    languages: tuple[str, ...] = (SOURCE_LANGUAGE,)
    codes: Mapping[str, str] = field(default_factory=dict)
    language_column: str | None = None
    language_prefix: str | None = None
    unlabelled: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    disjoint_from: str | None = None
    moved_to: str | None = None

    @property
    def hub_id(self) -> str:
        """The repository on the Hub."""
        return self.moved_to or self.id

    def code(self, language: str) -> str:
        """What the source calls a language."""
        return self.codes.get(language, language)

    def config_name(self, language: str) -> str:
        """The source's configuration that holds a language."""
        return self.config.replace("{code}", self.code(language))


@dataclass(frozen=True)
class Task:
    """A task file. `labels` is empty where the label set is read from the train split or the kind has none."""

    name: str
    version: int
    description: str
    kind: str
    roles: tuple[str, ...]
    metrics: tuple[str, ...]
    sources: tuple[Source, ...]
    labels: tuple[str, ...] = ()
    normalization: str | None = None
    unanswerable: bool = False
    train_set: str | None = None
    parallel: bool = False
    holdout: float | None = None

    @property
    def has_train(self) -> bool:
        """Whether it can be trained on (in the source language)."""
        return any("train" in source.splits for source in self.sources)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is evaluated in (retrieval, mining: the foreign ones); only trained on: the source one."""
        return self._languages_with("test") or (SOURCE_LANGUAGE,)

    def split_languages(self, split: str, languages: Iterable[str]) -> tuple[str, ...]:
        """The languages in which a study that evaluates in `languages` has a split; () where there is none.

        `train` and `dev` exist in the source language; `dev` in every language where it is held out from `test`
        (retrieval, mining: what is tuned on it is tuned per language). Raises TaskError for a language without data.
        """
        if unknown := [language for language in languages if language not in self.languages]:
            raise TaskError(
                f"{self.name} has no data in {', '.join(unknown)}; its languages: {', '.join(self.languages)}"
            )
        evaluated = tuple(languages) if self._languages_with("test") else ()
        if split == "test" or (split == "dev" and self.held_out_from == "test"):
            return evaluated
        there = self.has_train if split == "train" else self.held_out_from or self._languages_with("dev")
        return (SOURCE_LANGUAGE,) if there else ()

    @property
    def held_out_from(self) -> str | None:
        """The split whose share `holdout` becomes `dev`."""
        if not self.holdout:
            return None
        return "train" if self.has_train else "test"

    def _languages_with(self, split: str) -> tuple[str, ...]:
        found = [language for source in self.sources if split in source.splits for language in source.languages]
        return tuple(dict.fromkeys(found))


def load_tasks(folder: str | Path) -> dict[str, Task]:
    """All tasks of a folder by name, checked against each other: a train set exists, has a train split and fits, and
    paragraphs are compared with those of question answering.

    Raises TaskError.
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
    """The task of one file; raises TaskError with every violation of the schema, or else all that cannot work."""
    path = Path(path)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise TaskError(f"{path}: not YAML: {error}") from None
    problems = [explain(error) for error in sorted(_validator().iter_errors(data), key=lambda e: e.json_path)]
    if problems:
        raise TaskError("\n".join(f"{path}: {problem}" for problem in problems))
    if data["name"] != path.stem:
        raise TaskError(f"{path}: name: found {data['name']!r}; it must be the file's name, {path.stem!r}")
    sources = tuple(Source(**_frozen(source)) for source in data.pop("sources"))
    task = Task(**_frozen(data), sources=sources)
    if problems := list(_unworkable(task)):
        raise TaskError("\n".join(f"{path}: {problem}" for problem in problems))
    return task


def explain(error: ValidationError) -> str:
    """A schema violation in one line: where, what was found, what is allowed."""
    where = error.json_path.removeprefix("$").lstrip(".") or "the top level"
    if error.validator == "additionalProperties" and isinstance(error.schema.get("properties"), dict):
        allowed = error.schema["properties"]
        unknown = [key for key in error.instance if key not in allowed]
        hints = "; ".join(f"unknown key {key!r}{suggestion(key, allowed)}" for key in unknown)
        return f"{where}: {hints}; allowed: {', '.join(allowed)}"
    if error.validator == "enum":
        allowed = ", ".join(map(str, error.validator_value))
        return (
            f"{where}: found {error.instance!r}{suggestion(error.instance, error.validator_value)}; allowed: {allowed}"
        )
    if error.validator == "oneOf" and "description" in error.schema:
        return f"{where}: found {error.instance!r}; allowed: {error.schema['description']}"
    return f"{where}: {error.message}"


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
    """What fits the schema but not the kind of the task, or its languages; a line each."""
    if task.kind == "classification" and not task.labels:
        yield "labels: found none; a task of classification needs their names, in the order of the source's numbers"
    if task.kind in ("retrieval", "mining") and len(task.sources) > 1:
        yield f"sources: found {len(task.sources)}; a task of {task.kind} has one"
    if "target" in task.roles:
        yield from _no_target(task)
    if not task.holdout and not any("dev" in source.splits for source in task.sources):
        yield "splits: found no dev, and no holdout; allowed: a dev split in one of the sources, or a share to hold out"
    needed, _ = _KINDS[task.kind]
    for number, source in enumerate(task.sources):
        given = _KINDS["tagging"][0] if source.format == "two_column" else tuple(source.columns)
        if set(needed) - set(given):
            found = ", ".join(given) or "none"
            yield f"sources[{number}].columns: found {found}; {task.kind} needs {', '.join(needed)}"
        told_apart = "{code}" in source.config or source.language_column or source.language_prefix
        if len(source.languages) > 1 and not told_apart:
            found = ", ".join(source.languages)
            yield (
                f"sources[{number}].languages: found {found}, and nothing that tells them apart; allowed: {{code}} in "
                "config, language_column or language_prefix"
            )


def _no_target(task: Task) -> Iterable[str]:
    """Why a task cannot be a target; a line each."""
    _, metrics = _KINDS[task.kind]
    if not metrics:
        yield f"roles: {task.kind} can be intermediate alone; targets are of other kinds"
    elif unknown := [name for name in task.metrics if name not in metrics]:
        yield f"metrics: found {', '.join(unknown)}; allowed for {task.kind}: {', '.join(metrics)}"
    if task.kind in ("classification", "tagging", "qa") and not task.train_set:
        yield f"train_set: found none; a target of {task.kind} names the task it is trained on, itself if need be"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(yaml.safe_load(_SCHEMA.read_text(encoding="utf-8")))


def _frozen(data: dict) -> dict:
    """Lists as tuples, label values as strings, a single split name as a tuple of one."""
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    if "splits" in data:
        frozen["splits"] = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in data["splits"].items()}
        frozen["columns"] = {k: tuple(v) if isinstance(v, list) else v for k, v in data["columns"].items()}
        frozen["unlabelled"] = tuple(map(str, data.get("unlabelled", ())))
    return frozen
