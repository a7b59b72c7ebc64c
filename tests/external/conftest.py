"""A small study of English and German questions whose perturb stage has run, and answers to it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import perturb_items
from stiltcal.external.__main__ import main
from stiltcal.formats.items import write_items

ROOT = Path(__file__).parents[2]
TEXTS, LANGUAGES = ("clean", "reverse-1.0"), ("de", "en")
CELLS = [(text, language) for text in TEXTS for language in LANGUAGES]
_PLACES = ("Rome", "Oslo", "Lima", "Cairo", "Delhi", "Quito", "Accra", "Turin")


def questions(language: str) -> list[dict]:
    """Two questions about each of twenty paragraphs, of which word overlap answers one.

    They have four, seven and eight words: no share of them is an edge of one of fifteen bins, where libraries differ.
    """
    german = ("Im Jahr", "reiste nach", "nach", "welcher Stadt")
    opening, verb, asked, which = german if language == "de" else ("In", "went to", "to", "which city")
    rows = []
    for number in range(20):
        place, other = _PLACES[number % 8], _PLACES[(number + 3) % 8]
        context = f"{opening} {1900 + number} Ada {verb} {place}. Later Bo painted it in {other} for the king."
        for kind, question, answer in (
            ("easy", f"{opening} {1900 + number} Ada {verb} {which}?", place),
            ("hard", f"Who went {asked} {place}?", "Ada"),
        ):
            rows.append(
                {
                    "id": f"{kind}{number}", "cluster": f"p{number}", "context": context, "question": question,
                    "answers": [answer], "answer_starts": [context.index(answer)], "article": None,
                }
            )  # fmt: skip
    return rows


def perturb(folder: Path, kind: str, rows_of) -> Path:
    """Write items files, and perturb them as the workflow does; returns the file `complete` beside the outputs."""
    data = [str(folder.parent / "data" / folder.name / "test" / f"{language}.parquet") for language in LANGUAGES]
    for path, language in zip(data, LANGUAGES, strict=True):
        write_items(path, kind, rows_of(language))
    outputs = [str(folder / text / f"{language}.parquet") for text, language in CELLS]
    grid = {"perturbations": list(TEXTS), "languages": list(LANGUAGES), "kind": kind, "seed": 1}
    record = {"perturbed": outputs, "record": str(folder / "made_from.json")}
    perturb_items.main(data=data, trees=[], word_order=[], **record, **grid)
    (folder / "complete").touch()
    return folder / "complete"


def answered(asked: Path, answer) -> str:
    """JSON lines of the answers and confidences that a function gives to the items of an exported file."""
    lines = []
    for line in asked.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        text, confidence = answer(item)
        keys = {key: item[key] for key in ("id", "language", "perturbation")}
        lines.append(json.dumps(keys | {"answer": text, "confidence": confidence}))
    return "\n".join(lines)


@pytest.fixture(scope="session")
def results(tmp_path_factory) -> Path:
    """The results folder of a study of XQuAD, up to its perturb stage."""
    folder = tmp_path_factory.mktemp("study") / "results"
    perturb(folder / "perturbed" / "xquad", "qa", questions)
    return folder


@pytest.fixture(scope="session")
def asked(results, tmp_path_factory) -> Path:
    """The exported items of XQuAD."""
    folder = tmp_path_factory.mktemp("asked")
    assert main([str(results), str(folder)]) == 0
    return folder / "xquad.jsonl"


@pytest.fixture(scope="session")
def overlap(asked, tmp_path_factory) -> Path:
    """A folder with the answers of the example of docs/external.md, run as it stands there."""
    folder = tmp_path_factory.mktemp("overlap")
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "external.md").read_text(encoding="utf-8"), re.DOTALL)
    (folder / "overlap.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, folder / "overlap.py"], stdin=asked.open("rb"), capture_output=True, check=True
    )
    (folder / "overlap.jsonl").write_bytes(done.stdout)
    return folder
