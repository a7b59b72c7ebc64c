"""The published claims: their statistics by hand, and verdicts of gains whose errors are known."""

import numpy as np
import pytest
from scipy.stats import t as student

from stiltcal.calibration.estimate import NO_SURPLUS, Estimate
from stiltcal.formats.results import BEST
from stiltcal.scoring.claim_rows import Results, choose, claim_rows
from stiltcal.scoring.claims import claims_of
from stiltcal.scoring.gains import TargetGains

GRID = ["none", "squad_v1", "squad_v2", "mnli", "hellaswag", "ccg", "qqp", "multi", "mnli+mlm", "ccg-then-mnli"]
#: Gains by intermediate: of xquad, tydiqa, xnli, bucc and tatoeba.
GAINS = {
    "squad_v1": (0.10, 0.10, 0.00, 0.20, 0.10),
    "squad_v2": (0.00, 0.10, 0.00, 0.10, 0.30),
    "mnli": (0.02, 0.03, 0.05, 0.20, 0.20),
    "hellaswag": (0.02, 0.02, -0.01, 0.02, 0.20),
    "ccg": (-0.10, -0.02, -0.08, 0.10, 0.00),
    "qqp": (0.00, 0.01, 0.00, 0.02, 0.02),
    "multi": (0.20, 0.10, 0.02, 0.10, 0.03),
    "mnli+mlm": (0.02, 0.03, 0.05, 0.10, 0.10),
    "ccg-then-mnli": (0.90, 0.90, 0.90, 0.90, 0.90),
}
FIVE = ("xquad", "tydiqa", "xnli", "bucc", "tatoeba")
CHOSEN = ("multi", "squad_v1", "ccg", "mnli", "squad_v2")


def estimate(centre: float, error: float = 0.0, seed: int = 0, df: int = 199) -> Estimate:
    """A difference of scores with normal replicates of a known standard error."""
    noise = np.random.default_rng(seed).normal(size=2000)
    noise = (noise - noise.mean()) / noise.std(ddof=1) * np.sqrt(df / (df + 1))
    return Estimate(centre, centre, centre + error * noise, NO_SURPLUS, df, bounds=(-1.0, 1.0))


def results(gains: dict, targets=FIVE, chosen=CHOSEN, error=0.0) -> Results:
    """Results whose gains have these centres; each has noise of its own."""
    tests, seed = {}, 0
    for place, target in enumerate(targets):
        of_target = {}
        for name, values in gains.items():
            seed += 1
            of_target[name] = estimate(values[place], error, seed)
        tests[target] = TargetGains({}, of_target, 100, 3)
    return Results(tests, {}, {t: choose({name: 1.0}, [name]) for t, name in zip(targets, chosen, strict=True)})


def judged(gains=None, grid=GRID, targets=FIVE, **options) -> dict[str, dict]:
    found = results(gains or GAINS, targets, options.pop("chosen", CHOSEN), **options)
    return {row["claim"]: row for row in claim_rows(claims_of(grid, targets), found, 0.05, 1)}


def test_statistics_by_hand():
    rows = judged()
    value = {name: row["estimate"] for name, row in rows.items()}
    # Means over the targets: SQuAD v1 0.10 and v2 0.10, MNLI 0.10, HellaSwag 0.05, CCG -0.02, QQP 0.01, multi 0.09.
    assert value["leading_tasks"] == pytest.approx((0.10 + 0.10 + 0.05) / 3 - (-0.02 + 0.01) / 2)
    assert value["mix"] == pytest.approx(0.09 - 0.10)
    retrieval = np.mean([0.15, 0.20, 0.20, 0.11, 0.05, 0.02, 0.065])
    others = np.mean([0.2, 0.1, 0.1, 0.03, -0.2, 0.01, 0.32]) / 3
    assert value["retrieval"] == pytest.approx(retrieval - others)
    assert value["tydiqa"] == pytest.approx(np.mean([0.10, 0.10, 0.03, 0.02, -0.02, 0.01, 0.10]))
    assert value["xnli"] == pytest.approx(np.mean([0.00, 0.00, 0.05, -0.01, -0.08, 0.00, 0.02]))
    assert value[BEST] == pytest.approx(np.mean([0.20, 0.10, -0.08, 0.20, 0.30]))
    assert value["against_mlm"] == pytest.approx(0.10 - 0.06)
    parts = {name: (row["parts_as_claimed"], row["parts"]) for name, row in rows.items() if row["parts"]}
    assert parts == {
        "leading_tasks": (3, 3), "mix": (3, 6), "retrieval": (6, 7), "tydiqa": (6, 7), "xnli": (5, 7), BEST: (4, 5),
        "against_mlm": (1, 1),
    }  # fmt: skip


