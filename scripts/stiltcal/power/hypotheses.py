"""The primary hypotheses of a study as designs: their sizes from the grid, their variances from the reference table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..calibration.estimators import METRICS, Mean
from ..study.external import External
from ..study.grid import Study
from ..study.hypotheses import Hypotheses
from ..tasks.kinds import FAMILY_KEYS
from .formula import Design, Target
from .reference import ALL, Reference, look_up
from .sizes import Items, items_per_language

#: What notes say; a list of what they are about follows.
SIZES = "Test set sizes are not known before the fetch; items a language, as published or assumed"
BORROWED = "No variances were measured of"
METRIC = "The reference variances are of another error"
SCALING = "The reference variances are of confidences as the model gives them; the error of the fit is left out"


@dataclass(frozen=True)
class Hypothesis:
    """One family of targets under one class of perturbation.

    `notes`: what is assumed or taken from elsewhere, as (sentence without its end, what it is about).
    """

    family: str
    heading: str
    perturbation_class: str
    design: Design
    notes: tuple[tuple[str, str], ...]


def hypotheses(study: Study, references: Sequence[Reference]) -> Iterator[Hypothesis]:
    """The primary hypotheses that have cells, in the order of the report; raises ReferenceProblem.

    A study that compares nothing with `none` has no hypothesis.
    """
    if External(study).systems == ["none"]:
        return
    declared = Hypotheses(study)
    for heading, targets in declared.families.items():
        abroad = {name: _zero_shot(study, name) for name in targets}
        items = {name: items_per_language(study, name, abroad[name]) for name in targets}
        for name, perturbations in declared.classes.items():
            found = [_target(study, target, abroad[target], perturbations, items[target]) for target in targets]
            sizes = tuple(each for each in found if each.perturbations)
            if sizes and _compared(study, sizes):
                yield _hypothesis(declared, references, heading, name, sizes, items)


def _zero_shot(study: Study, target: str) -> list[str]:
    return [language for language in study.languages(target) if language != study.source_language]


def _target(study: Study, target: str, languages: list[str], perturbations: list[str], items: Items) -> Target:
    """Sizes of a target under some perturbations; a cell that cannot be had does not count."""
    task = study.tasks[target]
    per_text = [
        sum(study.texts.unavailable(each, task, language) is None for language in languages)
        for each in study.texts.applicable(task)
        if each.name in perturbations
    ]
    there = [count for count in per_text if count]
    mean = sum(there) / len(there) if there else 0
    return Target(target, items.number, mean, len(there))


def _hypothesis(
    declared: Hypotheses,
    references: Sequence[Reference],
    heading: str,
    name: str,
    sizes: tuple[Target, ...],
    items: dict,
) -> Hypothesis:
    study, family = declared.study, FAMILY_KEYS[heading]
    rows = [look_up(references, family, target.name, name) for target in sizes]
    group = look_up(references, family, ALL, name)
    design = Design(
        targets=sizes,
        parts=tuple(row.parts for row in rows),
        intermediates=len(_compared(study, sizes)),
        rho_intermediates=group.rho_intermediates,
        seeds=len(study.seeds),
        sigma_seed=group.sigma_seed,
        level=declared.given["level"],
        largest=_largest_change(declared.metric),
    )
    notes = [(SIZES, f"{target.name} {target.items:,.0f}") for target in sizes if items[target.name].is_assumed]
    notes += [(BORROWED, _borrowed(t.name, row)) for t, row in zip(sizes, rows, strict=True) if row.target != t.name]
    if group.metric != (metric := declared.metric):
        notes.append((METRIC, f"{group.metric} instead of {metric}"))
    if declared.given["scaling"] != "none":
        notes.append((SCALING, declared.given["scaling"]))
    return Hypothesis(family, heading, name, design, tuple(notes))


def _largest_change(metric: str) -> float:
    """Return the largest change of a calibration error that there is: 1, but for NLL and the signed gap."""
    found = METRICS[metric]
    return found.highest - found.lowest if isinstance(found, Mean) else 1.0


def _compared(study: Study, targets: Sequence[Target]) -> list[str]:
    """Return what is compared with `none` on all of these targets; a system that is not ours may answer some only."""
    return [name for name in External(study).systems_of(*(target.name for target in targets)) if name != "none"]


def _borrowed(target: str, row: Reference) -> str:
    return f"{target} (those of {'all targets' if row.family == ALL else row.family} are used)"
