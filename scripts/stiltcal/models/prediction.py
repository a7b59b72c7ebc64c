"""Predict all languages and perturbations of a target with one model (docs/data_formats.md)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.fits import FITS
from ..formats.items import schema, write_table
from ..formats.parquet_files import whole_parquet
from ..formats.perturbed import KEPT
from ..formats.prediction_columns import predictions_schema as predictions_schema
from ..support.progress_bar import ProgressBar
from ..tasks.kinds import KINDS
from . import encoder as enc
from .answers import FittedScalings, with_shifts
from .batching import Padding
from .cells import FinishedLanguages, Place, cell_name, counts_of, current_cells, read_cells, with_counts
from .decoding import CellOutputs, Classification, Decoder, Tagging
from .encoding import Lengths, encode
from .fit_scalings import Fitted, ItemFile, Plan
from .inference import Tell, compute, head_scores, no_one, sentence_vectors
from .retrieval import Mining, Retrieval
from .spans import SpanAnswers
from .vocabulary import restore


class Predictor:
    """Answer items of one kind with a loaded model.

    layer: hidden states that make the sentence vectors of retrieval and mining (`inference.sentence_vectors`).
    normalization: of answers in question answering, "english" or "mlqa". whole: folder of the encoder with all tokens,
    for a model of a trimmed one. Raises ModelError if the model cannot be used.
    """

    def __init__(
        self,
        folder: str | Path,
        kind: str,
        lengths: Lengths,
        *,
        layer: int = -1,
        normalization: str = "english",
        whole: str | Path | None = None,
    ):
        self.kind, self.lengths = kind, lengths
        #: Where large outputs lie (`scratch.room`).
        self.scratch: Path | None = None
        self.versions = {"training": enc.trained_with(folder), "prediction": enc.versions()}
        enc.check_length(folder, lengths.maximum, kind)
        self.tokenizer = enc.load_tokenizer(whole or folder)
        self.labels = enc.labels(folder) if KINDS[kind].label_field else []
        if KINDS[kind].head:
            self.model, self.forward = enc.load_trained(folder, kind), head_scores(kind)
        else:
            self.model, self.forward = enc.load_encoder(folder), sentence_vectors(layer)
        if whole:
            restore(self.model, folder, whole)
        decoders: dict[str, Callable[[], Decoder]] = {
            "sequence": lambda: Classification(self.labels),
            "choices": lambda: Classification(()),
            "tokens": lambda: Tagging(self.labels),
            "spans": lambda: SpanAnswers(normalization),
            "retrieval": Retrieval,
            "mining": Mining,
        }
        self.decoder = decoders[KINDS[kind].head or kind]()
        self.padding = Padding.of(self.model, self.tokenizer.pad_token_id)

    def fit(self, plan: Plan, tell: Tell = no_one) -> tuple[dict, Fitted]:
        """Fit thresholds and scalings on dev items; return both, the thresholds as temperature.json stores them.

        tell: is called with the number of cells, or a part of a cell, that were computed.
        """
        cells = dict(zip(plan.dev, self._cells(plan.dev, tell), strict=True))
        return self.decoder.prepare([cells[source] for source in plan.clean]), Fitted(plan, self.decoder, cells)

    def predict(self, sources: Sequence[ItemFile], fitted: Fitted, tell: Tell = no_one) -> list[pa.Table]:
        """Predict some cells: a table for each, with the counts of encoding in its metadata.

        Rows that occur in several of the cells are computed once. tell: as in `fit`.
        """
        tables = []
        for source, cell in zip(sources, self._cells(sources, tell), strict=True):
            scalings = with_shifts(fitted.of(source)) if cell.items else {}
            table = self._table(source, cell, scalings, scalings or fitted.plan.names)
            tables.append(with_counts(table, cell.features.counts))
        return tables

    def dev_predictions(self, fitted: Fitted) -> pa.Table:
        """Predict the clean dev items of the languages that serve every cell, without scalings."""
        chosen = [source for source in fitted.plan.clean if source.language in fitted.plan.languages]
        return pa.concat_tables(self._table(source, fitted.cells[source], {}, ()) for source in chosen)

    def _table(self, source: ItemFile, cell: CellOutputs, scalings: FittedScalings, names: Iterable[str]) -> pa.Table:
        """Build the rows of a cell. names: of the scalings that have a column."""
        rows = self.decoder.rows(cell, scalings) if cell.items else []
        for row in rows:  # not copied: they are what takes most memory
            row |= {"language": source.language, "perturbation": source.perturbation}
        return pa.Table.from_pylist(rows, predictions_schema(names))

    def _cells(self, sources: Sequence[ItemFile], tell: Tell) -> list[CellOutputs]:
        items = [_kept_items(source.path, self.kind) for source in sources]
        options = (self.tokenizer, self.lengths, self.labels)
        features = [encode(self.kind, i, *options, s.path) for i, s in zip(items, sources, strict=True)]
        rows = [each.rows for each in features]
        outputs = compute(
            self.model, self.forward, rows, self.padding, lambda share: tell(share * len(sources)), self.scratch
        )
        cells = zip(sources, items, features, outputs, strict=True)
        return [CellOutputs(source.language, *rest) for source, *rest in cells]


def predict_all(
    predictor: Predictor,
    plan: Plan,
    sources: Sequence[ItemFile],
    output: str | Path,
    dev_output: str | Path,
    temperature: str | Path,
    made_from: Mapping[ItemFile, str],
) -> None:
    """Fit the scalings of `plan`, then write the predictions of all cells, sorted by language, and temperature.json.

    `dev_output` gets those of the clean dev items, by which intermediate tasks are compared before the test.

    temperature.json holds the fits, the counts of each cell (`encoding`, see `Features.counts`), and the versions of
    the libraries at training and at prediction (`versions`).

    made_from: the provenance digest of each cell (`support.reuse.digest`). It is stored in the metadata of `output`.
    Cells that an earlier `output`, or a job that was killed, has with the same digest are copied. The cells of one
    language are in memory at a time; `output` is put together from files of languages (`FinishedLanguages`), which the
    caller removes when all predictions of its job are written.
    """
    finished, predictor.scratch = FinishedLanguages(output), Path(output).parent
    places = current_cells(output, made_from) | finished.current(made_from)
    ordered = sorted(sources, key=lambda source: source.language)
    missing = [source for source in ordered if source not in places]
    print(f"{output}: {len(missing)} of {len(ordered)} cells are predicted; the others are up to date")
    print(f"{len(plan.dev)} cells of dev items come first")
    encoded: dict[str, dict[str, int]] = {}
    answered: list[ItemFile] = []
    with ProgressBar(len(plan.dev) + len(missing), "cells") as progress:
        found, fitted = predictor.fit(plan, progress.update)
        for language, group in groupby(ordered, key=lambda source: source.language):
            cells = list(group)
            tables = _tables(predictor, cells, places, fitted, progress.update)
            finished.keep(language, tables, made_from)
            encoded |= {cell_name(source): counts_of(table) for source, table in tables.items()}
            answered += [source for source in cells if tables[source].num_rows]  # it may apply to no item
            del tables  # before those of the next language are made
    record = found | fitted.record(answered) | {"encoding": encoded, "versions": predictor.versions}
    Path(temperature).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    write_table(dev_output, predictor.dev_predictions(fitted))
    fits = fitted.errors({cell_name(source): source for source in answered})
    finished.join(sorted({source.language for source in sources}), {FITS: fits})


def _tables(
    predictor: Predictor, cells: Sequence[ItemFile], places: Mapping[ItemFile, Place], fitted: Fitted, tell: Tell
) -> dict[ItemFile, pa.Table]:
    """Read the cells that have a place, predict the others, and return all in the order of `cells`."""
    new = [source for source in cells if source not in places]
    found = read_cells({source: places[source] for source in cells if source in places})
    found |= zip(new, predictor.predict(new, fitted, tell) if new else (), strict=True)
    return {source: found[source] for source in cells}


def _kept_items(path: str, kind: str) -> list[dict]:
    """Read the items that a perturbation kept; in retrieval and mining also all source sentences, the candidates."""
    with whole_parquet(path), pq.ParquetFile(path) as file:  # opened once: there is a file for each cell
        known = file.schema_arrow.names
        items = file.read([name for name in (*schema(kind).names, "status") if name in known]).to_pylist()
    asked = [item.get("side") != "source" and item.get("status", KEPT) == KEPT for item in items]
    chosen = [item for item, ask in zip(items, asked, strict=True) if ask or item.get("side") == "source"]
    return chosen if any(asked) else []
