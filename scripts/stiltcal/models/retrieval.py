"""Decode retrieval and mining: match sentence vectors of two languages. The encoder has no head."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import Logistic, fit_platt
from ..calibration.scaling import SIMILARITY_BOUNDS, fit_temperature
from ..tasks.mining import GRID, Mined, best_threshold, mine
from .answers import FittedScalings, Scaling, each, option_confidences, row
from .decoding import CellOutputs

#: Temperature of unscaled confidences: 1/20, usual in contrastive training (Reimers & Gurevych's
#: sentence-transformers). At 1, a softmax of cosines is nearly uniform.
COSINE_TEMPERATURE = 0.05
#: Slope of unscaled confidences in mining: logistic(20 (margin - threshold)), which is 1/2 at the threshold.
MARGIN_SLOPE = 20.0


class Retrieval:
    """Match every foreign sentence with the most similar source sentence.

    The confidence is the softmax of the cosines to all source sentences.
    """

    def prepare(self, cells: Sequence[CellOutputs]) -> dict:
        """Set nothing."""
        return {}

    def fit(self, cells: Sequence[CellOutputs], how: str) -> Scaling:
        """Fit a temperature, whatever `how` is: vector scaling is undefined, because candidates differ by language."""
        cosines, gold, clusters = zip(*(self._dev_scores(cell) for cell in cells), strict=True)
        width = max(each.shape[1] for each in cosines)
        cosines = [np.pad(e, ((0, 0), (0, width - e.shape[1])), constant_values=-np.inf) for e in cosines]
        names = [name for each in clusters for name in each]
        return fit_temperature(np.concatenate(cosines), np.concatenate(gold), bounds=SIMILARITY_BOUNDS, cluster=names)

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row a foreign sentence."""
        queries, candidates, cosines = _cosines(cell)
        choice, confidences = option_confidences(cosines, scalings, COSINE_TEMPERATURE)
        return [
            row(item, gold=item["pair"], prediction=candidates[best]["id"], confidences=values)
            for item, best, values in zip(queries, choice, each(confidences), strict=True)
        ]

    def _dev_scores(self, cell: CellOutputs) -> tuple[np.ndarray, np.ndarray, list[str]]:
        queries, candidates, cosines = _cosines(cell)
        column = {item["id"]: i for i, item in enumerate(candidates)}
        paired = [i for i, item in enumerate(queries) if item["pair"] in column]
        gold = np.array([column[queries[i]["pair"]] for i in paired], dtype=int)
        return cosines[paired], gold, [queries[i]["cluster"] for i in paired]


class Mining:
    """Mine pairs one to one by ratio margin, and select those at or above the dev threshold of their language."""

    def __init__(self):
        self.thresholds: dict[str, float] = {}
        self._pairs = WeakKeyDictionary[CellOutputs, Mined]()  # those of dev cells are asked for again and again

    def prepare(self, cells: Sequence[CellOutputs]) -> dict:
        """Find the best threshold on each language's dev cell."""
        for cell in cells:
            margin, right, _ = self._dev_margins(cell)
            gold = sum(item["pair"] is not None for item in cell.items if item["side"] == "foreign")
            self.thresholds[cell.language] = best_threshold(margin, right, gold)[0]
        thresholds = {name: value if np.isfinite(value) else None for name, value in self.thresholds.items()}
        return {"thresholds": thresholds}

    def fit(self, cells: Sequence[CellOutputs], how: str) -> Scaling:
        """Fit a logistic regression on the margins (Platt scaling), whatever `how` is."""
        margins, rights, clusters = zip(*map(self._dev_margins, cells), strict=True)
        names = [name for each in clusters for name in each]
        return fit_platt(np.concatenate(margins), np.concatenate(rights), names)

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row a foreign sentence; one without a partner has no prediction and is not selected.

        Raises ValueError if the cell's language has no dev items.
        """
        if cell.language not in self.thresholds:
            raise ValueError(f"mining: no dev items in {cell.language}; found those of {', '.join(self.thresholds)}")
        threshold = self.thresholds[cell.language]
        foreign, source, pairs = self._mined(cell)
        confidences = {"none": confidence.sigmoid(pairs.margin - threshold, MARGIN_SLOPE, 0.0)}
        for name, scaling in scalings.items():
            assert isinstance(scaling, Logistic)  # `fit` and `Fitted` make no other
            scored = confidence.log_odds(confidences["none"]) if name.startswith("platt") else pairs.margin
            confidences[name] = confidence.sigmoid(scored, scaling.slope, scaling.intercept)
        found = {
            f: {"prediction": source[s]["id"], "selected": bool(margin >= threshold), "confidences": values}
            for f, s, margin, values in zip(*pairs, each(confidences), strict=True)
        }
        nothing = {"prediction": None, "selected": False, "confidences": dict.fromkeys(confidences, 0.0)}
        return [row(item, gold=item["pair"], **found.get(i, nothing)) for i, item in enumerate(foreign)]

    def _dev_margins(self, cell: CellOutputs) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Return margin, correctness and cluster of each mined pair."""
        foreign, source, pairs = self._mined(cell)
        right = [foreign[f]["pair"] == source[s]["id"] for f, s in zip(*pairs[:2], strict=True)]
        return pairs.margin, np.array(right, dtype=bool), [foreign[f]["cluster"] for f in pairs[0]]

    def _mined(self, cell: CellOutputs) -> tuple[list[dict], list[dict], Mined]:
        """Return foreign items, source items and the mined pairs; a cell is mined once."""
        foreign, source, foreign_vectors, source_vectors = _sides(cell)
        if cell not in self._pairs:
            self._pairs[cell] = mine(foreign_vectors, source_vectors)
        return foreign, source, self._pairs[cell]


@dataclass(frozen=True)
class _Side:
    """The sentence vectors of a side, (n, d), read from the model's outputs where they are asked for."""

    values: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, rows: slice) -> np.ndarray:
        return self.values[self.starts[rows]]


def _sides(cell: CellOutputs) -> tuple[list[dict], list[dict], _Side, _Side]:
    """Return foreign items, source items, and the vectors of both."""
    is_foreign = np.array([item["side"] == "foreign" for item in cell.items], dtype=bool)
    values, starts = cell.outputs.values, cell.outputs.starts
    foreign = [item for item in cell.items if item["side"] == "foreign"]
    source = [item for item in cell.items if item["side"] != "foreign"]
    return foreign, source, _Side(values, starts[is_foreign]), _Side(values, starts[~is_foreign])


def _cosines(cell: CellOutputs) -> tuple[list[dict], list[dict], np.ndarray]:
    """Return foreign items, source items and cosines (n, m), on mining's grid: equal candidates have equal cosines."""
    foreign, source, queries, candidates = _sides(cell)
    scaled = queries[:].astype(float) @ candidates[:].astype(float).T * GRID
    return foreign, source, np.rint(scaled) / GRID
