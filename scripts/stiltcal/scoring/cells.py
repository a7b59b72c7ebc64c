"""Score the cells of a target: task metrics and calibration with bootstrap replicates, and means over seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..calibration.bootstrap import estimate, estimate_outcomes, ratio
from ..calibration.combinations import mean_of_same, stack
from ..calibration.estimate import NO_SURPLUS, Estimate, Subtracted
from ..calibration.fit_effect import fit_draws
from ..calibration.resampling import resample_weights
from ..calibration.sample import Sample, checked_confidence, make_sample
from ..formats.predictions import CORRECTNESS, Units, resampling_seed, target_of
from .flips import Outcomes, calibration_outcomes, task_outcomes


class Resamples:
    """Resamples that the cells of a target share: weights of clusters (blocks of rows) and of seeds (rows, seeds), and
    the draws (blocks, rows) behind replicates of fitted scalings."""

    def __init__(self, n_clusters: int, n_seeds: int, n_resamples: int, seed: int):
        self.clusters = list(resample_weights(n_clusters, n_resamples, seed))
        self.seeds, self.fits = _seed_weights(n_seeds, n_resamples), fit_draws(n_resamples)
        self.n_seeds, self.rows = n_seeds, n_resamples


def target_resamples(paths: Sequence[str], n_clusters: int, n_resamples: int) -> Resamples:
    """The resamples of the target that prediction files `.../{target}/seed{seed}.parquet` are of, with its seeds."""
    seeds = {Path(path).name for path in paths}
    return Resamples(n_clusters, len(seeds), n_resamples, resampling_seed(target_of(paths)))


def _seed_weights(n_seeds: int, n_resamples: int) -> np.ndarray:
    """(rows, seeds) weights with mean 1/seeds: one seed fewer is drawn than there are, which makes the variance of the
    mean unbiased (Rao & Wu 1988). The same for all targets: some share their trained models, and pooled contrasts add
    their replicates."""
    if n_seeds == 1:
        return np.ones((n_resamples, 1))
    generator = np.random.default_rng(n_seeds)
    return generator.multinomial(n_seeds - 1, np.full(n_seeds, 1 / n_seeds), size=n_resamples) / (n_seeds - 1)


Ratio = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Numerators, denominators and clusters of the items of a cell, (n,) each; a score is the ratio of their sums."""


class Scores(NamedTuple):
    """Estimates of some metrics along one axis, and how many units they are about."""

    metrics: tuple[str, ...]
    estimate: Estimate
    n: int

    @classmethod
    def of(cls, estimates: Mapping[str, Estimate], n: int) -> "Scores":
        """Stack single estimates by metric."""
        return cls(tuple(estimates), stack(list(estimates.values())), n)

    def of_metric(self, metric: str) -> Estimate:
        """The single estimate of one metric."""
        k, all_ = self.metrics.index(metric), self.estimate
        return Estimate(
            value=np.asarray(all_.value)[k],
            centre=np.asarray(all_.centre)[k],
            replicates=all_.replicates[k],
            surplus=all_.surplus[k],
            df=all_.df,
            unseen=np.asarray(all_.unseen)[:, k],
            bounds=np.asarray(all_.bounds)[:, k],
            seeds=None if all_.seeds is None else all_.seeds[:, k],
            subtracted=Subtracted(np.asarray(all_.subtracted.centre)[k], all_.subtracted.surplus[k]),
        )


@dataclass(frozen=True)
class TaskMeasure:
    """The metrics of a task, as `ratios` of sums over the items of a cell.

    The metric `guessing` is the chance level or baseline of the task (`scoring.ratios`), taken as known: its interval
    has no width. `known_guessing` replaces it if given. n counts items.
    """

    computed_from: str
    unit: str
    ratios: Callable[[Units], Mapping[str, Ratio]]
    resamples: Resamples
    known_guessing: float | None = None
    scaling: str = "none"

    def has(self, units: Units) -> bool:
        """Return True: answers can be scored without confidences."""
        return True

    def judged(self, units: Units) -> Units:
        """Return the units unchanged."""
        return units

    def scores(self, units: Units) -> Scores:
        """Return every metric of a cell."""
        estimates = {}
        for name, (over, under, cluster) in self.ratios(units).items():
            if name == "guessing":
                estimates[name] = self._known(float(np.sum(over) / max(np.sum(under), 1)))
            else:
                estimates[name] = ratio(over, under, cluster, self.resamples.clusters)
        if self.known_guessing is not None:
            estimates["guessing"] = self._known(self.known_guessing)
        return Scores.of(estimates, len(np.unique(units.item)))

    def outcomes(self, units: Units, items: np.ndarray, names: Sequence[str]) -> Outcomes:
        """Return outcomes by item, and the reach of some metrics if outcomes differed (see `flips`)."""
        return task_outcomes(items, units, names)

    def _known(self, value: float) -> Estimate:
        replicates = np.full(self.resamples.rows, value)
        return Estimate(value, value, replicates, NO_SURPLUS, 1, bounds=(value, value))


