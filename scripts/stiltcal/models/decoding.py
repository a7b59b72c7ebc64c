"""From outputs to answers with confidences: rows of the predictions table (docs/data_formats.md) for each kind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stiltcal.calibration import confidence, scaling
from stiltcal.models.encoding import Features, answer_tokens
from stiltcal.models.inference import Outputs
from stiltcal.tasks import metrics


@dataclass(frozen=True)
class Cell:
    """The items of one language under one perturbation, encoded, and what the model says to them."""

    language: str
    items: Sequence[dict]
    features: Features
    outputs: Outputs


class Classification:
    """Pairs and multiple choice: the best option, with its softmax probability."""

    def __init__(self, labels: Sequence[str]):
        self.labels = labels
        self.temperature = 1.0

    def fit(self, cells: Sequence[Cell]) -> dict:
        """Fit the temperature on the (source-language, clean) dev cells; returns what is worth writing down."""
        scores = np.concatenate([self._scores(cell) for cell in cells])
        fitted = scaling.fit_temperature(scores, np.concatenate([cell.features.targets for cell in cells]))
        self.temperature = fitted.value
        return temperature_record(fitted)

    def rows(self, cell: Cell) -> list[dict]:
        """One row an item."""
        scores = self._scores(cell)
        choice, raw = confidence.classification(scores)
        scaled = confidence.classification(scores, self.temperature)[1]
        answers = zip(cell.items, choice, cell.features.targets, raw, scaled, strict=True)
        return [
            row(item, gold=self._name(gold), prediction=self._name(best), confidences=(one, two))
            for item, best, gold, one, two in answers
        ]

    def _scores(self, cell: Cell) -> np.ndarray:
        width = max(len(self.labels), cell.features.choices)
        return cell.outputs.values[cell.outputs.starts].reshape(-1, width)

    def _name(self, option: int) -> str:
        return self.labels[option] if self.labels else str(option)


class Tagging:
    """Every token's best tag with its softmax probability; for BIO tags also every entity predicted, with the product
    of its tokens' probabilities."""

    def __init__(self, labels: Sequence[str]):
        self.labels = list(labels)
        self.temperature = 1.0
        self.has_entities = any(label.startswith("B-") for label in labels)

    def fit(self, cells: Sequence[Cell]) -> dict:
        """As `Classification.fit`; tokens whose tag the head does not have are left out."""
        scores = np.concatenate([self._scores(cell) for cell in cells])
        tags = [tag for cell in cells for item in cell.items for tag in item["tags"]]
        index = {name: i for i, name in enumerate(self.labels)}
        gold = np.array([index.get(tag, -1) for tag in tags])
        fitted = scaling.fit_temperature(scores[gold >= 0], gold[gold >= 0])
        self.temperature = fitted.value
        return temperature_record(fitted)

    def rows(self, cell: Cell) -> list[dict]:
        """One row a token, and one an entity predicted."""
        scores = self._scores(cell)
        choice, raw = confidence.classification(scores)
        scaled = confidence.classification(scores, self.temperature)[1]
        rows, start = [], 0
        for item in cell.items:
            part = slice(start, start + len(item["tokens"]))
            tags = [self.labels[i] for i in choice[part]]
            rows += _token_rows(item, tags, raw[part], scaled[part])
            if self.has_entities:
                rows += _entity_rows(item, tags, raw[part], scaled[part])
            start = part.stop
        return rows

    def _scores(self, cell: Cell) -> np.ndarray:
        """(words of all items, labels); all alike for a word that the tokenizer drops."""
        places, bounds = np.concatenate(cell.features.places), cell.features.rows.bounds
        token = np.maximum(places, 0)
        number = np.searchsorted(bounds, token, side="right") - 1
        scores = cell.outputs.values[cell.outputs.starts[number] + token - bounds[number]]
        return np.where(places[:, None] >= 0, scores, 0.0)


def _token_rows(item: dict, tags: list[str], raw: np.ndarray, scaled: np.ndarray) -> list[dict]:
    return [
        row(item, unit="token", position=i, gold=gold, prediction=tag, confidences=(raw[i], scaled[i]))
        for i, (gold, tag) in enumerate(zip(item["tags"], tags, strict=True))
    ]


