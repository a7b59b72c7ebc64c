"""Plan and fit the scalings of a target's confidences on dev items, never on the items that are scored."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from ..calibration.confidence import log_odds
from ..calibration.logistic import fit_platt
from ..formats.predictions import CORRECTNESS
from .answers import Scaling, record
from .decoding import CellOutputs, Decoder


class ItemFile(NamedTuple):
    """Name a file of items and its cell."""

    perturbation: str
    language: str
    path: str


class _Answers(NamedTuple):
    """Hold what `CORRECTNESS` reads."""

    correct: np.ndarray
    score: np.ndarray


class Plan(NamedTuple):
    """Say which scalings to fit, and on which dev items.

    names: of the scalings. dev: clean and perturbed dev items. languages: those whose dev items serve every cell, that
    is the source language; for retrieval and mining, which have no items in it, all languages. right: the correctness
    criterion (a key of `formats.predictions.CORRECTNESS`).
    """

    names: tuple[str, ...]
    dev: tuple[ItemFile, ...]
    languages: tuple[str, ...]
    right: str = "exact_match"

    def fitted_on(self, scaling: str, cell: ItemFile) -> tuple[ItemFile, ...]:
        """Return the dev items on which a scaling of a cell is fitted.

        `target`: clean items of the cell's language (Self-TS; Ahuja et al. 2022). `mixed`: clean items of all
        languages. `perturbed`: items of the source language under the cell's perturbation. Other scalings: clean items
        of the source language. Raises ValueError if there are none.
        """
        text = cell.perturbation if scaling == "perturbed" else "clean"
        languages = {"target": (cell.language,), "mixed": None}.get(scaling, self.languages)
        chosen = tuple(
            each for each in self.dev if each.perturbation == text and (languages is None or each.language in languages)
        )
        if not chosen:
            raise ValueError(f"scaling {scaling}: no {text} dev items in {', '.join(languages or ['any language'])}")
        return chosen

    def files(self, cell: ItemFile) -> list[str]:
        """Return the dev files that the predictions of a cell depend on, sorted.

        These are the files that scalings are fitted on, and all clean ones: the answers of mining depend on them too
        (thresholds).
        """
        fitted = [each for name in self.names for each in self.fitted_on(name, cell)]
        return sorted({each.path for each in (*fitted, *self.clean)})

    @property
    def clean(self) -> list[ItemFile]:
        """Return the clean dev items."""
        return [each for each in self.dev if each.perturbation == "clean"]


class Fitted:
    """Fit the scalings of a plan; two that need the same fit on the same items share it."""

    def __init__(self, plan: Plan, decoder: Decoder, cells: Mapping[ItemFile, CellOutputs]):
        """Take the dev items with their features and outputs as `cells`."""
        self.plan, self.decoder, self.cells = plan, decoder, cells
        self.found: dict[tuple, Scaling] = {}

    def of(self, source: ItemFile) -> dict[str, Scaling]:
        """Return the scalings of a cell, by name."""
        return {name: self._fit(name, self.plan.fitted_on(name, source)) for name in self.plan.names}

    def errors(self, sources: Mapping[str, ItemFile]) -> dict:
        """Return the errors of the fits of some cells, as the metadata of the predictions stores them.

        `blocks`: a matrix for each fit. `cells`: by scaling and by the cell's name, the number of its fit.
        """
        blocks: list[list[list[float]]] = []
        cells: dict[str, dict[str, int]] = {name: {} for name in self.plan.names}
        numbers: dict[int, int] = {}
        for place, source in sources.items():
            for name, scaling in self.of(source).items():
                if id(scaling) not in numbers:
                    numbers[id(scaling)] = len(blocks)
                    blocks.append([[float(f"{x:.6g}") for x in row] for row in scaling.error.blocks])
                cells[name][place] = numbers[id(scaling)]
        return {"blocks": blocks, "cells": cells}

    def record(self, sources: Iterable[ItemFile]) -> dict:
        """Return the scalings of some cells as temperature.json stores them.

        `target` has one for each language, `perturbed` one for each perturbation.
        """
        found: dict = {}
        for source in sources:
            group = {"target": source.language, "perturbed": source.perturbation}
            for name, scaling in self.of(source).items():
                if name in group:
                    found.setdefault(name, {})[group[name]] = record(scaling)
                else:
                    found[name] = record(scaling)
        return found

    def _fit(self, name: str, dev: tuple[ItemFile, ...]) -> Scaling:
        how = name if name in ("platt", "vector") else "temperature"
        if (how, dev) not in self.found:
            # A perturbation may apply to no dev item of a language.
            cells = [self.cells[source] for source in dev if self.cells[source].items]
            if not cells:
                files = ", ".join(source.path for source in dev)
                raise ValueError(f"scaling {name}: the dev items hold none to fit it on: {files}")
            self.found[how, dev] = self._platt(cells) if how == "platt" else self.decoder.fit(cells, how)
        return self.found[how, dev]

    def _platt(self, cells: list[CellOutputs]) -> Scaling:
        """Fit a logistic regression of correctness on the log odds of the confidences (Platt scaling)."""
        rows = [row for cell in cells for row in self.decoder.rows(cell, {})]
        rows = [row for row in rows if row["unit"] != "entity" and row["prediction"] is not None]
        answers = _Answers(np.array([row["correct"] for row in rows]), np.array([row["score"] for row in rows]))
        right, cluster = CORRECTNESS[self.plan.right](answers), [row["cluster"] for row in rows]
        return fit_platt(log_odds(np.array([row["confidence"] for row in rows])), right, cluster)
