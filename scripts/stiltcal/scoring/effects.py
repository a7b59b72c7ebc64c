"""Score the cells of a grid, and compare them: effects of intermediate training, of perturbations, and interactions.

Cells share their resamples, so comparisons are paired.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from ..calibration.combinations import combine
from ..calibration.estimate import Estimate
from ..formats.predictions import CellKey, Units
from .cells import CalibrationMeasure, Measure, Resamples, Scores, over_seeds
from .flips import Outcomes, unseen_flips

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
    def keys(self) -> dict[str, str]:
        """effect, intermediate and perturbation."""
        return {"effect": self.effect, "intermediate": self.intermediate, "perturbation": self.perturbation}

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
    """The cells of one language and measure: their scores, and comparisons on the items that all their cells have."""

    def __init__(self, cells: Mapping[CellKey, Units], language: str, measure: Measure, resamples: Resamples):
        self.measure, self.resamples = measure, resamples
        self.units = {
            cell: {seed: measure.judged(units) for seed, units in by_seed.items()}
            for cell, by_seed in _by_cell(cells, language, measure.computed_from).items()
            if all(map(measure.has, by_seed.values()))
        }
        complete = self.units if measure.computed_from != "entity" else _by_cell(cells, language, "token")
        self.items = {
            cell: {seed: np.unique(complete[cell][seed].item) for seed in by_seed}
            for cell, by_seed in self.units.items()
        }
        self.found: dict[tuple, Scores | None] = {}
        self.outcomes: dict[tuple, Outcomes] = {}

    def scores(self) -> Iterator[tuple[Cell, str, Scores]]:
        """(cell, seed, scores) on all items of a cell; where there are several seeds, also of `all`, their mean."""
        for cell, by_seed in self.items.items():
            found = {
                seed: scores
                for seed, items in by_seed.items()
                if (scores := self._scores(cell, seed, items)) is not None
            }
            yield from ((cell, seed, scores) for seed, scores in found.items())
            if len(found) == self.resamples.n_seeds > 1:
                yield cell, "all", over_seeds(list(found.values()), self.resamples)

    def effects(self) -> Iterator[tuple[Change, Scores]]:
        """Every comparison whose cells are all there, with all seeds: of all metrics; then the parts of the calibration
        error's, where the units of its cells are the same."""
        compared = self._compared(changes(*self._grid()))
        yield from self._differences(compared)
        if isinstance(self.measure, CalibrationMeasure) and self.measure.can_swap(DECOMPOSED):
            unanswered = {cell: self._unanswered(cell) for cell in self.units}
            yield from self._decompositions(
                self.measure,
                {
                    change: items
                    for change, items in compared.items()
                    if not any(np.isin(unanswered[cell], items).any() for cell in change.cells)
                },
            )

    def differences(self, asked: Iterable[Change]) -> Iterator[tuple[Change, Scores]]:
        """Of some comparisons those whose cells are all there, with all seeds: of all metrics."""
        return self._differences(self._compared(asked))

    def _differences(self, compared: Mapping[Change, np.ndarray]) -> Iterator[tuple[Change, Scores]]:
        for change, items in compared.items():
            scores = {cell: each for cell in change.cells if (each := self._mean(cell, cell, items)) is not None}
            if scores.keys() == change.cells:
                total = _linear([(sign, scores[a].estimate, scores[b].estimate) for sign, a, b in change.pairs])
                found = scores[change.pairs[0][1]]
                squares = sum(self._unseen_flips(a, b, items, found.metrics) ** 2 for _, a, b in change.pairs)
                unseen = np.maximum(total.unseen, np.sqrt(squares))
                yield change, found._replace(estimate=total._replace(unseen=unseen))

    def _unseen_flips(self, after: Cell, before: Cell, items: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """`flips.unseen_flips` of two cells on some items, the mean over the seeds."""
        found = [
            unseen_flips(*(self._outcomes(cell, seed, items, names) for cell in (after, before)))
            for seed in self.units[after]
        ]
        return np.asarray(sum(found) / len(found))

    def _outcomes(self, cell: Cell, seed: str, items: np.ndarray, names: Sequence[str]) -> Outcomes:
        key = (cell, seed, items.tobytes())
        if key not in self.outcomes:
            self.outcomes[key] = self.measure.outcomes(_on(self.units[cell][seed], items), items, names)
        return self.outcomes[key]

    def _grid(self) -> tuple[set[str], set[str]]:
        """Intermediates and perturbations of the cells that have all seeds."""
        whole = [cell for cell, each in self.items.items() if len(each) == self.resamples.n_seeds]
        return {intermediate for intermediate, _ in whole}, {perturbation for _, perturbation in whole}

    def _compared(self, asked: Iterable[Change]) -> dict[Change, np.ndarray]:
        """The items of every comparison that can be made: those that its cells share, one at least."""
        whole = {cell: each for cell, each in self.items.items() if len(each) == self.resamples.n_seeds}
        items = {cell: _common(by_seed.values()) for cell, by_seed in whole.items()}
        possible = [change for change in asked if change.cells <= items.keys()]
        shared = {change: _common(items[cell] for cell in change.cells) for change in possible}
        return {change: each for change, each in shared.items() if len(each)}

    def _decompositions(
        self, measure: CalibrationMeasure, compared: Mapping[Change, np.ndarray]
    ) -> Iterator[tuple[Change, Scores]]:
        """The changes by accuracy and by confidence: each the mean of changing it first and of changing it second
        (Shapley's value), so that they sum to the whole."""
        self._swap(measure, compared)
        for change, items in compared.items():
            accuracy, confidence = [], []
            for sign, after, before in change.pairs:
                new, old, right, sure = (
                    self._error(*cells, items)
                    for cells in ((after, after), (before, before), (before, after), (after, before))
                )
                accuracy += [(sign / 2, right, old), (sign / 2, new, sure)]
                confidence += [(sign / 2, sure, old), (sign / 2, new, right)]
            parts = {"accuracy": _linear(accuracy), "confidence": _linear(confidence)}
            yield change, Scores.of({f"{DECOMPOSED}_by_{name}": part for name, part in parts.items()}, len(items))

    def _swap(self, measure: CalibrationMeasure, compared: Mapping[Change, np.ndarray]) -> None:
        """Find the calibration error of all confidences with the outcomes of other cells, for `_mean`."""
        wanted: dict[tuple, dict[Cell, np.ndarray]] = defaultdict(dict)
        for change, items in compared.items():
            for _, after, before in change.pairs:
                for sure, right in ((after, before), (before, after)):
                    wanted[sure, items.tobytes()][right] = items
        for (sure, key), others in wanted.items():
            for seed, units in self.units[sure].items():
                outcomes = [_on(self.units[right][seed], items).correct for right, items in others.items()]
                found = measure.with_outcomes(_on(units, next(iter(others.values()))), outcomes, DECOMPOSED)
                self.found |= {(sure, right, seed, key): each for right, each in zip(others, found, strict=True)}

    def _unanswered(self, cell: Cell) -> np.ndarray:
        """The items that a cell has no answer to, with any seed."""
        return np.concatenate([units.item[~units.answered] for units in self.units[cell].values()])

    def _mean(self, sure: Cell, right: Cell, items: np.ndarray) -> Scores | None:
        """Over the seeds, of the confidences of one cell with the outcomes of another (or the same) on some items."""
        if sure == right:
            by_seed = [self._scores(sure, seed, items) for seed in self.units[sure]]
        else:
            by_seed = [self.found[sure, right, seed, items.tobytes()] for seed in self.units[sure]]
        found = [scores for scores in by_seed if scores is not None]
        return over_seeds(found, self.resamples) if len(found) == len(by_seed) else None

    def _error(self, sure: Cell, right: Cell, items: np.ndarray) -> Estimate:
        """`_mean` of the calibration error, on items that both cells have answers to."""
        scores = self._mean(sure, right, items)
        assert scores is not None
        return scores.of_metric(DECOMPOSED)

    def _scores(self, cell: Cell, seed: str, items: np.ndarray) -> Scores | None:
        key = (cell, cell, seed, items.tobytes())
        if key not in self.found:
            self.found[key] = self.measure.scores(_on(self.units[cell][seed], items))
        return self.found[key]


def _by_cell(cells: Mapping[CellKey, Units], language: str, unit: str) -> dict[Cell, dict[str, Units]]:
    """The units of every cell by seed, in the order of the seeds."""
    found: dict[Cell, dict[str, Units]] = defaultdict(dict)
    for key in sorted(cells):
        if key.language == language and key.unit == unit:
            found[key.intermediate, key.perturbation][key.seed] = cells[key]
    return found


def _on(units: Units, items: np.ndarray) -> Units:
    """The units of some items."""
    if np.array_equal(units.item, items):
        return units
    chosen = np.isin(units.item, items)
    return units if chosen.all() else units.take(chosen)


def _common(items: Iterable[np.ndarray]) -> np.ndarray:
    return reduce(np.intersect1d, items)


def _linear(terms: Sequence[tuple[float, Estimate, Estimate]]) -> Estimate:
    """Sum of sign * (after - before)."""
    signed = [term for sign, after, before in terms for term in ((sign, after), (-sign, before))]
    return combine(*zip(*signed, strict=True))
