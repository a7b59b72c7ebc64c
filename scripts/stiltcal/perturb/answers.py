"""Read what models answered to the texts of one target in one language, and with what confidence."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..formats.parquet_files import check_columns, read_schema, whole_parquet

CLEAN = "clean"
_KEYS = ("language", "perturbation", "id", "unit")
_COLUMNS = (*_KEYS, "position", "gold", "prediction", "correct", "selected", "confidence")
_TYPES = {
    **dict.fromkeys((*_KEYS, "gold", "prediction"), "text"),
    "position": "whole numbers",
    **dict.fromkeys(("correct", "selected"), "true or false"),
}
_ANSWERED = ("prediction", "gold", "correct", "selected")
#: Of a tagged text the tokens are shown: entities are made of them.
_SHOWN = ("item", "token")


class Answer(NamedTuple):
    """The answer of a model to one text: of a tagged text one for each token.

    predicted, gold: texts or None, in the order of the text. right: bool for each. given: false for each that mining
    left below its threshold. confidence: mean, in [0, 1]; None without an answer.
    """

    model: str
    predicted: list[str | None]
    gold: list[str | None]
    right: list[bool]
    given: list[bool]
    confidence: float | None


class Answers:
    """The answers of models in one language. predictions: what `read_predicted` returns for each model, by its name."""

    def __init__(self, predictions: Mapping[str, pa.Table], language: str):
        self._tables = {model: _by_perturbation(table, language) for model, table in predictions.items()}
        self._confidence = {
            (model, perturbation): _means(table)
            for model, tables in self._tables.items()
            for perturbation, table in tables.items()
        }

    def change(self, perturbation: str, item: str) -> float:
        """Return the largest change of a model's confidence, up or down, from the clean to the perturbed text of an
        item; -1 if no model answered both."""
        changes = []
        for model in self._tables:
            clean, perturbed = (self._confidence.get((model, text), {}).get(item) for text in (CLEAN, perturbation))
            if clean is not None and perturbed is not None:
                changes.append(abs(perturbed - clean))
        return max(changes, default=-1.0)

    def of(self, perturbation: str, item: str) -> list[Answer]:
        """Return the answer of each model to a text of an item; models that did not answer it are left out."""
        answers = []
        for model, tables in self._tables.items():
            if perturbation in tables:
                table = tables[perturbation]
                rows = table.filter(pc.equal(table["id"], item)).sort_by("position").to_pydict()
                predicted, gold, right, given = (rows[name] for name in _ANSWERED)
                if rows["id"]:
                    confidence = self._confidence[model, perturbation].get(item)
                    answers.append(Answer(model, predicted, gold, right, given, confidence))
        return answers


def read_predicted(path: str | Path) -> pa.Table:
    """Read what the gallery shows of a file of predictions, in all languages.

    Raises ValueError with the file's name if a column is missing.
    """
    check_columns(path, read_schema(path), _COLUMNS, _TYPES)
    with whole_parquet(path):
        table = pq.ParquetFile(path).read(columns=list(_COLUMNS))
    return table.filter(pc.is_in(table["unit"], pa.array(_SHOWN)))


def _by_perturbation(table: pa.Table, language: str) -> dict[str, pa.Table]:
    table = table.filter(pc.equal(table["language"], language))
    names = table["perturbation"].unique().to_pylist()
    return {name: table.filter(pc.equal(table["perturbation"], name)) for name in names}


def _means(table: pa.Table) -> dict[str, float]:
    """Return the mean confidence of each item that was answered."""
    grouped = (
        table.filter(pc.is_valid(table["prediction"]))
        .group_by("id", use_threads=False)
        .aggregate([("confidence", "mean")])
    )
    return dict(zip(grouped["id"].to_pylist(), grouped["confidence_mean"].to_pylist(), strict=True))
