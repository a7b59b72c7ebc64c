"""Comparisons: effects of intermediate training and of perturbations, and their interaction, from paired replicates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from stiltcal.calibration.estimate import Estimate, combine, effect_interval, holm, p_value
from stiltcal.calibration.grid import Measure, Resamples, Result, over_seeds
from stiltcal.calibration.predictions import CellKey, Units

NONE, CLEAN = "none", "clean"
#: The calibration error whose changes are decomposed.
DECOMPOSED = "ece_width_15"

Cell = tuple[str, str]
"""An intermediate and a perturbation."""


class Change(NamedTuple):
    """A comparison: sum of sign * (score of one cell - score of another), `pairs` of (sign, after, before)."""

    effect: str
    intermediate: str
    perturbation: str
    pairs: tuple[tuple[int, Cell, Cell], ...]

    @property
    def cells(self) -> set[Cell]:
        """The cells that it compares."""
        return {cell for _, *cells in self.pairs for cell in cells}


def changes(intermediates: Iterable[str], perturbations: Iterable[str]) -> Iterator[Change]:
    """All comparisons of a grid with `none` and `clean`, in the order of the names.

    intermediate: with against without intermediate training, on clean and on perturbed text; perturbation: perturbed
    against clean; interaction: the change by the perturbation with intermediate training minus that without.
    """
    for i in sorted(intermediates):
        for p in sorted(perturbations):
            by_text = (1, (i, p), (i, CLEAN))
            if i != NONE:
                yield Change("intermediate", i, p, ((1, (i, p), (NONE, p)),))
            if p != CLEAN:
                yield Change("perturbation", i, p, (by_text,))
            if i != NONE and p != CLEAN:
                yield Change("interaction", i, p, (by_text, (-1, (NONE, p), (NONE, CLEAN))))


class LanguageCells:
    """The cells of one language and one measure. Every comparison is made on the items that all its cells have."""

    def __init__(self, cells: Mapping[CellKey, Units], language: str, measure: Measure, resamples: Resamples):
        self.measure, self.resamples = measure, resamples
        self.units = _by_cell(cells, language, measure.computed_from)
        complete = self.units if measure.computed_from != "entity" else _by_cell(cells, language, "token")
        self.items = {cell: _common(units.item for units in by_seed) for cell, by_seed in complete.items()}
        self.found: dict[tuple, dict[str, Estimate]] = {}

    def effects(self) -> Iterator[tuple[Change, str, Result]]:
        """Every comparison whose cells are all there, for every metric."""
        grid = [set(names) for names in zip(*self.units, strict=True)]
        for change in changes(*grid) if grid else ():
            if change.cells <= self.units.keys():
                yield from self._effects(change)

    def _effects(self, change: Change) -> Iterator[tuple[Change, str, Result]]:
        items = _common(self.items[cell] for cell in change.cells)
        pairs = [(sign, self._results(a, a, items), self._results(b, b, items)) for sign, a, b in change.pairs]
        shared = [name for name in pairs[0][1] if all(name in side for _, *sides in pairs for side in sides)]
        for name in shared:
            if name != "guessing":
                yield change, name, _linear((sign, after[name], before[name]) for sign, after, before in pairs)
        if DECOMPOSED in shared and self._can_swap(change, items):
            yield from self._decomposition(change, items)

    def _decomposition(self, change: Change, items: np.ndarray) -> Iterator[tuple[Change, str, Result]]:
        """The change by accuracy and by confidence: each the mean of changing it first and of changing it second
        (Shapley's value), so that they sum to the whole."""
        accuracy, confidence = [], []
        for sign, after, before in change.pairs:
            new, old, right, sure = (
                self._results(*cells, items)[DECOMPOSED]
                for cells in ((after, after), (before, before), (before, after), (after, before))
            )
            accuracy += [(sign / 2, right, old), (sign / 2, new, sure)]
            confidence += [(sign / 2, sure, old), (sign / 2, new, right)]
        yield change, f"{DECOMPOSED}_by_accuracy", _linear(accuracy)
        yield change, f"{DECOMPOSED}_by_confidence", _linear(confidence)

    def _can_swap(self, change: Change, items: np.ndarray) -> bool:
        """Whether the units of all cells are the same ones: items that all have an answer."""
        if self.measure.computed_from != "item":
            return False
        every = [units for cell in change.cells for units in self.units[cell]]
        return all(_on(units, items).answered.all() for units in every)

    def _results(self, confidence: Cell, correct: Cell, items: np.ndarray) -> dict[str, Result]:
        """The metrics of the confidences of one cell with the correctness of another (or the same) on some items."""
        key = (confidence, correct, items.tobytes())
        if key not in self.found:
            by_seed = []
            for sure, right in zip(self.units[confidence], self.units[correct], strict=True):
                units = _on(sure, items)
                if confidence != correct:
                    units = units.with_correct(_on(right, items).correct)
                measure = self.measure if confidence == correct else self.measure.only(DECOMPOSED)
                by_seed.append(measure.results(units))
            names = [name for name in by_seed[0] if all(name in results for results in by_seed)]
            self.found[key] = {
                name: over_seeds([results[name] for results in by_seed], self.resamples) for name in names
            }
        return self.found[key]


def effect_columns(effect: Result) -> dict[str, float]:
    """difference, low, high, p and n."""
    low, high = effect_interval(effect.estimate)
    p = p_value(effect.estimate)
    return {"difference": effect.estimate.value, "low": low, "high": high, "p": p, "n": effect.n}


def add_holm(rows: Sequence[dict], aggregates: Sequence[str]) -> None:
    """Add `p_holm` to rows of comparisons of one target.

    A family is what answers one question: the rows of one effect, unit, scaling and metric, over intermediates and
    perturbations, for one of the `aggregates` of languages, or for all single languages together.
    """
    families = defaultdict(list)
    for row in rows:
        scope = row["language"] if row["language"] in aggregates else "single"
        families[row["effect"], row["unit"], row["scaling"], row["metric"], scope].append(row)
    for family in families.values():
        for row, p in zip(family, holm([row["p"] for row in family]), strict=True):
            row["p_holm"] = p


def _by_cell(cells: Mapping[CellKey, Units], language: str, unit: str) -> dict[Cell, list[Units]]:
    """The units of every cell, by seed in the order of the seeds; cells that lack a seed are left out."""
    found = defaultdict(list)
    for key in sorted(cells):
        if key.language == language and key.unit == unit:
            found[key.intermediate, key.perturbation].append(cells[key])
    seeds = max(map(len, found.values()), default=0)
    return {cell: units for cell, units in found.items() if len(units) == seeds}


def _on(units: Units, items: np.ndarray) -> Units:
    return units.take(np.isin(units.item, items))


def _common(items: Iterable[np.ndarray]) -> np.ndarray:
    return reduce(np.intersect1d, map(np.unique, items))


def _linear(pairs: Iterable[tuple[float, Result, Result]]) -> Result:
    """Sum of sign * (after - before), with the n of the first."""
    terms = [term for sign, after, before in pairs for term in ((sign, after), (-sign, before))]
    signs, results = zip(*terms, strict=True)
    return Result(combine(signs, [result.estimate for result in results]), results[0].n)
