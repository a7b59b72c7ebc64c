"""Data of one's own, as docs/tasks.md describes it: fetched, prepared, and a target of a study."""

import json
import re
import shutil
from collections import Counter

import pytest

import fetch_dataset
import prepare_items
from stiltcal.formats.items import read_items
from stiltcal.study.files import laid_over
from stiltcal.study.load import load_study

from .conftest import ROOT, lock

PAGE = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("### Test data of your own")[2].partition("\n### ")[0]
*FILES, STUDY = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)
LABELS = ["neutral", "entailment", "contradiction"]


@pytest.fixture
def root(tmp_path):
    """A clone with the task files of the page."""
    for folder in ("tasks", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for text in FILES:
        (tmp_path / text.split()[1]).write_text(text, encoding="utf-8")
    return tmp_path


def rows_of(task, language):
    context, tale = "Tale {} in {}: a fox came by.".format, range(20)
    if task == "folknli":
        return [{"premise": context(n, language), "hypothesis": "A fox came.", "label": LABELS[n % 3]} for n in tale]
    texts = [{"id": f"{language}{n}", "context": context(n, language)} for n in tale]
    return [
        {**text, "question": "What came?", "answers": ["a fox"], "answer_starts": [text["context"].index("a fox")]}
        for text in texts
    ]


@pytest.mark.parametrize("task", ["folkqa", "folknli"])
def test_items_of_the_page(root, mirror, task):
    for language in ("en", "de"):
        mirror.add(f"own/{task}", f"{task}.{language}", "test", rows_of(task, language))
    given = {"task": task, "tasks": str(root / "tasks"), "languages": ["en", "de"]}
    fetched, report = str(root / "fetched"), root / "items" / "report.json"
    fetch_dataset.main(**given, source=str(mirror.folder), dataset=fetched, lock=lock(root))
    prepare_items.main(**given, fetched=fetched, report=str(report), seed=1)
    assert not any(file["reasons"] for file in json.loads(report.read_text())["files"].values())
    items = {
        language: [read_items(report.parent / f"{split}/{language}.parquet") for split in ("dev", "test")]
        for language in ("en", "de")
    }
    for dev, test in items.values():
        assert dev and len(dev) + len(test) == 20
        if task == "folknli":
            assert Counter(item["label"] for item in dev + test) == {"neutral": 7, "entailment": 7, "contradiction": 6}


def test_a_study_of_the_page(root):
    """Laid over that of docs/own_study.md."""
    (mine,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/own_study.md").read_text(encoding="utf-8"), re.DOTALL)
    for name, text in (("mine", mine), ("folk", STUDY)):
        (root / f"{name}.yaml").write_text(text, encoding="utf-8")
    study = load_study(laid_over([ROOT / "config.yaml", root / "mine.yaml", root / "folk.yaml"]), root)
    assert study.train_set("folknli") == "mnli" and study.languages("folkqa") == ["en", "de"]
