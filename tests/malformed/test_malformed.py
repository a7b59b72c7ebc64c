"""Malformed input of every kind: one message of at most five lines that names the place, and nothing else happens.

The modules beside this one make the cases, the same in each run. `doors` has the ways in which the workflow reads them.
"""

from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from . import (
    configurations,
    encoders,
    external_answers,
    fetched_files,
    records,
    result_files,
    task_files,
    text_files,
    yaml_texts,
)
from .case import Case

MODULES = (
    *(configurations, yaml_texts, task_files, fetched_files, records, text_files, result_files, encoders),
    external_answers,
)
CASES = list(chain.from_iterable(module.cases() for module in MODULES))
#: The most characters of an answer: a screen.
SCREEN = 6000


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.id))
def test_the_answer_is_one_message_that_names_the_place(case: Case, tmp_path: Path, monkeypatch):
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    status, text = case.give(project)
    assert status != 0, "accepted"
    assert len(text.strip().splitlines()) <= 5 and len(text) <= SCREEN, text
    assert "Traceback" not in text
    assert all(sign.isprintable() or sign == "\n" for sign in text), "nothing that moves the cursor"
    for word in case.words:
        assert word in text
    assert [path.name for path in tmp_path.iterdir()] == ["project"], "nothing is written outside"
    assert not (project / "executed").exists(), "nothing is run"


def test_there_are_300_different_cases():
    names = Counter(case.id for case in CASES)
    assert len(names) >= 300, "cases of one name count once"
    assert len({case.family for case in CASES}) >= 20


def test_the_cases_are_the_same_in_each_run():
    again = chain.from_iterable(module.cases() for module in MODULES)
    assert [case.id for case in again] == [case.id for case in CASES]
