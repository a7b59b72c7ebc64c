"""Seconds of the longer rules before a run: those of the plan."""

from statistics import mean

import pytest

from stiltcal.price.expected import expected_seconds
from stiltcal.price.pricing import DECLARED, Pricing
from stiltcal.price.rules import Rule
from stiltcal.price.work import Works

from .conftest import TABLES, study_of, write_tables


def test_seconds_are_the_mean_of_the_jobs_of_a_rule(demo, tables, tmp_path):
    works = Works(demo, tables)

    def seconds(rule, **wildcards):
        return Pricing(tables, DECLARED).cost(Rule(rule), works.of(Rule(rule), wildcards), works.encoder.body).alone

    expected = expected_seconds(demo, tmp_path)
    phases = [seconds("train_intermediate", intermediate=name) for name in ("mnli", "squad_v1")]
    assert expected["train_intermediate"] == pytest.approx(mean(phases)) and phases[0] != phases[1]
    # One job trains all targets, and one predicts them.
    assert expected["train_target"] == pytest.approx(seconds("train_target", train_set="all"))
    assert expected["predict"] == pytest.approx(seconds("predict", target="all"))
    assert "train_parser" not in expected  # its trees are gold


def test_nothing_is_known_of_a_study_that_cannot_be_priced(tmp_path):
    lock = tmp_path / "lock.json"
    lock.write_text("{", encoding="utf-8")
    write_tables(tmp_path, TABLES)
    assert expected_seconds(study_of("real_qa", lock=str(lock)), tmp_path) == {}
