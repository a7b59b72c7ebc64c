"""The table of tasks of the docs."""

from stiltcal.tasks.load import load_tasks
from stiltcal.tasks.table import task_table

from .conftest import ROOT


def test_the_table_has_the_tasks_that_have_a_report():
    rows = {"dev/en": 500, "test/en": 5010, "test/de": 5000}
    reports = {"xnli": {"files": {name: {"read": number} for name, number in rows.items()}}}
    _, _, line = task_table(load_tasks(ROOT / "tasks"), reports).splitlines()
    task, kind, trained_on, *_, train, dev, test, _ = line.strip("| ").split(" | ")
    assert (task, kind, trained_on) == ("`xnli`", "classification", "mnli")
    assert (train, dev, test) == ("", "500", "2 x 5,000-5,010")
