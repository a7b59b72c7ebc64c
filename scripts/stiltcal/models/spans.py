"""Decode outputs of question answering to answers with confidences (docs/data_formats.md)."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import Logistic
from ..calibration.scaling import Temperature, fit_span_temperature
from ..formats.encoders import LONGEST_ANSWER
from ..tasks import metrics
from .answers import FittedScalings, Scaling, each, row
from .decoding import CellOutputs
from .encoding import Features
from .offsets import answer_text, answer_tokens

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
        """Fit a temperature, whatever `how` is; every place of a gold answer counts as correct.

        An item whose answers are cut in every window is left out: "no answer" is not right for it.
        """
        items, clusters = [], []
        for cell in cells:
            for number, item in enumerate(cell.items):
                found = self._scores(cell, number, number + 1)
                gold = _gold_places(cell.features, found.windows, item)
                if item["answers"] and not gold:
                    continue
                null = None if found.null is None else float(found.null[0])
                items.append((found.start_scores, found.end_scores, gold, null))
                clusters.append(item["cluster"])
        return fit_span_temperature(items, max_length=LONGEST_ANSWER, cluster=clusters)

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row an item, with exact match as `correct` and F1 in [0, 1] as `score`."""
        rows, how = [], (cell.language, self.normalization)
        for number, text, confidences in self._answers(cell, scalings):
            item = cell.items[number]
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

    def _answers(self, cell: CellOutputs, scalings: FittedScalings) -> Iterator[tuple[int, str, dict[str, float]]]:
        """Yield each item's number, its answer ("" for none) and the confidences by scaling."""
        fits = scalings.items()
        temperatures = {"none": 1.0} | {name: fit.value for name, fit in fits if isinstance(fit, Temperature)}
        for low, high in _blocks(cell.features):
            asked = self._scores(cell, low, high)
            spans = confidence.span_scores(asked.start_scores, asked.end_scores, LONGEST_ANSWER)
            found = confidence.answer_spans(spans, asked.first_windows, asked.null, list(temperatures.values()))
            values = dict(zip(temperatures, found.confidence, strict=True))
            for name, fit in fits:
                if isinstance(fit, Logistic):
                    values[name] = confidence.platt(values["none"], fit.slope, fit.intercept)
            answers = zip(found.window, found.first, found.last, each(values), strict=True)
            for number, (window, first, last, confidences) in enumerate(answers, low):
                places = cell.features.places[int(asked.windows[window])]
                yield number, answer_text(cell.items[number]["context"], places, first, last), confidences

    def _scores(self, cell: CellOutputs, low: int, high: int) -> "_Scores":
        """Return the scores of the items from number `low` to before `high`."""
        windows = np.arange(*np.searchsorted(cell.features.item, [low, high]))
        lengths, offset = cell.features.rows.lengths[windows], cell.outputs.starts[windows, None]
        token = np.arange(lengths.max())
        inside = token < lengths[:, None]
        scores = cell.outputs.values[np.where(inside, offset + token, offset)]
        allowed = np.zeros(inside.shape, dtype=bool)
        allowed[inside] = np.concatenate([cell.features.places[window][:, 0] for window in windows.tolist()]) >= 0
        first_windows = np.searchsorted(cell.features.item[windows], np.arange(low, high))
        null = np.minimum.reduceat(scores[:, 0].sum(axis=-1), first_windows).astype(float) if self.has_null else None
        ends = np.where(allowed[..., None], scores, -np.inf)
        return _Scores(windows, first_windows, ends[..., 0], ends[..., 1], null)


class _Scores(NamedTuple):
    """Scores of some items.

    windows: (windows,) their rows among all. first_windows: (items,) each item's first one among them. start_scores,
    end_scores: (windows, length), -inf outside the context. null: (items,); None if every question of the dev set has
    an answer.
    """

    windows: np.ndarray
    first_windows: np.ndarray
    start_scores: np.ndarray
    end_scores: np.ndarray
    null: np.ndarray | None


def _blocks(features: Features) -> Iterator[tuple[int, int]]:
    """Yield the first and the last item (not included) of runs whose windows have up to SCORES scores of spans."""
    most = max(1, SCORES // (int(features.rows.lengths.max()) * LONGEST_ANSWER))
    ends = np.flatnonzero(np.diff(features.item, append=-1)) + 1  # of each item, among the windows
    low = done = 0
    while low < len(ends):
        high = max(low + 1, int(np.searchsorted(ends, done + most, side="right")))
        yield low, high
        low, done = high, int(ends[high - 1])


def _gold_places(features: Features, rows: np.ndarray, item: dict) -> list[tuple[int, int, int]]:
    places = set()
    for window, number in enumerate(rows):
        for answer, start in zip(item["answers"], item["answer_starts"], strict=True):
            if tokens := answer_tokens(features.places[number], answer, start):
                places.add((window, *tokens))
    return sorted(places)
