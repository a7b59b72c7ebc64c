"""Decode outputs to answers with confidences: classification, multiple choice, tagging (docs/data_formats.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..calibration import confidence
from ..tasks.tagging import entities, marks_entities
from .answers import FittedScalings, Scaling, each, fit_options, option_confidences, row
from .encoding import Features
from .inference import Outputs


@dataclass(frozen=True, eq=False)  # equal to itself alone, so that what is found in it can be kept by cell
class CellOutputs:
    """Hold the items of one language under one perturbation, their features and the model's outputs."""

    language: str
    items: Sequence[dict]
    features: Features
    outputs: Outputs


class Decoder(Protocol):
    """Decode the outputs of a kind of task to answers with confidences."""

    def prepare(self, cells: Sequence[CellOutputs]) -> dict:
        """Set thresholds and the like from the clean dev cells; returns the part that temperature.json records."""

    def fit(self, cells: Sequence[CellOutputs], how: str) -> Scaling:
        """Fit a scaling on dev cells.

        how: "temperature" or, in kinds with fixed labels, "vector"; mining fits a logistic regression instead.
        """

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build the rows of the predictions table, with a confidence for each scaling."""


class Classification:
    """Classification and multiple choice: answer with the best option; its softmax probability is the confidence."""

    def __init__(self, labels: Sequence[str]):
        self.labels = labels

    def prepare(self, cells: Sequence[CellOutputs]) -> dict:
        """Set nothing."""
        return {}

    def fit(self, cells: Sequence[CellOutputs], how: str) -> Scaling:
        """As `Decoder.fit`."""
        scores = np.concatenate([self._scores(cell) for cell in cells])
        clusters = [item["cluster"] for cell in cells for item in cell.items]
        return fit_options(scores, np.concatenate([cell.features.targets for cell in cells]), how, clusters)

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row an item."""
        choice, confidences = option_confidences(self._scores(cell), scalings)
        assert cell.features.targets is not None  # of classification and multiple choice
        answers = zip(cell.items, choice, cell.features.targets, each(confidences), strict=True)
        return [
            row(item, gold=self._name(gold), prediction=self._name(best), confidences=values)
            for item, best, gold, values in answers
        ]

    def _scores(self, cell: CellOutputs) -> np.ndarray:
        width = max(len(self.labels), cell.features.choices)
        return cell.outputs.values[cell.outputs.starts].reshape(-1, width)

    def _name(self, option: int) -> str:
        return self.labels[option] if self.labels else str(option)


class Tagging:
    """Tag every token with its best tag, and find the entities that the tags mark.

    The confidence of a tag is its softmax probability; that of an entity is the product over its tokens.
    """

    def __init__(self, labels: Sequence[str]):
        self.labels = list(labels)
        self.has_entities = marks_entities(labels)

    def prepare(self, cells: Sequence[CellOutputs]) -> dict:
        """Set nothing."""
        return {}

    def fit(self, cells: Sequence[CellOutputs], how: str) -> Scaling:
        """As `Decoder.fit`; leaves out tokens whose gold tag is not one of the head's labels."""
        scores = np.concatenate([self._scores(cell) for cell in cells])
        tags = [tag for cell in cells for item in cell.items for tag in item["tags"]]
        index = {name: i for i, name in enumerate(self.labels)}
        gold = np.array([index.get(tag, -1) for tag in tags])
        clusters = np.array([item["cluster"] for cell in cells for item in cell.items for _ in item["tags"]])
        return fit_options(scores[gold >= 0], gold[gold >= 0], how, clusters[gold >= 0].tolist())

    def rows(self, cell: CellOutputs, scalings: FittedScalings) -> list[dict]:
        """Build one row a token, and one row a predicted entity."""
        choice, confidences = option_confidences(self._scores(cell), scalings)
        rows, start = [], 0
        for item in cell.items:
            part = slice(start, start + len(item["tokens"]))
            tags = [self.labels[i] for i in choice[part]]
            values = {name: column[part] for name, column in confidences.items()}
            rows += _token_rows(item, tags, values)
            if self.has_entities:
                rows += _entity_rows(item, tags, values, self.labels)
            start = part.stop
        return rows

    def _scores(self, cell: CellOutputs) -> np.ndarray:
        """Return scores (words of all items, labels); 0 for all labels of a word that the tokenizer drops."""
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


def _entity_rows(
    item: dict, tags: list[str], confidences: Mapping[str, np.ndarray], labels: Sequence[str]
) -> list[dict]:
    gold, rows = set(entities(item["tags"], labels)), []
    for found in entities(tags, labels):
        kind, first, last = found
        name = f"{kind}:{first}:{last}"
        values = {key: confidence.entity(tokens[first : last + 1]) for key, tokens in confidences.items()}
        right = name if found in gold else None
        rows.append(row(item, unit="entity", position=first, gold=right, prediction=name, confidences=values))
    return rows
