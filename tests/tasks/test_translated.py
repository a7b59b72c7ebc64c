"""Translations that a user brings: in both layouts, with what was lost counted, and what is refused."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import prepare_translations
from stiltcal.formats.items import read_items
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT, question


def nli(count: int, language: str = "en") -> list[dict]:
    """Rows as the Hub has them."""
    return [{"premise": f"{language} p{n}", "hypothesis": f"h{n}", "label": n % 3} for n in range(count)]


def translated(tmp_path, task: str, rows: list[dict]) -> tuple[list[dict], dict]:
    """Prepare a German translation of a task whose originals are prepared; gives (items, counts)."""
    file, folder = tmp_path / "mine.parquet", tmp_path / "items"
    pq.write_table(pa.Table.from_pylist(rows), file)
    prepare_translations.main(
        task=task,
        tasks=str(ROOT / "tasks"),
        files=[str(file)],
        languages=["de"],
        fetched=str(folder / "fetched"),
        originals=str(folder / "items" / "train" / "en.parquet"),
        translations=[str(tmp_path / "de.parquet")],
        report=str(tmp_path / "report.json"),
        seed=1,
    )
    counts = json.loads((tmp_path / "report.json").read_text())["files"]["translated/de"]
    return read_items(tmp_path / "de.parquet"), counts


@pytest.fixture
def translate(mirror, prepare, tmp_path):
    """Prepare the originals, then a translation of them into German; gives (items, counts)."""

    def run(task: str, original: list[dict], translation: list[dict], **caps):
        repository, config, split = {
            "mnli": ("nyu-mll/glue", "mnli", "validation_matched"),
            "squad_v1": ("rajpurkar/squad", "plain_text", "validation"),
            "hellaswag": ("Rowan/hellaswag", "default", "validation"),
        }[task]
        mirror.add(repository, config, "train", original)
        mirror.add(repository, config, split, original[:2])
        if task == "squad_v1":  # SQuAD's dev set is without XQuAD's paragraphs
            mirror.add("google/xtreme", "XQuAD.en", "validation", [question(900, "another text", "text")])
        prepare(task, ["en"], **caps)
        return translated(tmp_path, task, translation)

    return run


def squad_rows(count: int) -> list[dict]:
    return [question(n, f"the number of this text is {n}", str(n), "A") for n in range(count)]


def test_rows_of_the_hub_are_taken_one_by_one(translate):
    items, counts = translate("mnli", nli(6), nli(6, "de"))
    assert [(item["id"], item["text_a"], item["label"]) for item in items[:2]] == [
        ("glue-train-0", "de p0", "entailment"),
        ("glue-train-1", "de p1", "neutral"),
    ]
    assert counts == {"read": 6, "reasons": {}, "written": 6}


def test_the_columns_of_items_are_read_too_and_a_cap_keeps_the_same_items(translate, tmp_path):
    labels = ("entailment", "neutral", "contradiction")
    ours = [{"text_a": f"de p{n}", "text_b": f"h{n}", "label": labels[n % 3]} for n in range(40)]
    items, counts = translate("mnli", nli(40), ours, max_train=7)
    original = read_items(tmp_path / "items" / "items" / "train" / "en.parquet")
    assert [item["id"] for item in items] == [item["id"] for item in original] and len(items) == 7
    assert [item["text_a"].split()[1] for item in items] == [item["text_a"].split()[1] for item in original]
    assert counts["read"] == 40


def test_fewer_rows_are_a_set_of_their_own(translate):
    items, counts = translate("mnli", nli(6), nli(6, "de")[2:])
    assert counts == {"read": 4, "reasons": {"not parallel: rows are missing": 4}, "written": 4}
    assert [item["id"] for item in items] == ["de-0", "de-1", "de-2", "de-3"]


def test_answers_that_the_translation_lost_are_dropped_and_counted(translate):
    lost = {"context": "die Nummer fehlt hier"}
    moved = {"context": "4 ist die Nummer von diesem Text"}
    rows = squad_rows(6)
    translation = [rows[0], rows[2] | lost, rows[3], rows[4] | moved, rows[5]]
    items, counts = translate("squad_v1", rows, translation)
    assert [item["id"] for item in items] == ["q0", "q3", "q4", "q5"]
    assert counts == {
        "read": 5,
        "reasons": {"answer not in the context": 1, "answer offset mended": 1},
        "written": 4,
    }
    assert (items[2]["answers"], items[2]["answer_starts"]) == (["4"], [0])


@pytest.mark.parametrize(
    ("task", "rows", "message"),
    [
        ("mnli", nli(7), r"mine\.parquet: has 7 rows, and mnli has 6; a translation has no more"),
        (
            "mnli",
            [r | {"label": (r["label"] + 1) % 3} for r in nli(6)],
            r"6 of 6 items have another label .*glue-train",
        ),
        ("mnli", [r | {"label": 7} for r in nli(6)], "unknown label 7"),
        (
            "mnli",
            [{"premis": "a", "hypothesis": "b", "label": 0}],
            "columns premis, hypothesis, label; mnli needs text_a, text_b, label or premise, hypothesis, label",
        ),
        ("squad_v1", [question(77, "ein Text", "Text")], r"1 ids are not in the original \(q77\)"),
        ("squad_v1", [squad_rows(1)[0] | {"context": "nichts"}], r"no item is left of 1 rows.*answer not in the con"),
    ],
)
def test_other_files_are_refused(translate, task, rows, message):
    with pytest.raises(TaskError, match=message):
        translate(task, nli(6) if task == "mnli" else squad_rows(6), rows)


def test_text_in_another_encoding_is_refused(translate):
    latin = [row | {"premise": "Größe".encode("latin-1")} for row in nli(6)]
    with pytest.raises(TaskError, match=r"mine\.parquet: not a whole parquet file of UTF-8 text .*Write it again"):
        translate("mnli", nli(6), latin)


def endings(count: int, language: str = "en", first_right: int = 0) -> list[dict]:
    """Rows of multiple choice as the Hub has them."""
    choices = [f"{language} ending {choice}" for choice in range(4)]
    return [
        {"ctx": f"{language} story {n}", "endings": choices, "label": str((n + first_right) % 4)} for n in range(count)
    ]


def test_another_right_choice_than_the_original_has_is_refused(translate, tmp_path):
    items, _ = translate("hellaswag", endings(6), endings(6, "de"))
    assert [item["answer"] for item in items] == [0, 1, 2, 3, 0, 1]
    words = r"mine\.parquet: 6 of 6 items have another answer .*hellaswag-train-0: found 1, original 0"
    with pytest.raises(TaskError, match=words):
        translated(tmp_path, "hellaswag", endings(6, "de", first_right=1))


def test_a_tag_that_the_original_lacks_is_refused_where_the_task_file_lists_none(mirror, prepare, tmp_path):
    folder = mirror.folder / "ccg"
    folder.mkdir(parents=True)
    for split in ("train", "validation"):
        (folder / f"{split}.tsv").write_text("A\tNP/N\ngirl\tN\n\nSue\tN\n", encoding="utf-8")
    prepare("ccg", ["en"])
    german = [{"tokens": ["Ein", "Kind"], "tags": ["NP/N", "N"]}, {"tokens": ["Eva"], "tags": ["N"]}]
    items, _ = translated(tmp_path, "ccg", german)
    assert [item["tags"] for item in items] == [["NP/N", "N"], ["N"]]
    with pytest.raises(TaskError, match=r"mine\.parquet: the tags NP are not in the original"):
        translated(tmp_path, "ccg", [german[0], {"tokens": ["Eva"], "tags": ["NP"]}])
