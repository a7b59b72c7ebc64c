"""Contrasts and levels of one target: means over its zero-shot languages, by intermediate task and perturbation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..calibration.combinations import combine
from ..calibration.estimate import Estimate
from ..formats.external import read_systems
from ..formats.predictions import survey, target_of
from ..tasks.kinds import KINDS
from .cells import CalibrationMeasure, Resamples, TaskMeasure, measures, target_resamples
from .effects import CLEAN, NONE, Change, LanguageCells, changes
from .matched import ItemColumns, matched
from .ratios import RATIOS

#: Means over units that stand beside the error: a proper score, another one, and the direction of the error.
BESIDE = ("brier", "nll", "signed_gap")
#: Quantities that are levels of every model, not of `none` alone.
_ALWAYS_LEVELS = ("score", "guard_score", "guessing")


Names = Sequence[tuple[str, str]]
"""Metrics and the quantities that they are here."""


class TargetSpec(NamedTuple):
    """The task behind a target: its kind, leading metric, chance level if the predictions do not determine it (or None)
    and correctness criterion of question answering."""

    kind: str
    leading: str
    guessing: float | None
    correctness: str


class Settings(NamedTuple):
    """Declared for all targets: calibration error, scaling, resamples, source language, perturbations to compare."""

    metric: str
    scaling: str
    resamples: int
    source_language: str
    perturbations: tuple[str, ...]


class Key(NamedTuple):
    """A quantity of an intermediate task on the text of a perturbation."""

    quantity: str
    intermediate: str
    perturbation: str


@dataclass
class TargetResults:
    """Estimates by key, each the mean over the zero-shot languages that have the cell, with its number of items.

    With `none`: levels. Without: differences to `none`, but for what is _ALWAYS_LEVELS. `languages`: zero-shot
    languages that have a text, by perturbation. `columns`: the items behind them. `corp`: what was computed of a cell
    (`pooled.corp_of`).
    """

    name: str
    spec: TargetSpec
    n_seeds: int
    columns: ItemColumns
    estimates: dict[Key, Estimate] = field(default_factory=dict)
    n: dict[Key, int] = field(default_factory=dict)
    languages: dict[str, set[str]] = field(default_factory=dict)
    corp: dict[tuple[str, str], dict[str, Estimate]] = field(default_factory=dict)


def target_results(paths: Sequence[str], spec: TargetSpec, settings: Settings) -> TargetResults:
    """Everything that the hypotheses need of one target, from its predictions (as `predictions.read_predictions`)."""
    languages, units, clusters = survey(paths)
    abroad = [language for language in languages if language != settings.source_language]
    resamples = target_resamples(paths, len(clusters), settings.resamples)
    task, error = _measures(units, spec, settings, resamples)
    columns = ItemColumns(target_of(paths), settings.scaling, len(clusters), paths)
    found = TargetResults(columns.target, spec, resamples.n_seeds, columns)
    means = Means()
    for language in abroad:
        cells = read_systems(paths, [settings.scaling], clusters, language)
        judged = LanguageCells(cells, language, error, resamples)
        scored = LanguageCells(cells, language, task, resamples)
        errors = [(settings.metric, "error"), *zip(BESIDE, BESIDE, strict=True)]
        means.add(_differences(judged, errors, settings))
        means.add(_differences(scored, [(spec.leading, "task_score")], settings))
        means.add(_levels(judged, errors))
        levels = [(spec.leading, "score"), (KINDS[spec.kind].guard, "guard_score"), ("guessing", "guessing")]
        means.add(_levels(scored, levels))
        means.add(_matched(judged, error, settings))
        columns.add(language, judged)
        for _, perturbation in judged.units:
            found.languages.setdefault(perturbation, set()).add(language)
    found.estimates, found.n = means.finish()
    return found


def _measures(
    units: Sequence[str], spec: TargetSpec, settings: Settings, resamples: Resamples
) -> tuple[TaskMeasure, CalibrationMeasure]:
    """The task measure, and the calibration measure of the main unit."""
    metrics = list(dict.fromkeys([settings.metric, *BESIDE]))
    asked = RATIOS[spec.kind], units, [settings.scaling], metrics
    found = measures(*asked, resamples, guessing=spec.guessing, correctness=[spec.correctness])
    task = next(each for each in found if isinstance(each, TaskMeasure))
    return task, next(each for each in found if isinstance(each, CalibrationMeasure) and each.unit == task.unit)


def _asked(cells: LanguageCells, settings: Settings, effect: str) -> Iterator[Change]:
    trained = {intermediate for intermediate, _ in cells.units}
    texts = {CLEAN, *settings.perturbations}
    return (change for change in changes(trained, texts) if change.effect == effect)


def _differences(cells: LanguageCells, names: Names, settings: Settings) -> Iterator[tuple]:
    """(key, estimate, n) of effects of intermediate training, and the interactions of the first of `names`."""
    for change, scores in cells.differences(_asked(cells, settings, "intermediate")):
        for metric, name in names:
            yield Key(name, change.intermediate, change.perturbation), scores.of_metric(metric), scores.n
    if names[0][1] != "error":
        return
    for change, scores in cells.differences(_asked(cells, settings, "interaction")):
        found = scores.of_metric(names[0][0])
        yield Key("error_interaction", change.intermediate, change.perturbation), found, scores.n


def _levels(cells: LanguageCells, names: Names) -> Iterator[tuple]:
    """(key, estimate, n) of the cells' own scores, with all seeds."""
    for (intermediate, perturbation), seed, scores in cells.scores():
        if cells.resamples.n_seeds == 1 or seed == "all":
            for metric, name in names:
                if metric in scores.metrics and (intermediate == NONE or name in _ALWAYS_LEVELS):
                    yield Key(name, intermediate, perturbation), scores.of_metric(metric), scores.n


def _matched(cells: LanguageCells, measure: CalibrationMeasure, settings: Settings) -> Iterator[tuple]:
    """(key, estimate, n) of the error on items that both models answer alike."""
    single = replace(measure, metrics=(settings.metric,))
    for change in _asked(cells, settings, "intermediate"):
        if change.cells <= cells.units.keys() and (found := matched(cells, single, change)):
            key = Key("error_matched", change.intermediate, change.perturbation)
            yield key, found.of_metric(settings.metric), found.n


class Means:
    """Means over languages, each counting once; n adds up."""

    def __init__(self):
        self.totals: dict[Key, tuple[Estimate, int, int]] = {}

    def add(self, found: Iterator[tuple[Key, Estimate, int]]) -> None:
        """Add the estimates of a language."""
        for key, estimate, n in found:
            total, count, items = self.totals.get(key, (None, 0, 0))
            total = estimate if total is None else combine([1, 1], [total, estimate])
            self.totals[key] = (total, count + 1, items + n)

    def finish(self) -> tuple[dict[Key, Estimate], dict[Key, int]]:
        """The means, and the numbers of items."""
        means = {key: combine([1 / count], [total]) for key, (total, count, _) in self.totals.items()}
        return means, {key: n for key, (*_, n) in self.totals.items()}
