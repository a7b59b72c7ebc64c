"""Prediction jobs: the table, scaling on dev, what is computed once, and that neighbours change nothing."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import predict
from stiltcal.formats.items import write_items
from stiltcal.models import scratch
from stiltcal.models.encoder import ModelError, versions
from stiltcal.models.encoding import Lengths
from stiltcal.models.fit_scalings import ItemFile, Plan
from stiltcal.models.prediction import Predictor, predictions_schema

from .made import LABELS, LENGTHS, SOURCE, make


@pytest.fixture(scope="module")
def job(trained, word_encoder, tmp_path_factory):
    """Predicts one kind's items in two languages, clean and "perturbed"; returns (rows, record, folder)."""

    def run(kind: str, items: list[dict] | None = None, **options):
        folder = tmp_path_factory.mktemp("job")
        bitext = kind in ("retrieval", "mining")
        languages = ["qaa", "en"] if bitext else ["en"]
        write_items(folder / "dev.parquet", kind, make(kind, 12))
        write_items(folder / "test.parquet", kind, items or make(kind, 20))
        predict.predict_target(
            model=word_encoder if bitext else trained(kind, LABELS.get(kind, ())),
            dev=[("clean", language, str(folder / "dev.parquet")) for language in languages],
            perturbed=[
                (p, language, str(folder / "test.parquet"))
                for p in ("clean", "reverse-1.0")
                for language in ("qaa", "en")
            ],
            output=str(folder / "predictions.parquet"),
            dev_output=str(folder / "dev_predictions.parquet"),
            temperature=str(folder / "temperature.json"),
            kind=kind,
            lengths=LENGTHS,
            scalings=["source"],
            dev_languages=languages,
            **options,
        )
        table = pq.read_table(folder / "predictions.parquet")
        shifted = ["source_1", "source_2"] if kind == "mining" else ["source_1"]
        assert table.schema.remove_metadata() == predictions_schema(["source", *shifted])
        return table.to_pylist(), json.loads((folder / "temperature.json").read_text()), folder

    return run


