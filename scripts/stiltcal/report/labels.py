"""Labels of tasks, metrics, scalings and perturbations, and the order of targets in the report."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from ..calibration.errors import ERRORS
from ..formats.results import BEST
from ..tasks.families import by_family
from ..tasks.kinds import KINDS
from ..tasks.phases import chain

_TASKS = Path(__file__).parents[3] / "tasks"

#: The intermediate tasks and targets of the design that studies here follow (Phang et al. 2020), in its order.
INTERMEDIATES = (
    "none",
    "anli",
    "mnli",
    "qqp",
    "squad_v2",
    "squad_v1",
    "hellaswag",
    "ccg",
    "cosmosqa",
    "csqa",
    "multi",
)
TARGETS = ("xquad", "mlqa", "tydiqa", "xnli", "pawsx", "udpos", "panx", "bucc", "tatoeba")
#: Variants of an intermediate phase (`tasks.phases`).
VARIANTS = {"translated": "translations", "mlm": "MLM"}
METRICS = {"accuracy": "accuracy", "exact_match": "exact match", "f1": "F1", "token_accuracy": "token accuracy"}
METRICS_SHORT = {"accuracy": "Acc.", "exact_match": "EM", "f1": "F1"}
#: Texts of a class of perturbations (`hypotheses.classes`).
CLASSES = {
    "syntax": "reworded or reordered text",
    "reworded": "reworded text",
    "reordered": "reordered text",
    "control": "control text",
    "words": "text with changed words",
}
#: Descriptions of the scalings of confidences.
SCALINGS = {
    "none": "as the model gives them",
    "source": "after temperature scaling on dev items of the source language",
    "target": "after temperature scaling on dev items of each language",
    "mixed": "after temperature scaling on dev items of all languages",
    "perturbed": "after temperature scaling on dev items of the source language under the same perturbation",
    "platt": "after Platt scaling on dev items of the source language",
    "vector": "after vector scaling on dev items of the source language",
}
#: A limit of their intervals.
FIT_UNCERTAINTY = (
    "Intervals of scaled confidences include the uncertainty of what was fitted on dev items, to first order. A "
    "temperature at the end of its allowed range, and a logistic of answers that are all right or all wrong, have "
    "no standard error and are taken as known."
)


_NOTHING: Mapping[str, Mapping[str, str]] = MappingProxyType({})
_given: ContextVar[Mapping[str, Mapping[str, str]]] = ContextVar("labels", default=_NOTHING)


@contextmanager
def labelled(given: Mapping[str, Mapping[str, str]]) -> Iterator[None]:
    """Use labels by name for `tasks`, `intermediates`, `perturbations` and `languages` inside this block."""
    token = _given.set(given)
    try:
        yield
    finally:
        _given.reset(token)


def _given_label(kind: str, name: str) -> str | None:
    return _given.get().get(kind, {}).get(name)


def task_labels() -> dict[str, str]:
    """Return labels of tasks by name: those of `labelled`, else the `label` of the task file, if it has one."""
    return {**_labels_of_files(), **_given.get().get("tasks", {})}


@cache
def _labels_of_files() -> dict[str, str]:
    tasks = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(_TASKS.glob("*.yaml")))
    return {task["name"]: task["label"] for task in tasks if "label" in task}


def intermediate_label(name: str) -> str:
    """Return `squad_v2` -> `SQuAD v2`, `mnli-then-squad_v2+mlm` -> `MNLI then SQuAD v2 + MLM`.

    `none`, `multi` and a task without a `label` in its file stay as they are. BEST is a choice, not a phase.
    """
    if name == BEST:
        return "best per target"
    if label := _given_label("intermediates", name):
        return label
    phases = [
        " + ".join([task_labels().get(phase.task, phase.task), *(VARIANTS[variant] for variant in phase.variants)])
        for phase in chain(name)
    ]
    return " then ".join(phases) or name


def target_label(name: str) -> str:
    """Return `xquad` -> `XQuAD`; a task without a `label` in its file stays as it is."""
    return task_labels().get(name, name)


def metric_label(name: str) -> str:
    """Return `exact_match` -> `exact match`; the metric of a task that has no other name here stays as it is."""
    return METRICS.get(name, name)


def with_labels(reason: str) -> str:
    """Replace the names of tasks and metrics in a reason by their labels."""
    labels = METRICS | task_labels()
    return re.sub(r"\w+", lambda word: labels.get(word[0], word[0]), reason)


def error_label(name: str) -> str:
    """Return `ece_width_15` -> `ECE (15 equal-width bins)`; raises ValueError for what is not an error."""
    if name not in ERRORS:
        raise ValueError(
            f"the report shows an error, of which less is better, not {name!r}; allowed: {', '.join(ERRORS)}"
        )
    return ERRORS[name]


def scaling_label(name: str) -> str:
    """Describe a scaling: `none` -> `as the model gives them`. Raises KeyError for an unknown name."""
    return SCALINGS[name]


def perturbation_label(name: str) -> str:
    """Return `shuffle_local-0.5` -> `shuffle local 0.5`; a strength of 1 is left out; `clean` stays."""
    return _given_label("perturbations", name) or name.removesuffix("-1.0").replace("_", " ").replace("-", " ")


def language_label(name: str) -> str:
    """Return the code of a language, or its label of `labelled`."""
    return _given_label("languages", name) or name


def family_order(targets: Mapping[str, Mapping]) -> dict[str, list[str]]:
    """Group targets (name -> its `kind` and more) under the headings of FAMILIES, in that order, without empty groups.

    Raises ValueError for an unknown kind.
    """
    for target, task in targets.items():
        if task["kind"] not in KINDS:
            raise ValueError(f"target {target!r} has the kind {task['kind']!r}; the report knows {', '.join(KINDS)}")
    return by_family({target: task["kind"] for target, task in targets.items()})


def report_order(targets: Mapping[str, Mapping]) -> list[str]:
    """Return the targets in the order of `family_order`."""
    return [target for members in family_order(targets).values() for target in members]