def test_what_the_study_lacks_is_named():
    assert judged()["against_translation"]["reason"] == "the study has no task both with and without +translated"
    few = ["none", "mnli", "squad_v1", "mnli+mlm-then-ccg"]
    rows = judged(dict.fromkeys(few[1:], GAINS["mnli"][:1]), few, ("xquad",), chosen=("mnli",))
    reasons = {name: row["reason"] for name, row in rows.items() if row["verdict"] == "not testable"}
    assert reasons == {
        "leading_tasks": "the study lacks hellaswag",
        "mix": "the study lacks the mix (multi)",
        "retrieval": "the study lacks bucc, tatoeba",
        "tydiqa": "the study lacks tydiqa",
        "xnli": "the study lacks xnli",
        "against_mlm": "the study has no task both with and without +mlm",
        "against_translation": "the study has no task both with and without +translated",
    }
    leading = claims_of(["none", "squad_v2", "mnli", "hellaswag"], ["xquad"])[0]
    assert leading.reason == "the study has no other single task to compare with"
    no_squad = claims_of(["none", "mnli", "hellaswag", "ccg"], ["xquad"])[0]
    assert no_squad.reason == "the study lacks squad_v1 and squad_v2"
    variants = {claim.name: claim.reason for claim in claims_of(["none", "mnli+mlm"], FIVE)}
    assert variants["tydiqa"] == "the study has no intermediate task in the source language alone"


def test_a_verdict_needs_an_interval_on_one_side_of_the_limit():
    grid, targets = ["none", "mnli"], ("tydiqa", "xnli")
    for gain, error, tydiqa, xnli in (
        (0.10, 0.01, "holds here", "contradicted here"),
        (-0.10, 0.01, "contradicted here", "holds here"),
        (0.10, 0.20, "inconclusive", "inconclusive"),
        (0.005, 0.001, "holds here", "holds here"),  # above 0, and below one point
        (0.02, 0.001, "holds here", "contradicted here"),
    ):
        rows = judged({"mnli": (gain, gain)}, grid, targets, chosen=("mnli", "mnli"), error=error)
        assert (rows["tydiqa"]["verdict"], rows["xnli"]["verdict"]) == (tydiqa, xnli), gain
        assert (rows["xnli"]["says"], rows["xnli"]["limit"]) == ("below", 0.01)


def test_intervals_are_simultaneous_over_the_testable_claims():
    one = claim_rows(
        claims_of(["none", "mnli"], ["tydiqa"])[3:4], results({"mnli": (0.1,)}, ("tydiqa",), ("mnli",), 0.02), 0.05, 1
    )[0]
    reach = student.ppf(0.975, 199) * 0.02
    assert one["high"] - one["estimate"] == pytest.approx(reach, rel=0.05)
    gains = {"mnli": (0.1, 0.1)}
    two = judged(gains, ["none", "mnli"], ("tydiqa", "xnli"), chosen=("mnli", "mnli"), error=0.02)
    # Three contrasts, two of them independent, the third their mean; Bonferroni's bound holds for all three.
    reach = (two["tydiqa"]["high"] - two["tydiqa"]["estimate"]) / 0.02
    assert student.ppf(1 - 0.05 / 4, 199) * 0.95 < reach < student.ppf(1 - 0.05 / 6, 199) * 1.05


def test_the_mix_must_beat_each_single_task():
    gains = {"mnli": (0.05,), "ccg": (0.02,), "multi": (0.10,)}
    row = judged(gains, ["none", *gains], ("xquad",), chosen=("multi",), error=0.001)["mix"]
    assert (row["verdict"], row["estimate"]) == ("holds here", pytest.approx(0.05))
    row = judged(gains | {"ccg": (0.2,)}, ["none", *gains], ("xquad",), chosen=("ccg",), error=0.001)["mix"]
    assert (row["verdict"], row["estimate"], row["parts_as_claimed"]) == ("contradicted here", pytest.approx(-0.1), 1)
    assert row["low"] < -0.1 < row["high"] < 0


def test_the_first_of_equal_dev_scores_is_chosen():
    assert choose({"a": 0.5, "b": 0.7, "c": 0.7}, ["a", "c", "b"]) == ("c", "b", 2)
    assert choose({"a": 0.5, "b": 0.7}, ["a"]) == ("a", None, 1)
