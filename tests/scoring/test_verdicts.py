"""Verdicts that hang on the task, and how small an effect a study can detect."""

import numpy as np
import pytest
from scipy.stats import norm

from stiltcal.calibration.estimate import NO_SURPLUS, Estimate, p_value
from stiltcal.scoring.pooled import Pool
from stiltcal.scoring.primary_rows import primary_rows
from stiltcal.scoring.target import Key, TargetResults, TargetSpec
from stiltcal.scoring.verdicts import verdict

from .test_simultaneous import pool_of

TEXT = "reverse-1.0"
DECLARED = {"metric": "ece_width_15", "scaling": "none", "margin": 0.05, "level": 0.05}


def estimated(centre: float, error: float) -> Estimate:
    """An estimate of 100 clusters whose replicates are normal."""
    replicates = centre + error * norm.ppf((np.arange(400) + 0.5) / 400)
    return Estimate(centre, centre, replicates, NO_SURPLUS, 99)


def target(name: str, accuracies: dict[str, float]) -> TargetResults:
    """Results of a target whose models have these accuracies, with standard errors of 0.02; chance level is 0.1."""
    found = {Key("guard_score", model, TEXT): estimated(value, 0.02) for model, value in accuracies.items()}
    found |= {Key("guessing", model, TEXT): estimated(0.1, 0.0) for model in accuracies}
    found |= {Key("error", model, TEXT): estimated(0.1, 0.01) for model in accuracies}
    return TargetResults(name, TargetSpec("qa", "exact_match", 0.1, "exact_match"), 1, None, found)


def test_a_task_is_lost_where_either_model_is_at_chance_level():
    able = {"none": 0.5, "mnli": 0.5, "qqp": 0.12}
    pool = Pool([target("xquad", able), target("mlqa", able)], [TEXT])
    assert pool.lost("mnli") == ""
    assert pool.lost("qqp") == "exact_match after qqp is not above chance level on xquad"
    pool = Pool([target("xquad", able), target("mlqa", able | {"none": 0.12})], [TEXT])
    assert pool.lost("mnli") == "exact_match without intermediate training is not above chance level on mlqa"


def test_an_error_that_fell_improves_unless_the_task_fell_beyond_doubt():
    fell, may_have, rose = estimated(-0.05, 0.02), estimated(-0.03, 0.02), estimated(0.05, 0.02)
    assert p_value(fell) == p_value(rose) < 0.05 < p_value(may_have)
    found = [verdict(-0.2, -0.1, False, "", task, 0.05) for task in (fell, may_have, rose)]
    assert [name for name, _ in found] == ["task lost", "improves", "improves"]


def test_what_may_be_unseen_must_be_exceeded_to_be_detected():
    """The wider of the two sides, once."""
    seen = estimated(0.01, 0.02)._replace(bounds=(-1.0, 1.0))
    rows = [
        primary_rows(pool_of(each), "Question answering", "control", ["mnli"], DECLARED)[0]
        for each in (seen, seen._replace(unseen=(0.04, 0.03)), seen._replace(unseen=(0.0, 0.95)))
    ]
    assert rows[0]["smallest_detectable"] == pytest.approx((norm.ppf(0.975) + norm.ppf(0.8)) * 0.02, rel=0.05)
    assert rows[1]["smallest_detectable"] == pytest.approx(rows[0]["smallest_detectable"] + 0.04)
    assert rows[2]["smallest_detectable"] is None and rows[2]["reason"] == "80 % power would need an effect above 1"
