"""Columns, answers, labels and paths in the forms that libraries write and people have; each holds the same values."""

import decimal
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import ClassLabel, Dataset, Features, Value

from stiltcal.data.fetch import fetch_task
from stiltcal.data.prepare import prepare_task
from stiltcal.formats.items import read_items
from stiltcal.tasks.load import load_tasks
from stiltcal.tasks.spec import TaskError

COMMON = {"version": 1, "description": "x", "roles": ["intermediate"]}
SOURCE = {
    "config": "default", "revision": "main", "splits": {"train": "train", "dev": "validation"}, "licence": "none",
    "citation": "none",
}  # fmt: skip
LABELS = ["no", "yes", "maybe"]
PAIR = COMMON | {"name": "pair", "kind": "classification", "labels": LABELS, "metrics": ["accuracy"]}
PAIR_COLUMNS = {"text_a": "a", "text_b": "b", "label": "label"}
QA = COMMON | {"name": "qa", "kind": "qa", "metrics": ["exact_match", "f1"]}
QA_COLUMNS = {"id": "id", "context": "context", "question": "question"}
SQUAD = {"answers": "answers.text", "answer_starts": "answers.answer_start"}
TAGGING = COMMON | {"name": "tags", "kind": "tagging", "labels": LABELS, "metrics": ["f1"]}


def prepared(folder, task, columns, table, mirror="hub", **source):
    """The items by split and language, and the reasons that are counted, of one table for all splits."""
    (folder / "tasks").mkdir(parents=True, exist_ok=True)
    name = task["name"]
    described = task | {"sources": [SOURCE | {"id": f"me/{name}", "columns": columns} | source]}
    (folder / f"tasks/{name}.yaml").write_text(yaml.safe_dump(described))
    where = folder / mirror / "me" / name
    where.mkdir(parents=True)
    files = []
    for split in {*described["sources"][0]["splits"].values()}:
        pq.write_table(table, where / f"{split}.parquet")
        files.append({"split": split, "path": f"{split}*"})
    card = {"configs": [{"config_name": "default", "data_files": files}]}
    (where / "README.md").write_text(f"---\n{yaml.safe_dump(card)}---\n")
    tasks, languages = load_tasks(folder / "tasks"), source.get("languages", ["en"])
    fetched, out, report = folder / "fetched", folder / "items", folder / "report.json"
    fetch_task(tasks[name], tasks, languages, str(folder / mirror), fetched, folder / "lock.json")
    prepare_task(tasks[name], tasks, fetched, languages, {}, 1, out, report)
    items = {f"{path.parent.name}/{path.stem}": read_items(path) for path in out.rglob("*.parquet")}
    return items, json.loads(report.read_text())["files"]


def pairs(label, text=None):
    values = ["one", "two", "three"][: len(label)]
    return pa.table(
        {"a": pa.array(values, text or pa.string()), "b": pa.array(values, text or pa.string()), "label": label}
    )


TEXTS = [
    pa.string_view(), pa.large_string(), pa.binary(), pa.large_binary(), pa.binary_view(),
    pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.int32(), pa.large_string()),
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_text_in_every_type(tmp_path, text):
    items, _ = prepared(tmp_path, PAIR, PAIR_COLUMNS, pairs(pa.array(["no", "yes", "no"]).cast(text), text))
    assert [(item["text_a"], item["label"]) for item in items["train/en"]] == [
        ("one", "no"),
        ("two", "yes"),
        ("three", "no"),
    ]


def test_bytes_that_are_no_text(tmp_path):
    table = pa.table({"a": [b"\xff", b"a"], "b": [b"x", b"y"], "label": [0, 1]})
    with pytest.raises(TaskError, match="not a whole parquet file of UTF-8 text"):
        prepared(tmp_path, PAIR, PAIR_COLUMNS, table)


@pytest.mark.parametrize("text", TEXTS, ids=str)
@pytest.mark.parametrize("key", ["language_column", "language_prefix"])
def test_languages_in_every_type(tmp_path, text, key):
    codes = ["de-1", "xx-2", "en-3"] if key == "language_prefix" else ["de", "xx", "en"]
    table = pairs([0, 1, 2]).append_column("language", pa.array(codes).cast(text))
    assert pooled(tmp_path, table, key) == {"dev/en": ["maybe"], "test/en": ["maybe"], "test/de": ["no"]}