@dataclass(frozen=True)
class CalibrationMeasure:
    """Calibration metrics of one scaling. Units without a prediction (mining) have no confidence to judge.

    An `item` is right by the first correctness criterion of a study, an `item_{criterion}` by another one.
    """

    computed_from: str
    unit: str
    scaling: str
    metrics: tuple[str, ...]
    resamples: Resamples
    right: Callable[[Units], np.ndarray] = lambda units: units.correct

    def has(self, units: Units) -> bool:
        """Return True if the units have confidences of this scaling."""
        return self.scaling in units.confidence

    def judged(self, units: Units) -> Units:
        """Return the units with correctness by the criterion of this measure."""
        return units.with_correct(self.right(units))

    def scores(self, units: Units) -> Scores | None:
        """Return every metric of a cell, or None if no unit has a prediction."""
        units = units.take(units.answered)
        if not len(units.item):
            return None
        n_clusters = len(self.resamples.clusters[0])
        confidence = units.confidence[self.scaling]
        sample = make_sample(confidence, units.correct, units.cluster, n_clusters)
        found = estimate(sample, self.metrics, self.resamples.clusters)
        if fit := units.fits.get(self.scaling):
            found = fit.add(found, confidence, units.correct, self.resamples.fits)
        return Scores.of(found, len(units.item))

    def outcomes(self, units: Units, items: np.ndarray, names: Sequence[str]) -> Outcomes:
        """Return outcomes by item, and the reach of some metrics if outcomes differed (see `flips`)."""
        return calibration_outcomes(items, units, names, self.scaling)

    def can_swap(self, metric: str) -> bool:
        """Return True if `with_outcomes` applies to a metric: units are items, which every cell has (tokens move)."""
        return self.computed_from == "item" and metric in self.metrics

    def with_outcomes(self, units: Units, outcomes: Sequence[np.ndarray], metric: str) -> list[Scores]:
        """Score one binned metric of the confidences of a cell with each of some other outcomes, (n,) each."""
        confidence = checked_confidence(units.confidence[self.scaling])
        order = np.argsort(confidence, kind="stable")
        sample = Sample(confidence[order], units.correct[order], units.cluster[order], len(self.resamples.clusters[0]))
        swapped = np.array(outcomes, dtype=float)
        found = estimate_outcomes(sample, swapped[:, order], metric, self.resamples.clusters)
        single = [{metric: each} for each in found]
        if fit := units.fits.get(self.scaling):
            draws = self.resamples.fits
            single = [fit.add(e, confidence, right, draws) for e, right in zip(single, swapped, strict=True)]
        return [Scores.of(each, len(units.item)) for each in single]


Measure = TaskMeasure | CalibrationMeasure


def measures(
    ratios: Callable[[Units], Mapping[str, Ratio]],
    units: Sequence[str],
    scalings: Sequence[str],
    metrics: Sequence[str],
    resamples: Resamples,
    guessing: float | None = None,
    correctness: Sequence[str] = ("exact_match",),
) -> list[Measure]:
    """List the measures of a target whose predictions have these `units` of analysis (item; or token and entity).

    Task metrics stand beside the main unit, entity before token, and do not depend on the scaling: they have `none`.
    ratios: the task metrics. guessing: the chance level if the predictions do not determine it. correctness: names of
    CORRECTNESS; the first judges a unit, each other one adds a measure `{unit}_{name}`.
    """
    main = main_unit(units)
    found: list[Measure] = [TaskMeasure("token" if "token" in units else "item", main, ratios, resamples, guessing)]
    for unit in units:
        for number, criterion in enumerate(correctness):
            name = f"{unit}_{criterion}" if number else unit
            found += [
                CalibrationMeasure(unit, name, scaling, tuple(metrics), resamples, CORRECTNESS[criterion])
                for scaling in scalings
            ]
    return found


def main_unit(units: Sequence[str]) -> str:
    """Return the main unit of analysis of a target: items, or entities before their tokens."""
    return next(unit for unit in ("item", "entity", "token") if unit in units)


def over_seeds(scores: Sequence[Scores], resamples: Resamples) -> Scores:
    """Return the mean over the seeds, whose own resampling is in the replicates; n is that of one seed."""
    if len(scores) == 1:
        return scores[0]
    estimates = [each.estimate for each in scores]
    over_all = mean_of_same(estimates)
    replicates = sum(w * e.replicates for w, e in zip(resamples.seeds.T, estimates, strict=True))
    by_seed = np.stack([each.centre for each in estimates])
    return scores[0]._replace(estimate=over_all._replace(replicates=replicates, seeds=by_seed))


def language_groups(languages: Sequence[str], source_language: str) -> Mapping[str, list[str]]:
    """Return the groups of languages for means: `all`, and `zero_shot` (without the source language) if not empty."""
    abroad = [language for language in languages if language != source_language]
    return {"all": list(languages), **({"zero_shot": abroad} if abroad else {})}
