"""Decode outputs of question answering to answers with confidences (docs/data_formats.md)."""

import json
from collections.abc import Sequence

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import Logistic
from ..calibration.scaling import Temperature, fit_span_temperature
from ..tasks import metrics
from .answers import FittedScalings, Scaling, row
from .decoding import CellOutputs
from .encoding import Features
from .offsets import answer_tokens


class SpanAnswers:
    """Answer with the best span of all windows; its softmax probability among all valid spans is the confidence.

    "No answer" (SQuAD 2) is one of the options if the dev set has questions without an answer.
    """

    def __init__(self, normalization: str):
        self.normalization = normalization
        self.has_null = False

    def prepare(self, cells: Sequence[CellOutputs]) -> dict:
        """Find out if the dev set has questions without an answer."""
        self.has_null = any(not item["answers"] for cell in cells for item in cell.items)
        return {}

    def fit(self, cells: Sequence[CellOutputs], how: str) -> Scaling:
        """Fit a temperature, whatever `how` is; every place of a gold answer counts as correct."""
        items, clusters = [], []
        for cell in cells:
            for number, item in enumerate(cell.items):
                rows, start, end, null = self._scores(cell, number)
                items.append((start, end, _gold_places(cell.features, rows, item), null))
                clusters.append(item["cluster"])
        return fit_span_temperature(items, cluster=clusters)

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row an item, with exact match as `correct` and F1 in [0, 1] as `score`."""
        rows, how = [], (cell.language, self.normalization)
        for number, item in enumerate(cell.items):
            windows, start, end, null = self._scores(cell, number)
            scores = confidence.span_scores(start, end)
            window, first, last = confidence.best_span(scores, null)
            places = cell.features.places[windows[window]]
            text = "" if last < 0 else item["context"][places[first, 0] : places[last, 1]].strip()
            rows.append(
                row(
                    item,
                    gold=json.dumps(item["answers"], ensure_ascii=False),
                    prediction=text,
                    correct=metrics.exact_match(text, item["answers"], *how),
                    score=metrics.f1(text, item["answers"], *how),
                    confidences=_confidences(scores, null, scalings),
                )
            )
        return rows

    def _scores(self, cell: CellOutputs, number: int):
        """Return an item's rows (windows,), start and end scores (windows, length), and null score.

        Scores are -inf outside the context; the null score is None if every question of the dev set has an answer.
        """
        rows = np.arange(*np.searchsorted(cell.features.item, [number, number + 1]))
        lengths = cell.features.rows.lengths[rows]
        ends, null = np.full((2, len(rows), lengths.max()), -np.inf), np.inf
        for window, (row_number, length) in enumerate(zip(rows.tolist(), lengths, strict=True)):
            scores = cell.outputs.row(row_number, length).T
            allowed = cell.features.places[row_number][:, 0] >= 0
            ends[:, window, :length] = np.where(allowed, scores, -np.inf)
            null = min(null, float(scores[:, 0].sum()))
        return rows, ends[0], ends[1], null if self.has_null else None


def _confidences(scores: np.ndarray, null: float | None, scalings: FittedScalings) -> dict[str, float]:
    """Compute the confidences, by scaling, of the answer that is best without scaling."""
    temperatures = {"none": 1.0} | {
        name: each.value for name, each in scalings.items() if isinstance(each, Temperature)
    }
    found = confidence.span_confidences(scores, null, list(temperatures.values()))
    values = dict(zip(temperatures, map(float, found), strict=True))
    for name, each in scalings.items():
        if isinstance(each, Logistic):
            values[name] = float(confidence.platt(np.asarray(values["none"]), each.slope, each.intercept))
    return values


def _gold_places(features: Features, rows: np.ndarray, item: dict) -> list[tuple[int, int, int]]:
    places = set()
    for window, number in enumerate(rows):
        for answer, start in zip(item["answers"], item["answer_starts"], strict=True):
            if tokens := answer_tokens(features.places[number], answer, start):
                places.add((window, *tokens))
    return sorted(places)
