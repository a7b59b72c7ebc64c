"""Names of intermediate phases, their variants and chains, against readings by hand."""

import re
import shlex

import pytest

from stiltcal.tasks.phases import Phase, chain, chain_name, name_problem

TASKS = ["mnli", "squad_v1", "ccg"]


@pytest.mark.parametrize(
    ("name", "phases"),
    [
        ("none", []),
        ("multi", [Phase("multi")]),
        ("squad_v1", [Phase("squad_v1")]),
        ("squad_v1+mlm", [Phase("squad_v1", ("mlm",))]),
        ("squad_v1+translated+mlm", [Phase("squad_v1", ("translated", "mlm"))]),
        ("mnli-then-squad_v1", [Phase("mnli"), Phase("squad_v1")]),
        ("mnli+mlm-then-multi-then-ccg", [Phase("mnli", ("mlm",)), Phase("multi"), Phase("ccg")]),
    ],
)
def test_a_name_is_read_and_written(name, phases):
    assert chain(name) == phases and chain_name(phases) == name
    assert name_problem(name, TASKS) is None


def test_the_parts_of_a_phase():
    plain, both = Phase("mnli"), Phase("mnli", ("translated", "mlm"))
    assert (plain.is_translated, plain.has_mlm, both.is_translated, both.has_mlm) == (False, False, True, True)


def test_names_need_no_quotes_in_a_shell_and_are_one_part_of_a_path():
    name = "mnli+translated-then-squad_v1+mlm"
    assert shlex.quote(name) == name and "/" not in name and re.fullmatch(re.escape(name), name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnly", r"unknown 'mnly' \(did you mean 'mnli'\?\); allowed: none, mnli, squad_v1, ccg, multi; .*'\+mlm'"),
        ("mnli>squad_v1", r"unknown 'mnli>squad_v1'.* a chain '-then-'"),
        ("mnli-then-squat_v1", r"unknown 'squat_v1' in 'mnli-then-squat_v1' \(did you mean 'squad_v1'\?\)"),
        ("mnli+mml", r"unknown variant 'mml' in 'mnli\+mml' \(did you mean 'mlm'\?\); allowed: translated, mlm"),
        ("mnli+", "unknown variant ''"),
        ("", "unknown ''"),
        ("mlm", "unknown 'mlm'"),
        ("mnli+mlm+mlm", "names a variant twice"),
        ("mnli+mlm+translated", r"'mnli\+mlm\+translated' is written 'mnli\+translated\+mlm'"),
        ("mnli-then-mnli", "mnli occurs twice; the phases of a chain differ"),
        ("none+mlm", "none trains on nothing"),
        ("none-then-mnli", "none trains on nothing"),
        ("mnli-then-", "unknown ''"),
    ],
)
def test_other_names_are_refused(name, message):
    assert re.search(message, name_problem(name, TASKS))