def _entity_rows(item: dict, tags: list[str], raw: np.ndarray, scaled: np.ndarray) -> list[dict]:
    gold, rows = set(metrics.entities(item["tags"])), []
    for found in metrics.entities(tags):
        kind, first, last = found
        name, part = f"{kind}:{first}:{last}", slice(first, last + 1)
        both = (confidence.entity(raw[part]), confidence.entity(scaled[part]))
        right = name if found in gold else None
        rows.append(row(item, unit="entity", position=first, gold=right, prediction=name, confidences=both))
    return rows


class SpanAnswers:
    """The best span of all windows, with its softmax probability among all valid spans; and "no answer" (SQuAD 2),
    where the dev set has such questions."""

    def __init__(self, normalization: str):
        self.normalization = normalization
        self.temperature = 1.0
        self.has_null = False

    def fit(self, cells: Sequence[Cell]) -> dict:
        """As `Classification.fit`; every place of a gold answer counts as right."""
        self.has_null = any(not item["answers"] for cell in cells for item in cell.items)
        items = []
        for cell in cells:
            for number, item in enumerate(cell.items):
                rows, start, end, null = self._scores(cell, number)
                items.append((start, end, _gold_places(cell.features, rows, item), null))
        fitted = scaling.fit_span_temperature(items)
        self.temperature = fitted.value
        return temperature_record(fitted)

    def rows(self, cell: Cell) -> list[dict]:
        """One row an item, scored by exact match (`correct`) and F1 (`score`)."""
        rows, how = [], (cell.language, self.normalization)
        for number, item in enumerate(cell.items):
            windows, start, end, null = self._scores(cell, number)
            best = confidence.span(start, end, null=null)
            scaled = confidence.span(start, end, null=null, temperature=self.temperature).confidence
            text = "" if best.start < 0 else _text(item, cell.features.places[windows[best.window]], best)
            rows.append(
                row(
                    item,
                    gold=json.dumps(item["answers"], ensure_ascii=False),
                    prediction=text,
                    correct=metrics.exact_match(text, item["answers"], *how),
                    score=metrics.f1(text, item["answers"], *how),
                    confidences=(best.confidence, scaled),
                )
            )
        return rows

    def _scores(self, cell: Cell, number: int):
        """(rows, start, end, null score) of an item: (windows, length) scores, -inf outside the context."""
        rows = np.arange(*np.searchsorted(cell.features.item, [number, number + 1]))
        lengths = cell.features.rows.lengths[rows]
        ends, null = np.full((2, len(rows), lengths.max()), -np.inf), np.inf
        for window, (row_number, length) in enumerate(zip(rows, lengths, strict=True)):
            scores = cell.outputs.row(row_number, length).T
            allowed = cell.features.places[row_number][:, 0] >= 0
            ends[:, window, :length] = np.where(allowed, scores, -np.inf)
            null = min(null, float(scores[:, 0].sum()))
        return rows, ends[0], ends[1], null if self.has_null else None


def _gold_places(features: Features, rows: np.ndarray, item: dict) -> list[tuple[int, int, int]]:
    places = set()
    for window, number in enumerate(rows):
        for answer, start in zip(item["answers"], item["answer_starts"], strict=True):
            if tokens := answer_tokens(features.places[number], answer, start):
                places.add((window, *tokens))
    return sorted(places)


def _text(item: dict, offsets: np.ndarray, span: confidence.Span) -> str:
    return item["context"][offsets[span.start, 0] : offsets[span.end, 1]].strip()


def temperature_record(fitted: scaling.Temperature) -> dict:
    """A fitted temperature as temperature.json holds it."""
    values = {name: round(value, 6) for name, value in fitted._asdict().items()}
    return {"temperature": values.pop("value"), **values}


def row(
    item: dict,
    *,
    gold: str | None,
    prediction: str | None,
    confidences: tuple[float, float],
    unit: str = "item",
    position: int = 0,
    correct: bool | None = None,
    score: float | None = None,
    selected: bool = True,
) -> dict:
    """A row of the predictions table; right where the prediction is the gold, unless said otherwise."""
    correct = (prediction is not None and prediction == gold) if correct is None else correct
    return {
        "id": item["id"],
        "cluster": item["cluster"],
        "unit": unit,
        "position": position,
        "gold": gold,
        "prediction": prediction,
        "correct": correct,
        "score": float(correct) if score is None else score,
        "selected": selected,
        # Six decimals are what a row's neighbours in its batch cannot change.
        "confidence": round(float(confidences[0]), 6),
        "confidence_source": round(float(confidences[1]), 6),
    }