KINDS = ["classification", "multiple_choice", "tagging", "qa", "retrieval", "mining"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_is_predicted_and_scaled(job, kind):
    rows, record, folder = job(kind)
    cells = [(row["language"], row["perturbation"]) for row in rows]
    assert list(dict.fromkeys(cells)) == [(a, b) for a in ("en", "qaa") for b in ("clean", "reverse-1.0")]
    assert len({cells.count(cell) for cell in cells}) == 1
    assert all(0 <= row[name] <= 1 for row in rows for name in ("confidence", "confidence_source"))
    assert [row["confidence"] for row in rows] != [row["confidence_source"] for row in rows]
    assert record["source"]["n"] >= 12
    assert record["versions"] == {"training": {}, "prediction": versions()}, "this model was not written by a training"
    assert not list(folder.glob("*.partial"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_job_gives_the_same_bytes(job, kind):
    one, two = (job(kind)[2] for _ in range(2))
    for name in ("predictions.parquet", "dev_predictions.parquet", "temperature.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


@pytest.mark.parametrize("kind", ["qa", "retrieval", "mining"])
def test_outputs_that_lie_in_a_file_give_the_same_bytes(job, kind, monkeypatch):
    held = job(kind)[2]
    monkeypatch.setattr(scratch, "BYTES_IN_MEMORY", 0)
    mapped = job(kind)[2]
    for name in ("predictions.parquet", "dev_predictions.parquet", "temperature.json"):
        assert (held / name).read_bytes() == (mapped / name).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_dev_items_are_predicted_as_test_items_are(job, kind):
    """The job tests on its own dev items; but for bitext its dev items are those of the source language."""
    rows, _, folder = job(kind, make(kind, 12))
    found = pq.read_table(folder / "dev_predictions.parquet")
    assert found.schema == predictions_schema(())
    languages = ("qaa", "en") if kind in ("retrieval", "mining") else ("en",)
    clean = [row for code in languages for row in rows if (row["language"], row["perturbation"]) == (code, "clean")]
    assert found.to_pylist() == [{name: row[name] for name in found.column_names} for row in clean]


@pytest.mark.parametrize("kind", ["qa", "mining"])
def test_only_what_is_new_is_predicted(word_encoder, trained, tmp_path, monkeypatch, kind):
    """Another perturbation, or other items of one, cost themselves alone; the file is that of a job from scratch."""
    model = word_encoder if kind == "mining" else trained(kind)
    for number, name in enumerate(("dev", "clean", "old", "new")):
        write_items(tmp_path / f"{name}.parquet", kind, make(kind, 12 + number))
    asked, predict_cells = [], Predictor.predict

    def counted(self, sources, fitted, tell):
        asked.extend(source.perturbation for source in sources)
        return predict_cells(self, sources, fitted, tell)

    monkeypatch.setattr(Predictor, "predict", counted)

    def run(files: dict[str, str], output: str, **options) -> bytes:
        asked.clear()
        cells = [(perturbation, "en", str(tmp_path / f"{name}.parquet")) for perturbation, name in files.items()]
        predict.predict_target(
            model=model,
            dev=[("clean", "en", str(tmp_path / "dev.parquet"))],
            perturbed=cells,
            output=str(tmp_path / output),
            dev_output=str(tmp_path / "dev_predictions"),
            temperature=str(tmp_path / "t.json"),
            **{"kind": kind, "lengths": LENGTHS, **SOURCE} | options,
        )
        return (tmp_path / output).read_bytes()

    run({"clean": "clean", "x": "old"}, "grown")
    grown = run({"new": "new", "clean": "clean", "x": "old"}, "grown")
    assert asked == ["new"]
    assert grown == run({"new": "new", "clean": "clean", "x": "old"}, "whole")
    run({"clean": "clean", "x": "new"}, "grown")
    assert asked == ["x"]
    run({"clean": "clean", "x": "new"}, "grown", code="another")
    assert asked == ["clean", "x"], "the code is another"


@pytest.mark.parametrize("kind", ["classification", "multiple_choice", "tagging", "qa"])
def test_a_row_does_not_depend_on_the_others(job, kind):
    items = make(kind, 60)
    whole, part = job(kind, items)[0], job(kind, items[::7])[0]
    chosen = {item["id"] for item in items[::7]}
    assert part == [row for row in whole if row["id"] in chosen]


@pytest.mark.parametrize("kind", KINDS)
def test_items_that_a_perturbation_skipped_are_not_predicted(trained, word_encoder, tmp_path, kind):
    items = make(kind, 5)
    asked = [item for item in items if item.get("side") != "source"]
    for name, skipped in (("some", asked[:2]), ("none", asked)):
        status = {item["id"]: "no tree" for item in skipped}
        rows = [item | {"status": status.get(item["id"], "kept")} for item in items]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    write_items(tmp_path / "dev.parquet", kind, make(kind, 6))
    model = word_encoder if kind in ("retrieval", "mining") else trained(kind, LABELS.get(kind, ()))
    predictor = Predictor(model, kind, Lengths(**LENGTHS))
    plan = Plan(("source",), (ItemFile("clean", "en", str(tmp_path / "dev.parquet")),), ("en",))
    cells = [ItemFile("x", "en", str(tmp_path / f"{n}.parquet")) for n in ("some", "none")]
    some, none = predictor.predict(cells, predictor.fit(plan)[1])
    assert list(dict.fromkeys(some["id"].to_pylist())) == [item["id"] for item in asked[2:]]
    assert (none.num_rows, none.schema) == (0, predictions_schema(["source"]))


def test_temperature_changes_confidences_but_no_answer(job):
    for kind in ("classification", "qa"):
        rows, record, _ = job(kind)
        change = np.array([row["confidence_source"] - row["confidence"] for row in rows])
        assert (np.sign(change) == np.sign(1 - record["source"]["temperature"])).all()


def test_what_truncation_took_is_counted_for_each_cell(job):
    items = make("qa", 3)
    items[0]["question"] = "who " * 100
    _, record, _ = job("qa", items)
    cells = ["clean/qaa", "reverse-1.0/qaa", "clean/en", "reverse-1.0/en"]
    assert sorted(record["encoding"]) == sorted(cells)
    for counts in record["encoding"].values():
        assert (counts["questions_cut"], counts["answers_lost"]) == (1, 0) and counts["tokens"] > counts[
            "unknown_tokens"
        ]


def test_a_layer_that_the_encoder_lacks(job):
    with pytest.raises(ValueError, match=r"retrieval_layer: found 14; this encoder has 0 .the embeddings. to 2"):
        job("retrieval", layer=14)


def test_mined_rows_say_what_is_selected(job):
    rows, record, _ = job("mining")
    assert set(record["thresholds"]) == {"en", "qaa"}
    assert all(row["prediction"] is not None for row in rows if row["selected"])
    assert all(row["correct"] == (row["prediction"] is not None and row["prediction"] == row["gold"]) for row in rows)
    threshold = record["thresholds"]["en"]
    if threshold is not None:
        assert all(row["selected"] == (row["confidence"] >= 0.5) for row in rows)


def test_a_model_without_its_head_is_refused(word_encoder, tmp_path):
    with pytest.raises(ModelError, match="no trained qa head"):
        predict.predict_target(
            model=word_encoder,
            dev=[],
            perturbed=[],
            output="",
            dev_output="",
            temperature="",
            kind="qa",
            lengths=LENGTHS,
            **SOURCE,
        )
