"""Decode outputs of question answering to answers with confidences (docs/data_formats.md)."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import Logistic
from ..calibration.scaling import Temperature, fit_span_temperature
from ..tasks import metrics
from .answers import FittedScalings, Scaling, each, row
from .decoding import CellOutputs
from .encoding import Features
from .offsets import answer_tokens

#: Tokens of the longest answer, as in transformers' question answering.
MAX_LENGTH = 30
#: Scores of spans that are held at a time.
SCORES = 2**20


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
                found = self._scores(cell, number, number + 1)
                gold = _gold_places(cell.features, found.windows, item)
                items.append((found.start, found.end, gold, None if found.null is None else float(found.null[0])))
                clusters.append(item["cluster"])
        return fit_span_temperature(items, cluster=clusters)

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row an item, with exact match as `correct` and F1 in [0, 1] as `score`."""
        rows, how = [], (cell.language, self.normalization)
        for number, places, confidences in self._answers(cell, scalings):
            item = cell.items[number]
            text = item["context"][places[0, 0] : places[-1, 1]].strip() if len(places) else ""
            rows.append(
                row(
                    item,
                    gold=json.dumps(item["answers"], ensure_ascii=False),
                    prediction=text,
                    correct=metrics.exact_match(text, item["answers"], *how),
                    score=metrics.f1(text, item["answers"], *how),
                    confidences=confidences,
                )
            )
        return rows

    def _answers(
        self, cell: CellOutputs, scalings: FittedScalings
    ) -> Iterator[tuple[int, np.ndarray, dict[str, float]]]:
        """Yield each item's number, the character offsets of its answer's tokens (none for "no answer"), and the
        confidences by scaling."""
        fits = scalings.items()
        temperatures = {"none": 1.0} | {name: fit.value for name, fit in fits if isinstance(fit, Temperature)}
        longest = int(cell.features.rows.lengths.max())
        size = max(1, SCORES // (longest * MAX_LENGTH))
        for start in range(0, len(cell.items), size):
            asked = self._scores(cell, start, min(start + size, len(cell.items)))
            spans = confidence.span_scores(asked.start, asked.end, MAX_LENGTH)
            found = confidence.answer_spans(spans, asked.firsts, asked.null, list(temperatures.values()))
            values = dict(zip(temperatures, found.confidence, strict=True))
            for name, fit in fits:
                if isinstance(fit, Logistic):
                    values[name] = confidence.platt(values["none"], fit.slope, fit.intercept)
            answers = zip(found.window, found.first, found.last, each(values), strict=True)
            for number, (window, first, last, confidences) in enumerate(answers, start):
                tokens = cell.features.places[int(asked.windows[window])][first : last + 1]
                yield number, tokens if last >= 0 else tokens[:0], confidences

    def _scores(self, cell: CellOutputs, start: int, end: int) -> "_Scores":
        """Return the scores of the items from `start` to before `end`."""
        windows = np.arange(*np.searchsorted(cell.features.item, [start, end]))
        lengths, first = cell.features.rows.lengths[windows], cell.outputs.starts[windows]
        token = np.arange(lengths.max())
        inside = token < lengths[:, None]
        scores = cell.outputs.values[np.where(inside, first[:, None] + token, first[:, None])]
        allowed = np.zeros(inside.shape, dtype=bool)
        allowed[inside] = np.concatenate([cell.features.places[window][:, 0] for window in windows.tolist()]) >= 0
        firsts = np.searchsorted(cell.features.item[windows], np.arange(start, end))
        null = np.minimum.reduceat(scores[:, 0].sum(axis=-1), firsts).astype(float) if self.has_null else None
        ends = np.where(allowed[..., None], scores, -np.inf)
        return _Scores(windows, firsts, ends[..., 0], ends[..., 1], null)


class _Scores(NamedTuple):
    """Scores of some items.

    windows: (windows,) their rows among all. firsts: (items,) each item's first window among them. start, end:
    (windows, length), -inf outside the context. null: (items,); None if every question of the dev set has an answer.
    """

    windows: np.ndarray
    firsts: np.ndarray
    start: np.ndarray
    end: np.ndarray
    null: np.ndarray | None


def _gold_places(features: Features, rows: np.ndarray, item: dict) -> list[tuple[int, int, int]]:
    places = set()
    for window, number in enumerate(rows):
        for answer, start in zip(item["answers"], item["answer_starts"], strict=True):
            if tokens := answer_tokens(features.places[number], answer, start):
                places.add((window, *tokens))
    return sorted(places)
