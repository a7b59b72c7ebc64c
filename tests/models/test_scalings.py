"""Scalings: what each is fitted on, that it is never what is scored, and what it does to confidences."""

import json
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import predict
from stiltcal.calibration import confidence
from stiltcal.calibration.influence import unknown
from stiltcal.calibration.logistic import Vector
from stiltcal.formats.items import write_items
from stiltcal.models.answers import option_confidences
from stiltcal.models.fit_scalings import ItemFile, Plan

from .test_prediction import LABELS, LENGTHS, make

ALL = ["source", "target", "mixed", "perturbed", "platt"]
DEV = tuple(
    ItemFile(perturbation, language, f"{perturbation}-{language}")
    for perturbation, language in (("clean", "en"), ("clean", "qaa"), ("reverse-1.0", "en"))
)


@pytest.mark.parametrize(
    ("scaling", "files"),
    [
        ("source", ["clean-en"]),
        ("target", ["clean-qaa"]),
        ("mixed", ["clean-en", "clean-qaa"]),
        ("perturbed", ["reverse-1.0-en"]),
        ("platt", ["clean-en"]),
        ("vector", ["clean-en"]),
    ],
)
def test_what_a_scaling_is_fitted_on(scaling, files):
    plan, cell = Plan((scaling,), DEV, ("en",)), ItemFile("reverse-1.0", "qaa", "test")
    assert [source.path for source in plan.fitted_on(scaling, cell)] == files
    assert plan.files(cell) == sorted({"clean-en", "clean-qaa", *files})


def test_without_dev_items_there_is_no_fit():
    plan = Plan(("target", "perturbed"), DEV, ("en",))
    with pytest.raises(ValueError, match="scaling target: no clean dev items in qab"):
        plan.fitted_on("target", ItemFile("clean", "qab", "test"))
    with pytest.raises(ValueError, match=r"scaling perturbed: no mirror-1\.0 dev items in en"):
        plan.fitted_on("perturbed", ItemFile("mirror-1.0", "en", "test"))


@pytest.fixture
def job(trained, word_encoder, tmp_path):
    """Predicts a kind in two languages, clean and reversed, with dev items of each cell; returns (rows, record)."""
    cells = [(p, language) for p in ("clean", "reverse-1.0") for language in ("en", "qaa")]

    jobs = count()

    def run(kind: str, scalings: list[str], change=None, skipped=(), right="exact_match") -> tuple[list[dict], dict]:
        folder = tmp_path / f"job{next(jobs)}"  # the process remembers the digest of a file: no path has two contents
        folder.mkdir()

        def path(split: str, cell: tuple[str, str]) -> str:
            return str(folder / f"{split}-{'-'.join(cell)}.parquet")

        for number, cell in enumerate(cells):
            items = {"dev": make(kind, 12 + number), "test": make(kind, 20 + number)}
            for split, each in items.items():
                changed = list(map(change, each)) if change and split == "test" else each
                write_items(path(split, cell), kind, changed)
                if (split, cell) in skipped:
                    table = pq.read_table(path(split, cell))
                    status = pa.array(["no rule"] * len(table))
                    pq.write_table(table.append_column("status", status), path(split, cell))
        bitext = kind in ("retrieval", "mining")
        predict.predict_target(
            model=word_encoder if bitext else trained(kind, LABELS.get(kind, ())),
            dev=[(*cell, path("dev", cell)) for cell in cells],
            perturbed=[(*cell, path("test", cell)) for cell in cells],
            output=str(folder / "predictions.parquet"),
            dev_output=str(folder / "dev_predictions.parquet"),
            temperature=str(folder / "temperature.json"),
            kind=kind,
            lengths=LENGTHS,
            scalings=scalings,
            dev_languages=["en", "qaa"] if bitext else ["en"],
            right=right,
        )
        record = json.loads((folder / "temperature.json").read_text())
        return pq.read_table(folder / "predictions.parquet").to_pylist(), record

    return run


@pytest.mark.parametrize("kind", ["classification", "multiple_choice", "tagging", "qa", "retrieval", "mining"])
def test_every_scaling_of_every_kind(job, kind):
    names = [*ALL, "vector"] if kind in ("classification", "tagging") else ALL
    rows, record = job(kind, names)
    for name in names:
        values = [row[f"confidence_{name}"] for row in rows]
        assert all(0 <= value <= 1 for value in values)
        assert values != [row["confidence"] for row in rows]
    assert set(record["target"]) == {"en", "qaa"}
    assert set(record["perturbed"]) == {"clean", "reverse-1.0"}
    clean = [row for row in rows if row["perturbation"] == "clean"]
    assert all(row["confidence_perturbed"] == row["confidence_source"] for row in clean)
    if kind not in ("retrieval", "mining"):
        english = [row for row in rows if row["language"] == "en"]
        assert all(row["confidence_target"] == row["confidence_source"] for row in english)
        assert record["mixed"]["n"] == record["target"]["en"]["n"] + record["target"]["qaa"]["n"]


@pytest.mark.parametrize("kind", ["classification", "tagging", "qa", "retrieval", "mining"])
def test_a_perturbation_that_keeps_no_item_is_not_scaled(job, kind):
    """Neither of dev nor of test items; where test items are left, there must be something to fit on."""
    gone = [(split, ("reverse-1.0", language)) for split in ("dev", "test") for language in ("en", "qaa")]
    rows, record = job(kind, ["source", "perturbed"], skipped=gone)
    assert rows and {row["perturbation"] for row in rows} == {"clean"}
    assert set(record["perturbed"]) == {"clean"}
    with pytest.raises(
        ValueError, match=r"scaling perturbed: the dev items hold none to fit it on: .*dev-reverse-1\.0-"
    ):
        job(kind, ["source", "perturbed"], skipped=gone[:2])