def pooled(folder, table, key="language_column"):
    """The labels of a table with rows of several languages, by split and language."""
    task = PAIR | {"roles": ["target"], "train_set": "pair"}
    found = {"languages": ["en", "de"], key: "language", "splits": {"train": "train", "dev": "dev", "test": "test"}}
    items, _ = prepared(folder, task, PAIR_COLUMNS, table, **found)
    return {key: [item["label"] for item in found] for key, found in items.items() if not key.startswith("train")}


def test_languages_as_numbers_of_names(tmp_path):
    features = Features({"a": Value("string"), "b": Value("string"), "label": ClassLabel(names=LABELS)})
    features |= {"language": ClassLabel(names=["xx", "en", "de"])}
    columns = {"a": ["one", "two", "three"], "b": ["x", "y", "z"], "label": [0, 1, 2], "language": [2, 0, 1]}
    table = Dataset.from_dict(columns, features=Features(features)).with_format("arrow")[:]
    table = table.replace_schema_metadata(Features(features).arrow_schema.metadata)
    assert pooled(tmp_path, table) == {"dev/en": ["maybe"], "test/en": ["maybe"], "test/de": ["no"]}


NOTHING = [
    ["yes", None, "no"],
    ["yes", "", "no"],
    pa.array(["yes", None, "no"], pa.string_view()),
    pa.array(["yes", None, "no"]).dictionary_encode(),
    [1, None, 0],
    [1.0, float("nan"), 0.0],
    [1.0, None, 0.0],
    [decimal.Decimal("1.0"), None, decimal.Decimal("0.0")],
    [True, None, False],
]


@pytest.mark.parametrize("label", NOTHING, ids=str)
def test_rows_without_a_label_are_counted(tmp_path, label):
    items, files = prepared(tmp_path, PAIR, PAIR_COLUMNS, pairs(label))
    assert [item["label"] for item in items["train/en"]] == ["yes", "no"]
    assert files["train/en"]["reasons"] == {"no label": 1}


def test_listed_labels_are_none_in_every_type(tmp_path):
    for number, label in enumerate(([1, -1, 0], [1.0, -1.0, 0.0], ["yes", "-1", "no"])):
        _, files = prepared(tmp_path / str(number), PAIR, PAIR_COLUMNS, pairs(label), unlabelled=[-1])
        assert files["train/en"]["reasons"] == {"no label": 1}


@pytest.mark.parametrize("labels", [["True", "False"], ["false", "true"]])
def test_true_and_false_are_names_before_they_are_numbers(tmp_path, labels):
    items, _ = prepared(tmp_path, PAIR | {"labels": labels}, PAIR_COLUMNS, pairs([True, False, True]))
    assert [item["label"].lower() for item in items["train/en"]] == ["true", "false", "true"]


def test_a_label_between_two_numbers(tmp_path):
    with pytest.raises(TaskError, match=r"column 'label' holds 0\.5; wanted: whole numbers"):
        prepared(tmp_path, PAIR, PAIR_COLUMNS, pairs([1.0, 0.5, 0.0]))


GOLD = [{"text": ["anna"], "answer_start": [0]}, {"text": ["bob", "a cat"], "answer_start": [0, 8]}]
LISTED = [
    [{"text": "anna", "answer_start": 0}],
    [{"text": "bob", "answer_start": 0}, {"text": "a cat", "answer_start": 8}],
]
STRUCTS = [
    pa.struct([("text", text), ("answer_start", number)])
    for text, number in ((pa.large_string(), pa.int8()), (pa.string(), pa.int64()))
]
VIEWS = pa.struct([("text", pa.list_(pa.string_view())), ("answer_start", pa.large_list(pa.int64()))])
ANSWERS = {
    "a struct of lists": GOLD,
    "a struct of lists in other types": pa.array(GOLD, VIEWS),
    "a list of structs": LISTED,
    "a large list of structs": pa.array(LISTED, pa.large_list(STRUCTS[0])),
    "a list view of structs": pa.array(LISTED, pa.list_view(STRUCTS[1])),
    "offsets as floats": [{"text": each["text"], "answer_start": [*map(float, each["answer_start"])]} for each in GOLD],
    "JSON of a struct": [json.dumps(each) for each in GOLD],
    "JSON of a list": pa.array([json.dumps(each) for each in LISTED], pa.large_string()),
}  # fmt: skip


