"""One prediction job: a model answers all languages and perturbations of its target (docs/data_formats.md)."""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from stiltcal.models import encoder as enc
from stiltcal.models.batching import Padding
from stiltcal.models.bitext import Mining, Retrieval
from stiltcal.models.decoding import Cell, Classification, SpanAnswers, Tagging
from stiltcal.models.encoding import Lengths, encode
from stiltcal.models.inference import compute, head_scores, sentence_vectors
from stiltcal.tasks.items import schema, write_table

PREDICTIONS = pa.schema(
    {
        "language": pa.string(),
        "perturbation": pa.string(),
        "id": pa.string(),
        "cluster": pa.string(),
        "unit": pa.string(),
        "position": pa.int32(),
        "gold": pa.string(),
        "prediction": pa.string(),
        "correct": pa.bool_(),
        "score": pa.float64(),
        "selected": pa.bool_(),
        "confidence": pa.float64(),
        "confidence_source": pa.float64(),
    }
)


class Source(NamedTuple):
    """A file of items, and which cell it is."""

    perturbation: str
    language: str
    path: str


class Predictor:
    """A loaded model that answers items of one kind. `layer`: of the sentence vectors, for retrieval and mining."""

    def __init__(self, folder: str | Path, kind: str, lengths: Lengths, *, layer: int = -1, normalization="english"):
        self.kind, self.lengths = kind, lengths
        self.tokenizer = enc.load_tokenizer(folder)
        self.labels = enc.labels(folder) if kind in ("classification", "tagging") else []
        if kind in ("retrieval", "mining"):
            self.model, self.forward = enc.load_encoder(folder), sentence_vectors(layer)
        else:
            self.model, self.forward = enc.load_trained(folder, kind), head_scores(kind)
        self.decoder = {
            "classification": lambda: Classification(self.labels),
            "multiple_choice": lambda: Classification(()),
            "tagging": lambda: Tagging(self.labels),
            "qa": lambda: SpanAnswers(normalization),
            "retrieval": Retrieval,
            "mining": Mining,
        }[kind]()
        self.padding = Padding.of(self.model, self.tokenizer.pad_token_id)

    def fit(self, dev: Sequence[Source]) -> dict:
        """Fit the scaling (mining: and the thresholds) on clean dev items; returns the record for temperature.json."""
        return {"source": self.decoder.fit(self._cells(dev))}

    def predict(self, sources: Sequence[Source]) -> pa.Table:
        """The predictions for some cells together: inputs they have in common are computed once."""
        tables = []
        for source, cell in zip(sources, self._cells(sources), strict=True):
            which = {"language": source.language, "perturbation": source.perturbation}
            rows = self.decoder.rows(cell) if cell.items else []
            tables.append(pa.Table.from_pylist([which | row for row in rows], PREDICTIONS))
        return pa.concat_tables(tables)

    def _cells(self, sources: Sequence[Source]) -> list[Cell]:
        items = [_kept_items(source.path, self.kind) for source in sources]
        options = (self.tokenizer, self.lengths, self.labels)
        features = [encode(self.kind, i, *options, s.path) for i, s in zip(items, sources, strict=True)]
        outputs = compute(self.model, self.forward, [each.rows for each in features], self.padding)
        cells = zip(sources, items, features, outputs, strict=True)
        return [Cell(source.language, *rest) for source, *rest in cells]


def predict_all(
    predictor: Predictor,
    dev: Sequence[Source],
    sources: Sequence[Source],
    output: str | Path,
    temperature: str | Path,
) -> None:
    """Fit on dev, then write the predictions of all cells, language by language, and temperature.json."""
    record = predictor.fit(dev)
    ordered = sorted(sources, key=lambda source: source.language)
    groups = groupby(ordered, key=lambda source: source.language)
    table = pa.concat_tables([predictor.predict(list(group)) for _, group in groups])
    partial = Path(f"{output}.partial")
    write_table(partial, table)
    Path(temperature).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    partial.replace(output)


def _kept_items(path: str, kind: str) -> list[dict]:
    """The items that a perturbation kept; of two sides, with all source sentences, which stand to be found."""
    known = pq.read_schema(path).names
    columns = [name for name in (*schema(kind).names, "status") if name in known]
    items = pq.read_table(path, columns=columns).to_pylist()
    asked = [item.get("side") != "source" and item.get("status", "kept") == "kept" for item in items]
    chosen = [item for item, ask in zip(items, asked, strict=True) if ask or item.get("side") == "source"]
    return chosen if any(asked) else []
