"""Slope of the calibration error over the measured strength of perturbations.

The slope is a linear combination of cells that share their resamples. Its p value therefore knows that all changes are
measured from one clean cell, and that a weak perturbation leaves most items as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from ..calibration.estimate import Estimate, combine, mean
from ..formats.perturbed import KEPT, MEASURES
from ..formats.predictions import CellKey, read_predictions, survey
from .cells import CalibrationMeasure, Resamples
from .effects import CLEAN, NONE, Change, LanguageCells, changes

#: Perturbations of a strength that is not 0 that a slope needs.
FEWEST = 3
#: Measures that are largest at clean text: the distance from this value is the strength.
_AT_CLEAN = {"kendall_tau": 1.0, "chrf": 1.0}
#: Strengths below this are rounding: 0.
_ROUNDING = 1e-9

Strengths = dict[str, dict[str, float]]
"""Strength by measure and perturbation."""


class Model(NamedTuple):
    """Changes that one slope is fitted to: `perturbation` (of `none`) or `interaction` (of an intermediate task)."""

    effect: str
    intermediate: str
    unit: str
    scaling: str


def measured_strengths(perturbed: Iterable[str | Path], source_language: str) -> Strengths:
    """Read the strength of the perturbations of one target from files `.../{perturbation}/{language}.parquet`.

    A strength is the mean over the kept items of a language, then over the zero-shot languages, each counting once. It
    is 0 at clean text: of kendall_tau and chrf, which are 1 there, the distance from 1 is taken. A measure that a
    perturbation lacks has no entry.
    """
    found: dict[str, dict[str, list[float]]] = {measure: defaultdict(list) for measure in MEASURES}
    for path in map(Path, perturbed):
        perturbation, language = path.parts[-2], path.stem
        if language != source_language and perturbation != CLEAN:
            items = pq.read_table(path, columns=["status", *MEASURES]).to_pandas()
            means = items.loc[items.status == KEPT, list(MEASURES)].astype(float).mean()
            for measure, value in means.dropna().items():
                found[measure][perturbation].append(abs(value - _AT_CLEAN[measure]) if measure in _AT_CLEAN else value)
    return {
        measure: {perturbation: float(np.mean(means)) for perturbation, means in by_perturbation.items()}
        for measure, by_perturbation in found.items()
    }


def zero_shot_changes(
    predictions: Sequence[str], measures: Sequence[CalibrationMeasure], source_language: str, resamples: Resamples
) -> dict[Model, dict[str, Estimate]]:
    """Changes by perturbation of the first metric of each measure: means over the zero-shot languages that have them.

    predictions: files `.../{intermediate}/{target}/seed{seed}.parquet` of one target.
    """
    languages, _, clusters = survey(predictions)
    scalings = list(dict.fromkeys(measure.scaling for measure in measures))
    found: dict[Model, dict[str, list[Estimate]]] = defaultdict(lambda: defaultdict(list))
    for language in languages:
        if language == source_language:
            continue
        cells = read_predictions(predictions, scalings, clusters, language)
        for measure in measures:
            for change, scores in LanguageCells(cells, language, measure, resamples).differences(_asked(cells)):
                model = Model(change.effect, change.intermediate, measure.unit, measure.scaling)
                found[model][change.perturbation].append(scores.of_metric(measure.metrics[0]))
    return {
        model: {perturbation: mean(estimates) for perturbation, estimates in by_perturbation.items()}
        for model, by_perturbation in found.items()
    }


def _asked(cells: Iterable[CellKey]) -> Iterator[Change]:
    """Yield the effects of perturbations without intermediate training, and the interactions."""
    cells = list(cells)
    for change in changes({cell.intermediate for cell in cells}, {cell.perturbation for cell in cells}):
        if change.effect == "interaction" or (change.effect == "perturbation" and change.intermediate == NONE):
            yield change


def fit_slope(strengths: Mapping[str, float], by_perturbation: Mapping[str, Estimate]) -> tuple[Estimate, int] | None:
    """Fit the slope through the origin, sum_p s_p change_p / sum_p s_p^2, and count its perturbations.

    s_p: strength of perturbation p. A perturbation of strength 0 has no weight and does not count. None for fewer than
    `FEWEST`.
    """
    names = sorted(p for p in by_perturbation if abs(strengths.get(p, 0.0)) > _ROUNDING)
    if len(names) < FEWEST:
        return None
    weights = np.array([strengths[name] for name in names])
    weights /= weights @ weights
    return combine(weights.tolist(), [by_perturbation[name] for name in names]), len(names)
