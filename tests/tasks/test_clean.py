import pytest
from hypothesis import given
from hypothesis import strategies as st

from stiltcal.data.clean import clean_rows, tidy, without_duplicates
from stiltcal.tasks.load import load_tasks
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT

TASKS = load_tasks(ROOT / "tasks")


@pytest.fixture
def tasks():
    return TASKS


def clean(task, *rows, source=0):
    rows = [{"row": f"row-{number}", **row} for number, row in enumerate(rows)]
    items, reasons = clean_rows(rows, task, task.sources[source])
    return items, dict(+reasons)


def qa(context, answers, starts, **more):
    return {"id": "q", "context": context, "question": "Why?", "answers": answers, "answer_starts": starts, **more}


def test_tidy_is_nfc_without_outer_space():
    assert tidy("  cafe\u0301\n") == "caf\u00e9" and tidy(None) == ""


def test_labels_by_number_and_by_name(tasks):
    pair = {"text_a": "a ", "text_b": " b"}
    items, _ = clean(tasks["mnli"], {**pair, "label": 1}, {**pair, "label": "contradiction"})
    assert [item["label"] for item in items] == ["neutral", "contradiction"]
    assert items[0] == {"id": "row-0", "cluster": "row-0", "text_a": "a", "text_b": "b", "label": "neutral"}
    assert clean(tasks["pawsx"], {**pair, "label": "0"})[0][0]["label"] == "different"


def test_rows_without_label_or_text_are_counted(tasks):
    snli = clean(tasks["anli"], {"text_a": "a", "text_b": "b", "label": -1}, {"text_a": "a", "text_b": " ", "label": 0})
    assert snli == ([], {"no label": 1, "empty text": 1})
    for label in ("1", ""):
        pair = {"text_a": "NS", "text_b": "b", "label": label}
        assert clean(tasks["pawsx"], pair) == ([], {"placeholder": 1})


def test_unknown_label_is_an_error(tasks):
    with pytest.raises(TaskError, match=r"mnli, row-0 of nyu-mll/glue: unknown label 'netural' .did you mean"):
        clean(tasks["mnli"], {"text_a": "a", "text_b": "b", "label": "netural"})
    with pytest.raises(TaskError, match="unknown label 3"):
        clean(tasks["mnli"], {"text_a": "a", "text_b": "b", "label": 3})


def test_label_numbers_without_names_are_an_error(tasks):
    with pytest.raises(TaskError, match=r"unknown label 8; allowed: names .`labels` lists those of numbers"):
        clean(tasks["ccg"], {"tokens": ["a"], "tags": [8]})
    assert clean(tasks["ccg"], {"tokens": None, "tags": None}) == ([], {"empty text": 1})


def test_ids_and_offsets_as_others_write_them(tasks):
    (item,), reasons = clean(tasks["squad_v1"], qa("some text", ["text"], [None]) | {"id": 7})
    assert (item["id"], item["answer_starts"], reasons) == ("7", [5], {"answer offset mended": 1})
    assert clean(tasks["squad_v1"], qa("some text", ["text"], [5]) | {"id": None}) == ([], {"no id": 1})


def test_an_answer_without_an_offset_is_an_error(tasks):
    with pytest.raises(TaskError, match="row-0 of rajpurkar/squad: found 2 answers and 1 offsets; every answer needs"):
        clean(tasks["squad_v1"], qa("some text", ["some", "text"], [0]))
    assert clean(tasks["squad_v1"], qa("some text", None, None)) == ([], {"empty answer": 1})


def test_multiple_choice(tasks):
    row = {"question": "Where?", "choices": ["x", "y"], "choice_keys": ["A", "B"], "answer": "B"}
    (item,), _ = clean(tasks["csqa"], row)
    assert (item["context"], item["answer"]) == ("", 1)
    assert clean(tasks["hellaswag"], {"context": "c", "choices": ["x", "y"], "answer": "1"})[0][0]["answer"] == 1
    assert clean(tasks["hellaswag"], {"context": "c", "choices": ["x", "y"], "answer": ""}) == ([], {"no label": 1})
    with pytest.raises(TaskError, match="answer 'C' is none of A, B"):
        clean(tasks["csqa"], {**row, "answer": "C"})


