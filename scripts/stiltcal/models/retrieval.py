"""Retrieval and mining: sentence vectors of two sides, matched; the encoder after intermediate training, no head."""

from collections.abc import Sequence

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import fit_platt
from ..calibration.scaling import SIMILARITY_BOUNDS, fit_temperature
from ..tasks.mining import best_threshold, mine
from .answers import FittedScalings, Scaling, each, option_confidences, row
from .decoding import Cell

#: What unscaled confidences divide cosines by (1/20, the usual scale of contrastive training: Reimers & Gurevych's
#: sentence-transformers); at 1, a softmax of cosines says next to nothing.
COSINE_TEMPERATURE = 0.05
#: The slope of unscaled mining confidences: logistic(20 (margin - threshold)), one half at the threshold.
MARGIN_SLOPE = 20.0


class Retrieval:
    """Every foreign sentence picks the most similar source sentence; softmax of the cosines to all of them."""

    def prepare(self, cells: Sequence[Cell]) -> dict:
        """Nothing."""
        return {}

    def fit(self, cells: Sequence[Cell], how: str) -> Scaling:
        """The temperature, whatever `how`: languages have other candidates."""
        cosines, gold, clusters = zip(*(self._dev_scores(cell) for cell in cells), strict=True)
        width = max(each.shape[1] for each in cosines)
        cosines = [np.pad(e, ((0, 0), (0, width - e.shape[1])), constant_values=-np.inf) for e in cosines]
        names = [name for each in clusters for name in each]
        return fit_temperature(np.concatenate(cosines), np.concatenate(gold), bounds=SIMILARITY_BOUNDS, cluster=names)

    def rows(self, cell: Cell, scalings: FittedScalings) -> list[dict]:
        """One row a foreign sentence."""
        queries, candidates, cosines = _cosines(cell)
        choice, confidences = option_confidences(cosines, scalings, COSINE_TEMPERATURE)
        return [
            row(item, gold=item["pair"], prediction=candidates[best]["id"], confidences=values)
            for item, best, values in zip(queries, choice, each(confidences), strict=True)
        ]

    def _dev_scores(self, cell: Cell) -> tuple[np.ndarray, np.ndarray, list[str]]:
        queries, candidates, cosines = _cosines(cell)
        column = {item["id"]: i for i, item in enumerate(candidates)}
        paired = [i for i, item in enumerate(queries) if item["pair"] in column]
        gold = np.array([column[queries[i]["pair"]] for i in paired], dtype=int)
        return cosines[paired], gold, [queries[i]["cluster"] for i in paired]


class Mining:
    """Pairs by ratio margin, one to one; selected from the language's own dev threshold on."""

    def __init__(self):
        self.thresholds: dict[str, float] = {}

    def prepare(self, cells: Sequence[Cell]) -> dict:
        """The best threshold of each language's dev cell."""
        for cell in cells:
            margin, right, _ = _dev_margins(cell)
            gold = sum(item["pair"] is not None for item in cell.items if item["side"] == "foreign")
            self.thresholds[cell.language] = best_threshold(margin, right, gold)[0]
        thresholds = {name: value if np.isfinite(value) else None for name, value in self.thresholds.items()}
        return {"thresholds": thresholds}

    def fit(self, cells: Sequence[Cell], how: str) -> Scaling:
        """Platt's logistic of the margins, whatever `how`."""
        margins, rights, clusters = zip(*map(_dev_margins, cells), strict=True)
        names = [name for each in clusters for name in each]
        return fit_platt(np.concatenate(margins), np.concatenate(rights), names)

    def rows(self, cell: Cell, scalings: FittedScalings) -> list[dict]:
        """One row a foreign sentence; one that no pair was left for has no prediction and is not selected."""
        if cell.language not in self.thresholds:
            raise ValueError(f"mining: no dev items in {cell.language}; there are: {', '.join(self.thresholds)}")
        threshold = self.thresholds[cell.language]
        foreign, source, pairs = _mined(cell)
        confidences = {"none": confidence.sigmoid(pairs.margin - threshold, MARGIN_SLOPE, 0.0)}
        for name, scaling in scalings.items():
            scored = confidence.log_odds(confidences["none"]) if name.startswith("platt") else pairs.margin
            confidences[name] = confidence.sigmoid(scored, scaling.slope, scaling.intercept)
        found = {
            f: {"prediction": source[s]["id"], "selected": bool(margin >= threshold), "confidences": values}
            for f, s, margin, values in zip(*pairs, each(confidences), strict=True)
        }
        nothing = {"prediction": None, "selected": False, "confidences": dict.fromkeys(confidences, 0.0)}
        return [row(item, gold=item["pair"], **found.get(i, nothing)) for i, item in enumerate(foreign)]


def _dev_margins(cell: Cell) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The margins of the pairs that are mined, whether they are right, and their clusters."""
    foreign, source, pairs = _mined(cell)
    right = [foreign[f]["pair"] == source[s]["id"] for f, s in zip(*pairs[:2], strict=True)]
    return pairs.margin, np.array(right, dtype=bool), [foreign[f]["cluster"] for f in pairs[0]]


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
