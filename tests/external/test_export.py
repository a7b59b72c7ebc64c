"""Items of a study as they are exported for any system."""

import json

import pytest

from stiltcal.external.__main__ import main
from stiltcal.external.export import cells_of, exported
from stiltcal.external.questions import asked_of
from stiltcal.formats.items import read_items
from stiltcal.tasks.load import load_task
from stiltcal.tasks.spec import TaskError

from .conftest import CELLS, LANGUAGES, ROOT, perturb

PAIRS = [
    {"id": f"i{n}", "cluster": f"i{n}", "text_a": "one two three", "text_b": "one two", "label": "entailment"}
    for n in range(3)
]
CHOICES = [
    {
        "id": f"i{n}", "cluster": f"i{n}", "context": "one two three", "question": "", "choices": ["a", "b", "c"],
        "answer": n,
    }
    for n in range(3)
]  # fmt: skip


def task(name: str):
    return load_task(ROOT / "tasks" / f"{name}.yaml")


def test_a_line_has_the_texts_and_no_right_answer(results, asked):
    lines = [json.loads(line) for line in asked.read_text(encoding="utf-8").splitlines()]
    wanted = {
        (text, language, item["id"]): (item["context"], item["question"])
        for text, language in CELLS
        for item in read_items(results / "perturbed" / "xquad" / text / f"{language}.parquet")
        if item["status"] == "kept"
    }
    given = {(l["perturbation"], l["language"], l["id"]): (l["context"], l["question"]) for l in lines}  # noqa: E741
    assert given == wanted and len(lines) == len(wanted)
    assert all(
        line.keys() == {*"id language perturbation context question asked fingerprint".split()} for line in lines
    )
    assert {line["asked"] for line in lines} == {"Answer the question with words of the context."}


def test_other_kinds_say_what_is_allowed(tmp_path):
    perturb(tmp_path / "perturbed" / "xnli", "classification", lambda language: PAIRS)
    line = json.loads(next(exported(task("xnli"), cells_of(tmp_path, "xnli"))))
    assert line["labels"] == ["entailment", "neutral", "contradiction"] and "label" not in line
    assert line["asked"] == "Natural language inference in 15 languages. Answer with one of the labels."
    perturb(tmp_path / "perturbed" / "csqa", "multiple_choice", lambda language: CHOICES)
    line = json.loads(next(exported(task("csqa"), cells_of(tmp_path, "csqa"))))
    assert line["choices"] == ["a", "b", "c"] and "answer" not in line
    assert "an empty text" in asked_of(task("squad_v2"))["asked"]


def test_files_of_earlier_studies_are_left_out(tmp_path):
    folder = tmp_path / "perturbed" / "xnli"
    perturb(folder, "classification", lambda language: PAIRS)
    earlier = folder / "earlier-1.0"
    earlier.mkdir()
    (earlier / "en.parquet").write_bytes((folder / "clean" / "en.parquet").read_bytes())
    assert [cell[:2] for cell in cells_of(tmp_path, "xnli")] == sorted(CELLS)


def test_what_no_system_can_answer_is_left_out_with_a_word(tmp_path, capsys):
    tags = [{"id": "a", "cluster": "a", "tokens": ["one", "two"], "tags": ["O", "B-PER"]}]
    perturb(tmp_path / "perturbed" / "panx", "tagging", lambda language: tags)
    perturb(tmp_path / "perturbed" / "xnli", "classification", lambda language: PAIRS)
    assert main([str(tmp_path), str(tmp_path / "asked")]) == 0
    out, err = capsys.readouterr()
    out = out.splitlines()[-1]  # the perturb jobs print, too
    assert "panx: left out; its kind is tagging, which has no free answer; allowed: qa, classification" in err
    assert out == f"{tmp_path / 'asked' / 'xnli.jsonl'}: {len(PAIRS) * len(LANGUAGES) * 2} items"
    assert [path.name for path in (tmp_path / "asked").iterdir()] == ["xnli.jsonl"]


@pytest.mark.parametrize(
    ("spoil", "arguments", "words"),
    [
        (lambda folder: None, ["--targets", "xnly"], ["--targets", "has no 'xnly' (did you mean 'xnli'?)"]),
        (lambda folder: (folder / "complete").unlink(), [], ["perturbed/xnli: is not complete; run"]),
        (lambda folder: (folder / "clean" / "en.parquet").unlink(), [], ["perturbed/xnli: is not complete; run"]),
        (lambda folder: (folder / "clean" / "en.parquet").write_bytes(b"PAR1"), [], ["not a whole parquet file"]),
        (lambda folder: (folder / "made_from.json").unlink(), [], ["holds no perturbed items"]),
        (lambda folder: (folder / "made_from.json").write_text("[]"), [], ["made_from.json: not a JSON mapping"]),
    ],
)
def test_a_folder_that_cannot_be_exported_is_one_message(tmp_path, capsys, spoil, arguments, words):
    folder = tmp_path / "perturbed" / "xnli"
    perturb(folder, "classification", lambda language: PAIRS)
    spoil(folder)
    capsys.readouterr()
    assert main([str(tmp_path), str(tmp_path / "asked"), *arguments]) == 2
    out, err = capsys.readouterr()
    assert not out and err.count("\n") == 1
    assert all(word in err for word in words)


def test_every_task_that_can_be_answered_has_words_for_it():
    for path in (ROOT / "tasks").glob("*.yaml"):
        try:
            found = load_task(path)
        except TaskError:
            continue
        if found.kind in ("qa", "classification", "multiple_choice"):
            assert str(asked_of(found)["asked"]).endswith(".")
            assert found.kind != "classification" or asked_of(found)["labels"]
