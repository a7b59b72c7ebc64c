"""Which scalings the confidences of a target get, and on which dev items each is fitted: never on what is scored."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from ..calibration.confidence import log_odds
from ..calibration.logistic import fit_platt
from ..formats.predictions import CORRECTNESS
from .answers import Scaling, record
from .decoding import Cell, Decoder


class Source(NamedTuple):
    """A file of items, and which cell it is."""

    perturbation: str
    language: str
    path: str


class Plan(NamedTuple):
    """The names of the scalings, the dev items, clean and perturbed, and the languages whose dev items serve all cells:
    the source language, or for retrieval and mining, which have no other, all. `right`: when an answer is
    (`calibration.predictions.CORRECTNESS`)."""

    names: tuple[str, ...]
    dev: tuple[Source, ...]
    languages: tuple[str, ...]
    right: str = "exact_match"

    def fitted_on(self, scaling: str, cell: Source) -> tuple[Source, ...]:
        """The dev items on which a scaling of a cell is fitted.

        target: of its language (Self-TS; Ahuja et al. 2022). mixed: of every language. perturbed: of the source
        language under the cell's own perturbation. All others: of the source language. But for `perturbed` all are
        clean. Raises ValueError where there are none.
        """
        text = cell.perturbation if scaling == "perturbed" else "clean"
        languages = {"target": (cell.language,), "mixed": None}.get(scaling, self.languages)
        chosen = tuple(
            each for each in self.dev if each.perturbation == text and (languages is None or each.language in languages)
        )
        if not chosen:
            raise ValueError(f"scaling {scaling}: no {text} dev items in {', '.join(languages or ['any language'])}")
        return chosen

    def files(self, cell: Source) -> list[str]:
        """The dev files on which the predictions of a cell depend: what is fitted on, and the clean ones, on which
        answers may depend (mining: thresholds)."""
        fitted = [each for name in self.names for each in self.fitted_on(name, cell)]
        return sorted({each.path for each in (*fitted, *self.clean)})

    @property
    def clean(self) -> list[Source]:
        """The clean dev items."""
        return [each for each in self.dev if each.perturbation == "clean"]


class Fitted:
    """The scalings of a plan; those that are fitted on the same items are fitted once."""

    def __init__(self, plan: Plan, decoder: Decoder, cells: Mapping[Source, Cell]):
        """`cells`: the dev items, encoded, and what the model says to them."""
        self.plan, self.decoder, self.cells = plan, decoder, cells
        self.found: dict[tuple, Scaling] = {}

    def of(self, source: Source) -> dict[str, Scaling]:
        """The scalings of a cell, by name."""
        return {name: self._fit(name, self.plan.fitted_on(name, source)) for name in self.plan.names}

    def errors(self, sources: Mapping[str, Source]) -> dict:
        """The errors of the fits of some cells (by name), as the table's metadata holds them: the `blocks` of each fit,
        and under `cells`, by scaling, the number of a cell's fit."""
        blocks, cells = [], {name: {} for name in self.plan.names}
        numbers: dict[int, int] = {}
        for place, source in sources.items():
            for name, scaling in self.of(source).items():
                if id(scaling) not in numbers:
                    numbers[id(scaling)] = len(blocks)
                    blocks.append([[float(f"{x:.6g}") for x in row] for row in scaling.error.blocks])
                cells[name][place] = numbers[id(scaling)]
        return {"blocks": blocks, "cells": cells}

    def record(self, sources: Iterable[Source]) -> dict:
        """What was fitted for some cells, as temperature.json holds it: by language for `target`, by perturbation for
        `perturbed`."""
        found: dict = {}
        for source in sources:
            group = {"target": source.language, "perturbed": source.perturbation}
            for name, scaling in self.of(source).items():
                if name in group:
                    found.setdefault(name, {})[group[name]] = record(scaling)
                else:
                    found[name] = record(scaling)
        return found

    def _fit(self, name: str, dev: tuple[Source, ...]) -> Scaling:
        how = name if name in ("platt", "vector") else "temperature"
        if (how, dev) not in self.found:
            cells = [self.cells[source] for source in dev]
            if not any(cell.items for cell in cells):
                files = ", ".join(source.path for source in dev)
                raise ValueError(f"scaling {name}: no item is left to fit it on in {files}")
            self.found[how, dev] = self._platt(cells) if how == "platt" else self.decoder.fit(cells, how)
        return self.found[how, dev]

    def _platt(self, cells: list[Cell]) -> Scaling:
        """Platt's logistic of the log odds of the confidences, against whether answers are right."""
        rows = [row for cell in cells for row in self.decoder.rows(cell, {})]
        rows = [row for row in rows if row["unit"] != "entity" and row["prediction"] is not None]
        answers = SimpleNamespace(**{name: np.array([row[name] for row in rows]) for name in ("correct", "score")})
        right, cluster = CORRECTNESS[self.plan.right](answers), [row["cluster"] for row in rows]
        return fit_platt(log_odds([row["confidence"] for row in rows]), right, cluster)
