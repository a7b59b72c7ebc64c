"""Answers of a system as predictions: their grades, and the checks before."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import read_external
from stiltcal.external.answers import COLUMNS, Answer, AnswerError, read_answers
from stiltcal.external.grading import Grader, graded
from stiltcal.external.questions import fingerprint
from stiltcal.formats.external import EXTERNAL, SCHEMA

from .conftest import CELLS

ROW = {"id": "a", "language": "en", "perturbation": "clean", "answer": "x", "confidence": 0.5}
QA = {"id": "a", "cluster": "p", "status": "kept", "answers": ["the Rome", "Roma"]}


def grade(kind: str, item: dict, answer: object, **rules) -> dict:
    given = [Answer("a", "en", "clean", answer, 0.123456789, "f.jsonl, line 1")]
    (row,) = graded(given, {("clean", "en"): {"a": item}}, Grader(kind, **rules)).to_pylist()
    return row


def test_questions_are_graded_as_the_metrics_of_the_task_do():
    row = grade("qa", QA, "rome, Italy")
    assert (row["correct"], row["score"]) == (False, pytest.approx(2 / 3))
    assert grade("qa", QA, "ROME")["correct"] is True
    assert row["gold"] == json.dumps(QA["answers"]) and row["prediction"] == "rome, Italy"
    assert row["confidence"] == 0.123456789, "as it was given"
    unanswerable = QA | {"answers": []}
    assert grade("qa", unanswerable, "")["correct"] and not grade("qa", unanswerable, "x")["correct"]
    german = {"normalization": "mlqa"}
    assert not grade("qa", QA | {"answers": ["Rom"]}, "das Rom", **german)["correct"], "the language is English"


def test_labels_and_choices_are_graded():
    labels = {"labels": ("yes", "no")}
    assert grade("classification", QA | {"label": "yes"}, "yes", **labels)["score"] == 1.0
    assert grade("classification", QA | {"label": "yes"}, "no", **labels)["correct"] is False
    item = QA | {"choices": ["p", "q"], "answer": 1}
    assert grade("multiple_choice", item, 1)["correct"] and grade("multiple_choice", item, "1")["correct"]
    assert grade("multiple_choice", item, 0)["prediction"] == "0"


@pytest.mark.parametrize(
    ("kind", "item", "answer", "message"),
    [
        ("classification", {"label": "yes"}, "yess", r"answer is 'yess' \(did you mean 'yes'\?\); allowed: yes, no"),
        ("classification", {"label": "yes"}, 1, "answer is 1; allowed: yes, no"),
        (
            "multiple_choice",
            {"choices": ["p", "q"], "answer": 1},
            2,
            "answer is 2; allowed: the number of a .*, 0 to 1",
        ),
        ("multiple_choice", {"choices": ["p", "q"], "answer": 1}, "p", "answer is 'p'; allowed: the number"),
        ("qa", {}, 1900, "answer is 1900; a text is needed"),
    ],
)
def test_an_answer_that_is_not_allowed_is_refused(kind, item, answer, message):
    with pytest.raises(AnswerError, match=f"^f.jsonl, line 1: {message}"):
        grade(kind, QA | item, answer, labels=("yes", "no"))


def test_rows_stand_in_the_order_of_the_items_whatever_that_of_the_answers():
    items = {
        (text, code): {n: QA | {"id": n} for n in ("b", "a")} for text in ("clean", "reverse-1.0") for code in "xy"
    }
    answers = [Answer(id_, code, text, "x", 0.5, "") for text, code in items for id_ in ("a", "b")]
    table = graded(answers[::-1], items, Grader("qa"))
    assert table.equals(graded(answers, items, Grader("qa")))
    assert table["language"].to_pylist() == [*"xxxxyyyy"] and table["id"].to_pylist() == ["b", "a"] * 4
    assert table.schema.equals(SCHEMA) and EXTERNAL in table.schema.metadata


def test_both_formats_are_read_alike(tmp_path):
    rows = [ROW, ROW | {"id": "b", "answer": "é", "confidence": 1}]
    (tmp_path / "a.jsonl").write_text("\n\n".join(map(json.dumps, rows)), encoding="utf-8")
    pq.write_table(
        pa.Table.from_pylist([row | {"confidence": float(row["confidence"])} for row in rows]), tmp_path / "b.parquet"
    )
    lines, table = (list(read_answers([tmp_path / name])) for name in ("a.jsonl", "b.parquet"))
    assert [each._replace(place="") for each in lines] == [each._replace(place="") for each in table]
    assert [each.place.rpartition(", ")[2] for each in (*lines, *table)] == ["line 1", "line 3", "row 0", "row 1"]
    assert tuple(ROW) == COLUMNS


def test_the_job_writes_the_same_for_all_seeds(results, overlap, tmp_path):
    outputs = [str(tmp_path / f"seed{seed}.parquet") for seed in (1, 2)]
    read_external.main(
        answers=[str(overlap / "overlap.jsonl")],
        perturbed=str(results / "perturbed" / "xquad" / "complete"),
        predictions=outputs,
        cells=CELLS,
        kind="qa",
        labels=[],
        normalization="english",
    )
    first, second = (Path(path).read_bytes() for path in outputs)
    assert first == second
    right = pq.read_table(outputs[0]).to_pandas().groupby(["perturbation", "language"]).correct.mean()
    assert right["clean", "en"] == 0.5, "it answers one question of two"


def test_answers_to_other_texts_are_refused():
    item = QA | {"context": "Rome is old.", "question": "What is old?"}
    items, where = {("clean", "en"): {"a": item}}, ("a", "en", "clean", "Rome", 0.5, "f.jsonl, line 1")
    for given in (None, fingerprint("qa", item)):
        assert graded([Answer(*where, given)], items, Grader("qa"))["id"].to_pylist() == ["a"]
    old = fingerprint("qa", item | {"context": "Rome was old."})
    with pytest.raises(AnswerError, match=r"f\.jsonl, line 1: fingerprint is .* another text; id 'a' of"):
        graded([Answer(*where, old)], items, Grader("qa"))


def test_answers_are_composed_as_the_items_are(tmp_path):
    given = {**ROW, "answer": "Vie\u0323\u0302t Nam", "fingerprint": "0" * 16}
    (tmp_path / "a.jsonl").write_text(json.dumps(given), encoding="utf-8")
    (answer,) = read_answers([tmp_path / "a.jsonl"])
    assert answer.answer == "Vi\u1ec7t Nam" and answer.fingerprint == "0" * 16