def test_tagging(tasks):
    items, reasons = clean(
        tasks["panx"],
        {"tokens": ["a", "b"], "tags": [0, 5]},
        {"tokens": ["\u3000"], "tags": [0]},
        {"tokens": [], "tags": []},
    )
    assert items[0]["tags"] == ["O", "B-LOC"]
    assert reasons == {"empty token": 1, "empty text": 1}
    assert clean(tasks["ccg"], {"tokens": ["a"], "tags": ["np/n"]})[0][0]["tags"] == ["np/n"]  # no fixed label set


def test_answers_move_with_the_text(tasks):
    context = "  Cafe\u0301 one and  two "
    (item,), reasons = clean(tasks["squad_v1"], qa(context, [" two "], [16]))
    assert (item["context"], item["answers"]) == ("Caf\u00e9 one and  two", ["two"])
    assert (item["answer_starts"], reasons) == ([14], {})
    assert item["context"][14:] == "two"


def test_wrong_offset_goes_to_the_nearest_occurrence(tasks):
    (item,), reasons = clean(tasks["squad_v1"], qa("one two one two one", ["one"], [9]))
    assert item["answer_starts"] == [8] and reasons == {"answer offset mended": 1}


def test_unusable_answers(tasks):
    assert clean(tasks["squad_v1"], qa("text", ["word"], [0])) == ([], {"answer not in the context": 1})
    assert clean(tasks["squad_v1"], qa("text", [], [])) == ([], {"empty answer": 1})
    assert clean(tasks["squad_v2"], qa("text", [" "], [0])) == ([], {"empty answer": 1})
    (item,), _ = clean(tasks["squad_v2"], qa("the text.", [".", "text"], [8, 4]))
    assert item["answers"] == ["text"]  # as the official script of v2
    (item,), _ = clean(tasks["squad_v2"], qa("text", [], []))
    assert item["answers"] == item["answer_starts"] == []


def test_one_of_several_answers_is_missing(tasks):
    (item,), reasons = clean(tasks["xquad"], qa("some text", ["text", "word"], [5, 0]))
    assert item["answers"] == ["text"] and reasons == {"one of several answers not in the context": 1}


def test_questions_of_a_paragraph_share_a_cluster(tasks):
    rows = [qa("one text", ["one"], [0]) | {"id": name} for name in ("a", "b", "a")]
    items, reasons = clean(tasks["xquad"], *rows, qa("another", ["other"], [2]) | {"id": "c"})
    assert [(item["id"], item["cluster"]) for item in items] == [("a", "a"), ("b", "a"), ("c", "c")]
    assert reasons == {"repeated id": 1}


@given(
    st.text(alphabet="ab e\u0301\u00e9 \u0915\u093c", min_size=1, max_size=12).filter(lambda t: t.strip()),
    st.text(alphabet=" \tb", max_size=4),
    st.text(alphabet=" \tb", max_size=4),
)
def test_every_kept_answer_is_at_its_offset(answer, before, after):
    items, _ = clean(TASKS["squad_v1"], qa(before + answer + after, [answer], [len(before)]))
    for item in items:
        for text, start in zip(item["answers"], item["answer_starts"], strict=True):
            assert item["context"][start : start + len(text)] == text


def test_without_duplicates_keeps_the_first():
    items = [{"id": "1", "cluster": "1", "text": "a"}, {"id": "2", "cluster": "2", "text": "a"}]
    assert without_duplicates([*items, {"id": "3", "cluster": "3", "text": "b"}]) == [
        items[0],
        {"id": "3", "cluster": "3", "text": "b"},
    ]
