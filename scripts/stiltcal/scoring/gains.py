"""Gains in task score by intermediate training on clean text, and scores on dev items."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from ..calibration.combinations import mean_of_same
from ..calibration.estimate import Estimate
from ..calibration.resampling import divide
from ..formats.predictions import read_predictions, survey
from .cells import Scores, TaskMeasure, main_unit, target_resamples
from .effects import CLEAN, NONE, LanguageCells, changes
from .ratios import RATIOS
from .target import Key, Means


class TargetGains(NamedTuple):
    """The task scores of one target on clean test items, by intermediate: means over all its languages.

    scores: levels, in [0, 1]. gains: differences to `none`, in [-1, 1]; `none` has no entry. n: items of all languages.
    """

    scores: dict[str, Estimate]
    gains: dict[str, Estimate]
    n: int
    languages: int


class DevScores(NamedTuple):
    """The task scores of one target on clean dev items by intermediate, in [0, 1], and the number of dev items."""

    scores: dict[str, float]
    n: int


def target_gains(paths: Sequence[str], kind: str, metrics: Sequence[str], n_resamples: int) -> TargetGains:
    """Return the gains of a target from its predictions (as `predictions.read_predictions`).

    A score is the mean of the task `metrics`, then of the languages, the source language among them, as in XTREME;
    with several seeds of these, too.
    """
    languages, units, clusters = survey(paths)
    resamples = target_resamples(paths, len(clusters), n_resamples)
    computed_from = "token" if "token" in units else "item"
    measure = TaskMeasure(computed_from, main_unit(units), RATIOS[kind], resamples)
    means = Means()
    for language in languages:
        cells = LanguageCells(
            read_predictions(paths, ["none"], clusters, language, CLEAN), language, measure, resamples
        )
        means.add(_levels(cells, metrics))
        means.add(_gains(cells, metrics))
    found, n = means.finish()
    by_quantity: dict[str, dict[str, Estimate]] = {"score": {}, "gain": {}}
    for key, estimate in found.items():
        by_quantity[key.quantity][key.intermediate] = estimate
    return TargetGains(by_quantity["score"], by_quantity["gain"], n[Key("score", NONE, CLEAN)], len(languages))


def _levels(cells: LanguageCells, metrics: Sequence[str]) -> Iterator[tuple[Key, Estimate, int]]:
    for (intermediate, text), seed, scores in cells.scores():
        if cells.resamples.n_seeds == 1 or seed == "all":
            yield Key("score", intermediate, text), _score(scores, metrics), scores.n


def _gains(cells: LanguageCells, metrics: Sequence[str]) -> Iterator[tuple[Key, Estimate, int]]:
    intermediates = {intermediate for intermediate, _ in cells.units}
    for change, scores in cells.differences(changes(intermediates, [CLEAN])):
        yield Key("gain", change.intermediate, CLEAN), _score(scores, metrics), scores.n


def _score(scores: Scores, metrics: Sequence[str]) -> Estimate:
    return mean_of_same([scores.of_metric(metric) for metric in metrics])


def dev_scores(paths: Sequence[str], kind: str, metrics: Sequence[str]) -> DevScores:
    """Return the dev scores of a target from predictions of its clean dev items, in files named as those of test items.

    A score is the mean of the task `metrics`, then of the languages, then of the seeds.
    """
    _, units, clusters = survey(paths)
    computed_from = "token" if "token" in units else "item"
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    items: dict[str, int] = {}
    for key, cell in sorted(read_predictions(paths, ["none"], clusters).items()):
        if key.unit == computed_from:
            ratios = RATIOS[kind](cell)
            sums = [[np.sum(part) for part in ratios[metric][:2]] for metric in metrics]
            found[key.intermediate][key.seed].append(fmean(float(divide(over, under)) for over, under in sums))
            items[key.language] = len(np.unique(cell.item))
    scores = {name: fmean(map(fmean, by_seed.values())) for name, by_seed in found.items()}
    return DevScores(scores, sum(items.values()))
