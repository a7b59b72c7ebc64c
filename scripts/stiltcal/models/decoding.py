"""From outputs to answers with confidences: classification, multiple choice, tagging (docs/data_formats.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..calibration import confidence
from ..tasks.tagging import entities, marks_entities
from .answers import FittedScalings, Scaling, each, fit_options, option_confidences, row
from .encoding import Features
from .inference import Outputs


@dataclass(frozen=True)
class Cell:
    """The items of one language under one perturbation, encoded, and what the model says to them."""

    language: str
    items: Sequence[dict]
    features: Features
    outputs: Outputs


class Decoder(Protocol):
    """From the outputs of a kind of task to answers with confidences."""

    def prepare(self, cells: Sequence[Cell]) -> dict:
        """Find on the clean dev cells what the answers need; returns what of it is worth writing down."""

    def fit(self, cells: Sequence[Cell], how: str) -> Scaling:
        """Fit a scaling on dev cells: its `temperature` (mining: logistic), or with fixed labels also `vector`."""

    def rows(self, cell: Cell, scalings: FittedScalings) -> list[dict]:
        """Rows of the predictions table; `confidence_{name}` for each of the scalings."""


class Classification:
    """Pairs and multiple choice: the best option, with its softmax probability."""

    def __init__(self, labels: Sequence[str]):
        self.labels = labels

    def prepare(self, cells: Sequence[Cell]) -> dict:
        """Nothing."""
        return {}

    def fit(self, cells: Sequence[Cell], how: str) -> Scaling:
        """As `Decoder.fit`."""
        scores = np.concatenate([self._scores(cell) for cell in cells])
        clusters = [item["cluster"] for cell in cells for item in cell.items]
        return fit_options(scores, np.concatenate([cell.features.targets for cell in cells]), how, clusters)

    def rows(self, cell: Cell, scalings: FittedScalings) -> list[dict]:
        """One row an item."""
        choice, confidences = option_confidences(self._scores(cell), scalings)
        answers = zip(cell.items, choice, cell.features.targets, each(confidences), strict=True)
        return [
            row(item, gold=self._name(gold), prediction=self._name(best), confidences=values)
            for item, best, gold, values in answers
        ]

    def _scores(self, cell: Cell) -> np.ndarray:
        width = max(len(self.labels), cell.features.choices)
        return cell.outputs.values[cell.outputs.starts].reshape(-1, width)

    def _name(self, option: int) -> str:
        return self.labels[option] if self.labels else str(option)


class Tagging:
    """Every token's best tag with its softmax probability, and every entity that tags of entities predict, with the
    product of its tokens' probabilities."""

    def __init__(self, labels: Sequence[str]):
        self.labels = list(labels)
        self.has_entities = marks_entities(labels)

    def prepare(self, cells: Sequence[Cell]) -> dict:
        """Nothing."""
        return {}

    def fit(self, cells: Sequence[Cell], how: str) -> Scaling:
        """As `Decoder.fit`; tokens whose tag the head does not have are left out."""
        scores = np.concatenate([self._scores(cell) for cell in cells])
        tags = [tag for cell in cells for item in cell.items for tag in item["tags"]]
        index = {name: i for i, name in enumerate(self.labels)}
        gold = np.array([index.get(tag, -1) for tag in tags])
        clusters = np.array([item["cluster"] for cell in cells for item in cell.items for _ in item["tags"]])
        return fit_options(scores[gold >= 0], gold[gold >= 0], how, clusters[gold >= 0])

    def rows(self, cell: Cell, scalings: FittedScalings) -> list[dict]:
        """One row a token, and one an entity predicted."""
        choice, confidences = option_confidences(self._scores(cell), scalings)
        rows, start = [], 0
        for item in cell.items:
            part = slice(start, start + len(item["tokens"]))
            tags = [self.labels[i] for i in choice[part]]
            values = {name: column[part] for name, column in confidences.items()}
            rows += _token_rows(item, tags, values)
            if self.has_entities:
                rows += _entity_rows(item, tags, values)
            start = part.stop
        return rows

    def _scores(self, cell: Cell) -> np.ndarray:
        """(words of all items, labels); all alike for a word that the tokenizer drops."""
        places, bounds = np.concatenate(cell.features.places), cell.features.rows.bounds
        token = np.maximum(places, 0)
        number = np.searchsorted(bounds, token, side="right") - 1
        scores = cell.outputs.values[cell.outputs.starts[number] + token - bounds[number]]
        return np.where(places[:, None] >= 0, scores, 0.0)


def _token_rows(item: dict, tags: list[str], confidences: Mapping[str, np.ndarray]) -> list[dict]:
    tokens = zip(item["tags"], tags, each(confidences), strict=True)
    return [
        row(item, unit="token", position=i, gold=gold, prediction=tag, confidences=values)
        for i, (gold, tag, values) in enumerate(tokens)
    ]


def _entity_rows(item: dict, tags: list[str], confidences: Mapping[str, np.ndarray]) -> list[dict]:
    gold, rows = set(entities(item["tags"])), []
    for found in entities(tags):
        kind, first, last = found
        name = f"{kind}:{first}:{last}"
        values = {key: confidence.entity(tokens[first : last + 1]) for key, tokens in confidences.items()}
        right = name if found in gold else None
        rows.append(row(item, unit="entity", position=first, gold=right, prediction=name, confidences=values))
    return rows
