"""A kind that the table gets here, of one sentence with a label, as docs/adding_a_kind.md adds it."""

import re

import pytest
import yaml

from stiltcal.data.clean import clean_rows
from stiltcal.data.columns import form
from stiltcal.formats.items import schema
from stiltcal.tasks import load
from stiltcal.tasks.kinds import FAMILIES, KINDS, Kind
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT

PAGE = (ROOT / "docs" / "adding_a_kind.md").read_text(encoding="utf-8")
ENTRY = re.search(r"```python\n# scripts/stiltcal/tasks/kinds.py\n(.*?)```", PAGE, re.DOTALL)[1]
TASK = re.search(r"```yaml\n# tasks/cola.yaml\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture
def task(monkeypatch, tmp_path):
    """The task of the page, with its kind in the table."""
    for name, kind in eval(f"{{{ENTRY}}}", {"Kind": Kind}).items():
        monkeypatch.setitem(KINDS, name, kind)
    load._validator.cache_clear()
    (tmp_path / "cola.yaml").write_text(TASK, encoding="utf-8")
    yield load.load_task(tmp_path / "cola.yaml")
    load._validator.cache_clear()


def test_the_kind_of_the_page_reads_and_cleans_rows(task):
    rows = [{"row": "r0", "text": " Who ? ", "label": 1}, {"row": "r1", "text": "", "label": 0}]
    items, reasons = clean_rows(rows, task, task.sources[0])
    assert items == [{"id": "r0", "cluster": "r0", "text": "Who ?", "label": "acceptable"}]
    assert dict(+reasons) == {"empty text": 1}
    assert schema("sentence_label").names == ["id", "cluster", "text", "label"]
    assert form("label", "sentence_label") == "names"


def test_kinds_and_columns_of_task_files_come_from_the_table(tmp_path):
    data = yaml.safe_load(TASK) | {"kind": "sentence"}
    (tmp_path / "cola.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(TaskError, match=r"kind: found 'sentence'.*; allowed: .*\bclassification\b"):
        load.load_task(tmp_path / "cola.yaml")
    data |= {"kind": "qa"}
    data["sources"][0]["columns"] = {"tokens": "sentence"}
    (tmp_path / "cola.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(TaskError, match=r"found tokens; qa needs id, context(.|\n)*found tokens; qa has id, .*article"):
        load.load_task(tmp_path / "cola.yaml")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_entries_of_the_table_fit_together(kind):
    assert kind.family in FAMILIES
    assert set(kind.text_fields) <= set(kind.fields)
    assert set(kind.default_sides) <= set(kind.sides)
    assert kind.is_bitext or set(kind.sides) <= set(kind.text_fields)
    assert kind.label_field is None or kind.label_field in kind.fields
    assert bool(kind.head) != kind.is_bitext
