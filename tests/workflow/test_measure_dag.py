"""The parts of benchmarks/measure_dag.py: studies of a wanted size, and what a process took."""

import sys

import pytest
from benchmarks.measure_dag import STUDIES, intermediates, jobs_of_a_seed, overlay, ran

from stiltcal.study.load import load_study

from .conftest import CONFIG, ROOT, changed, shipped


def test_jobs_of_a_seed_by_hand():
    """The miniature: two intermediate models; for each of three intermediates a training of targets, a prediction."""
    config = changed("intermediates", ["none", "mnli", "mnli-then-squad_v1"])
    config["report"]["intermediate"] = "mnli"
    assert jobs_of_a_seed(load_study(config, ROOT)) == 2 + 3 * 2


def test_all_variants_and_chains_are_intermediates():
    found = intermediates({"intermediates": ["none", "mnli", "qqp", "multi"]})
    assert found[4:] == [
        *("mnli+translated", "qqp+translated", "multi+translated", "mnli+mlm", "qqp+mlm", "multi+mlm"),
        *("mnli-then-qqp", "qqp-then-mnli"),
    ]


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_has_at_least_the_wanted_jobs_and_no_needless_seed(name):
    base = shipped("paper") if name == "paper" else CONFIG
    study = load_study({**base, **overlay(name, 4000)}, ROOT)
    assert (len(study.seeds) - 1) * jobs_of_a_seed(study) < 4000 <= len(study.seeds) * jobs_of_a_seed(study)


def test_a_process_is_measured(tmp_path):
    """Its peak of memory is at least that of the process that started it."""
    found = ran([sys.executable, "-c", "print(len(bytes(100_000_000).replace(b'0', b'1')))"], tmp_path)
    assert found.text == "100000000\n" and found.seconds > 0 and found.megabytes > 90


def test_a_process_that_fails_is_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="ValueError: no"):
        ran([sys.executable, "-c", "raise ValueError('no')"], tmp_path)