def questions(answers=None, **more):
    columns = {"id": [1, 2], "context": ["anna met a dog", "bob met a cat"], "question": ["who?", "whom?"]}
    return pa.table(columns | ({"answers": answers} if answers is not None else {}) | more)


@pytest.mark.parametrize("form", ANSWERS)
def test_answers_in_every_form(tmp_path, form):
    items, _ = prepared(tmp_path, QA, QA_COLUMNS | SQUAD, questions(ANSWERS[form]))
    assert [(item["answers"], item["answer_starts"]) for item in items["train/en"]] == [
        (["anna"], [0]),
        (["bob", "a cat"], [0, 8]),
    ]


def test_answers_in_columns_with_a_dot(tmp_path):
    flat = {"answers.text": [each["text"] for each in GOLD], "answers.answer_start": [[0], [0, 8]]}
    items, _ = prepared(tmp_path, QA, QA_COLUMNS | SQUAD, questions(**flat))
    assert [item["answers"] for item in items["train/en"]] == [["anna"], ["bob", "a cat"]]


@pytest.mark.parametrize("none", [None, [], [{"text": None, "answer_start": None}]])
def test_answers_that_are_not_there(tmp_path, none):
    items, files = prepared(tmp_path, QA | {"unanswerable": True}, QA_COLUMNS | SQUAD, questions([LISTED[0], none]))
    answered = [item["answers"] for item in items["train/en"]]
    assert (answered, files["train/en"]["reasons"]) == ([["anna"], []], {})


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([LISTED[0], LISTED[1]], "column 'answers' has no field 'texts'; it is list<"),
        (["{'text': ['anna']}", "{}"], "column 'answers' has fields in JSON alone, and row 0 is"),
        ([1, 2], "column 'answers' has no field 'texts'; it is int64"),
    ],
)
def test_fields_that_are_not_there(tmp_path, answers, message):
    columns = QA_COLUMNS | {"answers": "answers.texts", "answer_starts": "answers.texts"}
    with pytest.raises(TaskError, match=message):
        prepared(tmp_path, QA, columns, questions(answers))


WORDS = [[{"form": "a", "tag": 1}, {"form": "b", "tag": 0}], [{"form": "c", "tag": 2}]]
TOKENS, NUMBERS = [["a", "b"], ["c"]], [[1, 0], [2]]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ({"words": WORDS}, ("words.form", "words.tag")),
        (
            {"t": pa.array(TOKENS, pa.list_view(pa.string())), "n": pa.array(NUMBERS, pa.large_list_view(pa.int8()))},
            "tn",
        ),
        ({"t": pa.array(TOKENS, pa.large_list(pa.large_string())), "n": [[1.0, 0.0], [2.0]]}, "tn"),
        ({"t": TOKENS, "n": [["yes", "no"], ["maybe"]]}, "tn"),
    ],
)
def test_tags_in_every_form(tmp_path, table, columns):
    items, _ = prepared(tmp_path, TAGGING, dict(zip(("tokens", "tags"), columns, strict=True)), pa.table(table))
    assert [(item["tokens"], item["tags"]) for item in items["train/en"]] == [
        (["a", "b"], ["yes", "no"]),
        (["c"], ["maybe"]),
    ]


@pytest.mark.parametrize(
    "name", ["[shared] data", "a?b", "a*", "[!a]", "a::b", "{a,b}", "~x", "__x__", ".x", "100%", "a#b", "train"]
)
def test_a_mirror_whose_path_has_any_characters(tmp_path, name):
    (tmp_path / "axb/hub/me/pair").mkdir(parents=True)  # what `a?b` is a pattern of
    items, _ = prepared(tmp_path, PAIR, PAIR_COLUMNS, pairs([0, 1, 2]), mirror=f"{name}/hub")
    assert len(items["train/en"]) == 3
    items, _ = prepared(tmp_path / name / "study", PAIR, PAIR_COLUMNS, pairs([0, 1, 2]))
    assert len(items["train/en"]) == 3
