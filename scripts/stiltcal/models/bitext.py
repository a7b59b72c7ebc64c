"""Retrieval and mining: sentence vectors of two sides, matched; the encoder after intermediate training, no head."""

from collections.abc import Sequence

import numpy as np

from stiltcal.calibration import confidence, scaling
from stiltcal.models.decoding import Cell, row, temperature_record
from stiltcal.tasks.mining import best_threshold, mine

#: What unscaled confidences divide cosines by (1/20, the usual scale of contrastive training: Reimers & Gurevych's
#: sentence-transformers); at 1, a softmax of cosines says next to nothing.
COSINE_TEMPERATURE = 0.05
#: The slope of unscaled mining confidences: logistic(20 (margin - threshold)), one half at the threshold.
MARGIN_SLOPE = 20.0


class Retrieval:
    """Every foreign sentence picks the most similar source sentence; softmax of the cosines to all of them."""

    def __init__(self):
        self.temperature = COSINE_TEMPERATURE

    def fit(self, cells: Sequence[Cell]) -> dict:
        """Fit the temperature on the dev cells (clean), all languages together."""
        cosines, gold = zip(*(self._dev_scores(cell) for cell in cells), strict=True)
        width = max(each.shape[1] for each in cosines)
        cosines = [np.pad(e, ((0, 0), (0, width - e.shape[1])), constant_values=-np.inf) for e in cosines]
        fitted = scaling.fit_temperature(
            np.concatenate(cosines), np.concatenate(gold), bounds=scaling.SIMILARITY_BOUNDS
        )
        self.temperature = fitted.value
        return temperature_record(fitted)

    def rows(self, cell: Cell) -> list[dict]:
        """One row a foreign sentence."""
        queries, candidates, cosines = _cosines(cell)
        choice, raw = confidence.classification(cosines, COSINE_TEMPERATURE)
        scaled = confidence.classification(cosines, self.temperature)[1]
        return [
            row(item, gold=item["pair"], prediction=candidates[best]["id"], confidences=(one, two))
            for item, best, one, two in zip(queries, choice, raw, scaled, strict=True)
        ]

    def _dev_scores(self, cell: Cell) -> tuple[np.ndarray, np.ndarray]:
        queries, candidates, cosines = _cosines(cell)
        column = {item["id"]: i for i, item in enumerate(candidates)}
        paired = [i for i, item in enumerate(queries) if item["pair"] in column]
        return cosines[paired], np.array([column[queries[i]["pair"]] for i in paired], dtype=int)


class Mining:
    """Pairs by ratio margin, one to one; selected from the language's own dev threshold on."""

    def __init__(self):
        self.thresholds: dict[str, float] = {}
        self.slope, self.intercept = 0.0, 0.0

    def fit(self, cells: Sequence[Cell]) -> dict:
        """The best threshold of each language's dev cell, and Platt's logistic on the margins of all of them."""
        margins, rights = [], []
        for cell in cells:
            foreign, source, pairs = _mined(cell)
            right = np.array([foreign[f]["pair"] == source[s]["id"] for f, s in zip(*pairs[:2], strict=True)])
            gold = sum(item["pair"] is not None for item in foreign)
            self.thresholds[cell.language] = best_threshold(pairs.margin, right, gold)[0]
            margins.append(pairs.margin)
            rights.append(right)
        margin, right = np.concatenate(margins), np.concatenate(rights)
        self.slope, self.intercept = scaling.fit_platt(margin, right)
        thresholds = {name: value if np.isfinite(value) else None for name, value in self.thresholds.items()}
        return {"slope": self.slope, "intercept": self.intercept, "n": len(margin), "thresholds": thresholds}

    def rows(self, cell: Cell) -> list[dict]:
        """One row a foreign sentence; one that no pair was left for has no prediction and is not selected."""
        if cell.language not in self.thresholds:
            raise ValueError(f"mining: no dev items in {cell.language}; there are: {', '.join(self.thresholds)}")
        threshold = self.thresholds[cell.language]
        foreign, source, pairs = _mined(cell)
        raw = confidence.mining(pairs.margin - threshold, MARGIN_SLOPE, 0.0)
        scaled = confidence.mining(pairs.margin, self.slope, self.intercept)
        found = {
            f: {"prediction": source[s]["id"], "selected": bool(margin >= threshold), "confidences": (one, two)}
            for f, s, margin, one, two in zip(*pairs, raw, scaled, strict=True)
        }
        nothing = {"prediction": None, "selected": False, "confidences": (0.0, 0.0)}
        return [row(item, gold=item["pair"], **found.get(i, nothing)) for i, item in enumerate(foreign)]


def _sides(cell: Cell) -> tuple[list[dict], list[dict], np.ndarray, np.ndarray]:
    """(foreign items, source items, foreign vectors, source vectors)."""
    is_foreign = np.array([item["side"] == "foreign" for item in cell.items], dtype=bool)
    vectors = cell.outputs.values[cell.outputs.starts]
    foreign = [item for item in cell.items if item["side"] == "foreign"]
    source = [item for item in cell.items if item["side"] != "foreign"]
    return foreign, source, vectors[is_foreign], vectors[~is_foreign]


def _cosines(cell: Cell) -> tuple[list[dict], list[dict], np.ndarray]:
    foreign, source, queries, candidates = _sides(cell)
    return foreign, source, queries @ candidates.T


def _mined(cell: Cell):
    foreign, source, foreign_vectors, source_vectors = _sides(cell)
    return foreign, source, mine(foreign_vectors, source_vectors)
