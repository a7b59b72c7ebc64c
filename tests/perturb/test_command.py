"""The command line, moved words and the table in the docs."""

import json
from pathlib import Path

import pytest

from stiltcal.perturb.__main__ import main
from stiltcal.perturb.coloured import EDITED, coloured_texts, moved_blocks
from stiltcal.perturb.registry import names
from stiltcal.perturb.table import with_table

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "scripts" / "stiltcal" / "perturb" / "examples.conllu"


def run(capsys, *arguments):
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()] if out.startswith("{") else out, err


def test_lines_of_text(capsys, tmp_path):
    (tmp_path / "text.txt").write_text("One two three. Four five!\n\nशब्द यहाँ हैं।\n", encoding="utf-8")
    arguments = ["--lang", "en", "--perturbation", "shuffle_words-1.0", "--seed", "1", str(tmp_path / "text.txt")]
    status, records, _ = run(capsys, *arguments)
    assert status == 0 and [record["id"] for record in records] == ["1", "2", "3"]
    for record in records:
        for (old, new), (start, end, new_start, new_end) in zip(record["map"], record["characters"], strict=True):
            assert record["original"][start:end] == record["tokens"]["old"][old]
            assert record["perturbed"][new_start:new_end] == record["tokens"]["new"][new]
    assert records[1]["perturbed"] == ""
    assert run(capsys, *arguments)[1] == records


def test_trees_of_a_file(capsys):
    status, (chase, _), _ = run(capsys, "--lang", "en", "--perturbation", "mirror_tree-1.0", "--conllu", str(EXAMPLES))
    assert status == 0
    assert (chase["original"], chase["perturbed"]) == (
        "The big dog chased a cat in the park.",
        "Cat a park in the chased dog the big.",
    )
    assert chase["map"][0] == [5, 0] and chase["intensity"]["requested"] == 1.0
    assert chase["intensity"]["kendall_tau"] == pytest.approx(1 - 4 * 28 / 90)


@pytest.mark.parametrize("code", ["EN", "en-US", "en_GB.UTF-8", "eng", "en-Latn", "en_ewt"])
def test_every_form_of_a_code_has_the_rules_of_its_language(capsys, code):
    arguments = ["--perturbation", "front_adjunct-1.0", "--conllu", str(EXAMPLES)]
    _, plain, _ = run(capsys, "--lang", "en", *arguments)
    assert plain[0]["perturbed"] == "In the park, the big dog chased a cat."
    assert run(capsys, "--lang", code, *arguments)[1] == plain
    assert run(capsys, "--lang", "und", *arguments)[1] != plain


def test_the_registry_is_listed(capsys):
    status, listed, _ = run(capsys, "--list")
    assert status == 0 and [line.split()[0] for line in listed.splitlines()] == names()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lang", "en", "--perturbation", "mirror_tre-1.0"], "did you mean 'mirror_tree'"),
        (["--lang", "en", "--perturbation", "mirror_tree-1.0"], "trees come from --conllu FILE or --models FOLDER"),
        (
            ["--lang", "en", "--perturbation", "reorder_like-hi-1.0", "--conllu", str(EXAMPLES)],
            "needs the word order of hi",
        ),
        (["--lang", "en", "--perturbation", "reverse-1.0", "nowhere.txt"], "nowhere.txt"),
        (
            ["--lang", "en", "--perturbation", "reverse-1.0", "--conllu", __file__],
            "line 1: found 1 columns; a word has 10",
        ),
        (["--lang", "en"], "--perturbation is missing"),
        (["--perturbation", "reverse-1.0"], "--lang is missing: the code of the text's language, e.g. de; und if not"),
        (
            ["--lang", "english", "--perturbation", "reverse-1.0"],
            "found language 'english'; allowed: a code of ISO 639",
        ),
        (["--lang", "xx", "--perturbation", "reverse-1.0"], "found language 'xx'"),
        (["--lang", "en", "--perturbation", "reorder_like-xx@N-1.0"], "'reorder_like-xx@N-1.0': found language 'xx'"),
    ],
)
def test_one_message_for_what_is_wrong(capsys, arguments, message):
    status, out, err = run(capsys, *arguments)
    assert status == 2 and not out
    assert message in err and err.count("\n") == 1


def test_the_table_in_the_docs_is_current():
    page = (ROOT / "docs" / "perturbations.md").read_text(encoding="utf-8")
    assert with_table(page) == page, "run: PYTHONPATH=scripts python -m stiltcal.perturb.table docs/perturbations.md"


@pytest.mark.parametrize(
    ("order", "blocks"),
    [
        ([0, 1, 2], [None, None, None]),
        ([2, 3, 0, 1, 4], [1, 1, None, None, None]),
        ([3, 0, 2, 1], [1, None, 2, None]),
        ([], []),
    ],
)
def test_as_few_tokens_as_possible_are_shown_as_moved(order, blocks):
    assert moved_blocks(order) == blocks


def test_edited_words_are_marked():
    entry = {"field": "text_a", "old": [0, 1], "new": [0, 1]}
    entry |= {"old_start": [0, 4], "old_end": [3, 7], "new_start": [0, 4], "new_end": [3, 7]}
    original, perturbed = coloured_texts("one two not", "one twx", entry)
    assert original == [("one ", None), ("two not", EDITED)]
    assert perturbed == [("one ", None), ("twx", EDITED)]
