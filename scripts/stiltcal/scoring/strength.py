"""Slope of the calibration error over the measured strength of perturbations.

The slope is a linear combination of cells that share their resamples. Its p value therefore knows that all changes are
measured from one clean cell, and that a weak perturbation leaves most items as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from ..calibration.combinations import combine, mean
from ..calibration.errors import NO_INTERVAL
from ..calibration.estimate import Estimate, effect_interval, p_value
from ..formats.perturbed import KEPT, MEASURES
from .cells import Measure, Scores
from .effects import CLEAN, NONE, Change
from .multiplicity import add_holm

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


class ZeroShotChanges:
    """Changes of one metric by perturbation: means over the zero-shot languages that have them, each counting once."""

    def __init__(self, metric: str, source_language: str):
        self.metric, self.source_language = metric, source_language
        self.found: dict[Model, dict[str, list[Estimate]]] = defaultdict(lambda: defaultdict(list))

    def add(self, language: str, measure: Measure, change: Change, scores: Scores) -> None:
        """Add a comparison of a language, if slopes need it."""
        asked = change.effect == "interaction" or (change.effect == "perturbation" and change.intermediate == NONE)
        if not asked or language == self.source_language or self.metric not in scores.metrics:
            return
        model = Model(change.effect, change.intermediate, measure.unit, measure.scaling)
        self.found[model][change.perturbation].append(scores.of_metric(self.metric))

    def slopes(self, strengths: Strengths) -> list[dict]:
        """Fit a slope for each model and each measure with enough perturbations, with Holm's p within an effect, unit
        and scaling. A metric without a valid interval has none."""
        if self.metric in NO_INTERVAL:
            return []
        means = {
            model: {name: mean(each) for name, each in by_perturbation.items()}
            for model, by_perturbation in self.found.items()
        }
        rows = [
            {"metric": self.metric, "measure": measure, **model._asdict(), **row}
            for model, by_perturbation in means.items()
            for measure, strength in strengths.items()
            if (row := _slope(strength, by_perturbation))
        ]
        add_holm(rows, itemgetter("effect", "unit", "scaling"))
        return rows


def _slope(strengths: Mapping[str, float], by_perturbation: Mapping[str, Estimate]) -> dict | None:
    """The numbers of a row; `slope` is the bias-reduced estimate."""
    if (fitted := fit_slope(strengths, by_perturbation)) is None:
        return None
    estimate, n = fitted
    low, high = map(float, effect_interval(estimate))
    return {"slope": float(estimate.centre), "low": low, "high": high, "p": float(p_value(estimate)), "n": n}


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
