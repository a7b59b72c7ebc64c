"""Collect the items of a target's cells for the logit model and CORP, and compare errors on matched items."""

import os
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from ..calibration.combinations import combine
from ..calibration.fit_effect import FitEffect
from .cells import CalibrationMeasure, Scores, over_seeds
from .effects import Cell, Change, LanguageCells

#: Units of a target that are held together. Of larger studies a random part of the clusters is used.
LARGEST = 3_000_000
_COLUMNS = ("confidence", "correct", "cluster", "group", "seed")


class CellSample(NamedTuple):
    """Units of a cell, (n,) each, and the effect of errors of fitted scalings on their confidences (None: no fit)."""

    confidence: np.ndarray
    correct: np.ndarray
    cluster: np.ndarray
    effect: FitEffect | None


class ItemColumns:
    """The answered units of every cell of a target, over its zero-shot languages: columns (n,) by name.

    `group` is the number of the language, `seed` that of the training seed. Clusters are those of the target; `seen`
    (n_clusters,) says which of them have an answered unit, also where a random part of them is held. After a
    fitted scaling `fit` is the number of the fit, whose blocks (k, BLOCKS) are in `fits`, and `change` (n, k) the
    change of the confidence by one standard error.
    """

    def __init__(self, target: str, scaling: str, n_clusters: int, paths: Sequence[str | os.PathLike]):
        self.target, self.scaling, self.n_clusters = target, scaling, n_clusters
        rows = sum(pq.read_metadata(path).num_rows for path in paths)
        share = min(1.0, LARGEST / max(rows, 1))
        self.kept = np.random.default_rng(0).random(n_clusters) < share if share < 1 else np.ones(n_clusters, bool)
        self.seen = np.zeros(n_clusters, bool)
        self.parts: dict[Cell, list[dict[str, np.ndarray]]] = defaultdict(list)
        self.languages: list[str] = []
        self.fits: list[np.ndarray] = []

    def add(self, language: str, cells: LanguageCells) -> None:
        """Add the cells of a language."""
        group = len(self.languages)
        self.languages.append(language)
        for cell, by_seed in cells.units.items():
            for number, units in enumerate(by_seed.values()):
                self.seen[units.cluster[units.answered]] = True
                units = units.take(units.answered & self.kept[units.cluster])
                n = len(units.item)
                columns = (
                    units.confidence[self.scaling].astype(np.float64),
                    units.correct.astype(bool),
                    units.cluster.astype(np.int32),
                    np.full(n, group, np.int16),
                    np.full(n, number, np.int16),
                )
                part: dict[str, np.ndarray] = dict(zip(_COLUMNS, columns, strict=True))
                if fit := units.fits.get(self.scaling):
                    part |= {"fit": np.full(n, self._number(fit.blocks), np.int32), "change": fit.change.T}
                self.parts[cell].append(part)

    def _number(self, blocks: np.ndarray) -> int:
        """The number of a fit, which cells of a model share."""
        known = (number for number, fit in enumerate(self.fits) if np.array_equal(fit, blocks))
        number = next(known, len(self.fits))
        if number == len(self.fits):
            self.fits.append(blocks)
        return number

    def of(self, cells: Sequence[Cell]) -> dict[str, np.ndarray] | None:
        """The columns of some cells, one after the other; None where none of them is there."""
        parts = list(chain.from_iterable(self.parts.get(cell, []) for cell in cells))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else None

    def samples(self, cell: Cell) -> list[CellSample]:
        """The units of a cell over all languages, one sample a seed."""
        columns = self.of([cell])
        if columns is None:
            return []
        found = []
        for seed in np.unique(columns["seed"]):
            of_seed = {name: column[columns["seed"] == seed] for name, column in columns.items()}
            confidence, correct, cluster = (of_seed[name] for name in ("confidence", "correct", "cluster"))
            found.append(CellSample(confidence, correct, cluster, self._effect(of_seed)))
        return found

    def _effect(self, columns: dict[str, np.ndarray]) -> FitEffect | None:
        """Return the changes of the confidences by errors of the fits; each fit moves its own units."""
        if "fit" not in columns:
            return None
        numbers = np.unique(columns["fit"])
        change = np.concatenate([np.where(columns["fit"] == number, columns["change"].T, 0.0) for number in numbers])
        return FitEffect(change, np.concatenate([self.fits[number] for number in numbers]))


def matched(cells: LanguageCells, measure: CalibrationMeasure, change: Change) -> Scores | None:
    """The difference of the error on the items that both models answer alike, both right or both wrong.

    The task score is then the same, and the difference is one of confidences alone. Of several seeds the mean, each
    pair of models on its own items. None where units are no items, or where a seed has no such item.
    """
    if measure.computed_from != "item":
        return None
    _, after, before = change.pairs[0]
    found = []
    for seed in sorted(cells.units[after].keys() & cells.units[before].keys()):
        new, old = cells.units[after][seed], cells.units[before][seed]
        _, here, there = np.intersect1d(new.item, old.item, return_indices=True)
        new, old = new.take(here), old.take(there)
        alike = (new.correct == old.correct) & new.answered & old.answered
        changed, base = (measure.scores(units.take(alike)) for units in (new, old))
        if changed is None or base is None:
            return None
        found.append(changed._replace(estimate=combine([1, -1], [changed.estimate, base.estimate])))
    return over_seeds(found, cells.resamples) if len(found) == cells.resamples.n_seeds else None