@pytest.mark.parametrize("kind", ["retrieval", "mining"])
def test_a_perturbation_that_keeps_no_dev_item_of_one_language(job, kind):
    """Bitext is scaled on the dev items of all languages: of those that have any."""
    _, record = job(kind, ["perturbed"], skipped=[("dev", ("reverse-1.0", "qaa"))])
    alone = record["perturbed"]["reverse-1.0"]
    _, record = job(kind, ["perturbed"])
    assert 0 < alone["n"] < record["perturbed"]["reverse-1.0"]["n"]


def test_platt_scaling_knows_when_answers_are_right(job):
    _, strict = job("qa", ["platt"])
    _, lenient = job("qa", ["platt"], right="f1")
    assert strict["platt"]["n"] == lenient["platt"]["n"] and strict != lenient


def other_answer(item: dict) -> dict:
    """An item with another gold label."""
    if "label" in item:
        return item | {"label": {"yes": "no", "no": "yes"}[item["label"]]}
    if "tags" in item:
        return item | {"tags": ["I-X" for _ in item["tags"]]}
    return item | {"answers": [item["context"].split()[-1]], "answer_starts": [item["context"].rindex(" ") + 1]}


@pytest.mark.parametrize("kind", ["classification", "tagging", "qa"])
def test_what_is_scored_is_not_what_is_fitted_on(job, kind):
    """With other gold answers of the test items, nothing that was fitted changes, nor a confidence."""
    names = [*ALL, "vector"] if kind != "qa" else ALL
    rows, record = job(kind, names)
    others, other_record = job(kind, names, other_answer)
    assert other_record == record
    assert [row["gold"] for row in rows] != [row["gold"] for row in others]
    for name in ("confidence", *(f"confidence_{name}" for name in names)):
        assert [row[name] for row in rows] == [row[name] for row in others]


def test_scaled_confidences_by_hand(job):
    rows, record = job("classification", ["platt", "vector", "source"])
    lines = {
        "platt": (record["platt"]["slope"], record["platt"]["intercept"]),
        "source": (1 / record["source"]["temperature"], 0.0),
    }
    for name, (slope, intercept) in lines.items():
        for row in rows[::7]:
            expected = 1 / (1 + np.exp(-(slope * confidence.log_odds(row["confidence"]) + intercept)))
            # Six decimals of the confidence are as many times the slope of the scaled one.
            assert row[f"confidence_{name}"] == pytest.approx(expected, abs=2e-6 * (1 + abs(slope)))
    assert len(record["vector"]["weights"]) == len(record["vector"]["bias"]) == 2


def test_vector_scaled_confidences_by_hand():
    """Scores x become 2 x and x + ln 8. The answer stays that of the scores, also where the scaled ones prefer another.

    (ln 2, 0) has the odds 4 : 8, and (0, ln 2) has 1 : 16.
    """
    scaling = Vector(np.array([2.0, 1.0]), np.array([0.0, np.log(8)]), 1, unknown(4))
    choice, found = option_confidences(np.log([[2.0, 1.0], [1.0, 2.0]]), {"vector": scaling})
    assert choice.tolist() == [0, 1]
    assert found["none"] == pytest.approx([2 / 3, 2 / 3])
    assert found["vector"] == pytest.approx([4 / 12, 16 / 17])


@pytest.mark.parametrize("kind", ["classification", "multiple_choice", "tagging", "qa", "retrieval", "mining"])
def test_every_fit_has_an_error_and_shifted_confidences(job, kind, tmp_path):
    """A column for each direction, and in the metadata the fit of every cell."""
    names = [*ALL, "vector"] if kind in ("classification", "tagging") else ALL
    rows, record = job(kind, names)
    fits = json.loads(pq.read_schema(tmp_path / "job0" / "predictions.parquet").metadata[b"fits"])
    cells = {f"{row['perturbation']}/{row['language']}" for row in rows}
    assert fits["cells"].keys() == set(names) and all(found.keys() == cells for found in fits["cells"].values())
    assert len({fits["cells"]["source"][cell] for cell in cells}) == 1, "one fit serves all cells"
    directions = dict.fromkeys(names, 2 if kind == "mining" else 1) | {"platt": 2, "vector": 4}
    if kind == "tagging":
        directions["vector"] = 6
    for name in names:
        number = fits["cells"][name]["clean/en"]
        assert np.shape(fits["blocks"][number]) == (directions[name], 256)
        columns = [f"confidence_{name}_{direction}" for direction in range(1, directions[name] + 1)]
        moved = [row[column] != row[f"confidence_{name}"] for row in rows for column in columns]
        assert any(moved) or not np.any(fits["blocks"][number])
        assert f"confidence_{name}_{directions[name] + 1}" not in rows[0]
    assert all(error >= 0 for error in record["source"]["standard_errors"])


def test_a_shifted_confidence_by_hand(job):
    """With two labels softmax is a logistic of the log odds; log T shifts by a quarter of its standard error."""
    rows, record = job("classification", ["source"])
    temperature, (error,) = record["source"]["temperature"], record["source"]["standard_errors"]
    assert error > 0
    for row in rows[::5]:
        odds = confidence.log_odds(row["confidence"]) / (temperature * np.exp(0.25 * error))
        assert row["confidence_source_1"] == pytest.approx(1 / (1 + np.exp(-odds)), abs=2e-5)
