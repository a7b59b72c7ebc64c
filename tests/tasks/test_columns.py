"""Columns of other people's files: their types, and the names that their features give to label numbers."""

import pyarrow as pa
import pytest
from datasets import ClassLabel, Features, List, Value

from stiltcal.data.columns import check_label_order, form, plain, values
from stiltcal.tasks.load import load_tasks
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT

TASKS = load_tasks(ROOT / "tasks")
TEXTS, NUMBERS = pa.list_(pa.string()), pa.list_(pa.int32())


def empty(type_: pa.DataType) -> pa.ChunkedArray:
    return pa.chunked_array([], type_)


@pytest.mark.parametrize(
    ("kind", "column", "found"),
    [
        ("classification", "text_a", pa.large_string()),
        ("classification", "text_a", pa.dictionary(pa.int8(), pa.string())),
        ("classification", "label", pa.int64()),
        ("classification", "label", pa.string()),
        ("qa", "id", pa.int64()),
        ("qa", "answers", pa.large_list(pa.string())),
        ("qa", "answer_starts", NUMBERS),
        ("qa", "answers", pa.null()),
        ("mining", "foreign", TEXTS),
        ("mining", "gold", pa.list_(pa.list_(pa.int64(), 2))),
        ("tagging", "tags", NUMBERS),
        ("classification", "text_a", pa.string_view()),
        ("classification", "text_a", pa.large_binary()),
        ("classification", "label", pa.float64()),
        ("classification", "label", pa.decimal128(5, 1)),
        ("classification", "label", pa.bool_()),
        ("tagging", "tokens", pa.list_view(pa.string_view())),
        ("tagging", "tags", pa.large_list_view(pa.dictionary(pa.int8(), pa.large_string()))),
        ("qa", "answer_starts", pa.list_(pa.float64())),
    ],
)
def test_types_that_fit(kind, column, found):
    assert values("here", plain(empty(found)), form(column, kind)) == []


@pytest.mark.parametrize(
    ("kind", "column", "found", "wanted"),
    [
        ("classification", "text_a", pa.int64(), "text"),
        ("classification", "label", pa.date32(), "text or whole numbers"),
        ("classification", "text_a", pa.float64(), "text"),
        ("classification", "text_a", pa.bool_(), "text"),
        ("retrieval", "foreign", TEXTS, "text"),
        ("multiple_choice", "choices", pa.string(), "lists of text; a list of columns makes lists of single values"),
        ("tagging", "tokens", pa.string(), "lists of text"),
        ("qa", "answers", pa.string(), "lists of text"),
        ("qa", "answer_starts", TEXTS, "lists of whole numbers"),
        ("qa", "answer_starts", pa.list_(pa.bool_()), "lists of whole numbers"),
        ("mining", "gold", NUMBERS, "lists of lists of whole numbers"),
        ("mining", "source", pa.string(), "lists of text"),
    ],
)
def test_types_that_do_not(kind, column, found, wanted):
    with pytest.raises(TaskError, match=rf"^here holds .*; wanted: {wanted}"):
        values("here", plain(empty(found)), form(column, kind))


@pytest.mark.parametrize("column", ["label", "note.label", "notes.label"])
def test_names_of_labels_are_found_wherever_they_stand(column):
    """As a column, in a struct, in a list of structs."""
    task = TASKS["mnli"]
    names = [task.labels[1], task.labels[0], task.labels[2]]
    features = Features(
        {
            "label": ClassLabel(names=names),
            "note": {"label": ClassLabel(names=names)},
            "notes": List({"label": ClassLabel(names=names)}),
            "other": Value("string"),
        }
    )
    source = type(task.sources[0])(**vars(task.sources[0]) | {"columns": {"label": column}})
    with pytest.raises(TaskError, match=rf"README: the labels of {column} are neutral, entailment"):
        check_label_order("README", features, task, source)
    check_label_order("README", Features({"other": Value("string")}), task, source)
    check_label_order("README", {}, task, source)
