"""Estimates of one simulated study, as the library and as the earlier rules have them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from inference_scenarios import Setting
from inference_truth import Contrast

from stiltcal.calibration.combinations import combine, mean
from stiltcal.calibration.estimate import Estimate
from stiltcal.scoring.cells import CalibrationMeasure, Resamples, Scores
from stiltcal.scoring.effects import CLEAN, NONE, LanguageCells, changes
from stiltcal.scoring.matched import ItemColumns
from stiltcal.scoring.pooled import Pool
from stiltcal.scoring.target import Key, TargetResults, TargetSpec

ERROR = "ece_width_15"


class Study:
    """One study: cells of every language, estimates of now, and those that the earlier rules have."""

    def __init__(self, setting: Setting, cells: Mapping, measure: CalibrationMeasure, resamples: Resamples):
        self.setting, self.metrics = setting, measure.metrics
        names = [f"l{number}" for number in range(setting.languages)]
        self.languages = [LanguageCells(cells, name, measure, resamples) for name in names]
        self.levels = [_levels(each) for each in self.languages]
        known = {key: replace(units, fits={}) for key, units in cells.items()}  # as the earlier rules took fits
        self.earlier_levels = self.levels
        if setting.dev:
            self.earlier_levels = [_levels(LanguageCells(known, name, measure, resamples)) for name in names]
        asked = list(changes([NONE, *setting.intermediates], [CLEAN, *setting.perturbations]))
        self.changes = [{tuple(c.keys.values()): s for c, s in each.differences(asked)} for each in self.languages]
        self.pool = self._pool(names, resamples)

    def earlier(self, contrast: Contrast, metric: str, languages: int = 1) -> Estimate:
        """A combination of cells, in the mean over the first languages."""
        terms = [
            (c / languages, _without_surplus(levels[cell].of_metric(metric), len(contrast) > 1))
            for levels in self.earlier_levels[:languages]
            for c, cell in contrast
        ]
        found = combine(*zip(*terms, strict=True))
        return found._replace(unseen=(0.0, 0.0)) if metric == "auroc" else found

    def now(self, name: str, contrast: Contrast, metric: str) -> Estimate:
        """The same contrast as the library has it."""
        if name.startswith("value"):
            return self.levels[0][contrast[0][1]].of_metric(metric)
        if name.startswith("pooled"):
            return self.pool.estimate(metric, name.removeprefix("pooled_"))
        effect = "intermediate" if name == "difference" else name
        return self.changes[0][effect, *contrast[0][1]].of_metric(metric)

    def _pool(self, names: Sequence[str], resamples: Resamples) -> Pool:
        columns = ItemColumns("simulated", self.setting.scaling, len(self.setting.sizes), [])
        for name, cells in zip(names, self.languages, strict=True):
            columns.add(name, cells)
        found = {Key("error", *cell): _mean(self.levels, cell, ERROR) for cell in self.levels[0] if cell[0] == NONE}
        for effect, *cell in self.changes[0]:
            if effect == "intermediate":
                found |= {Key(m, *cell): _mean(self.changes, (effect, *cell), m) for m in self.metrics}
        spec = TargetSpec("qa", "exact_match", None, "exact_match")
        result = TargetResults("simulated", spec, resamples.n_seeds, columns, found, languages=list(names))
        return Pool([result], self.setting.perturbations)


def _levels(language: LanguageCells) -> dict[tuple[str, str], Scores]:
    single = language.resamples.n_seeds == 1
    return {cell: scores for cell, seed, scores in language.scores() if single or seed == "all"}


def _mean(languages: Sequence[Mapping], key: tuple, metric: str) -> Estimate:
    return mean([each[key].of_metric(metric) for each in languages])


def _without_surplus(estimate: Estimate, is_difference: bool) -> Estimate:
    return estimate._replace(surplus=np.full(1, np.nan)) if is_difference else estimate
