"""Differences of which hardly an item is right in one cell and wrong in the other."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy.stats import beta
from statsmodels.stats.weightstats import DescrStatsW

import score_predictions
from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.combinations import combine, stack
from stiltcal.calibration.estimate import effect_interval, p_value
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.calibration.unseen import unseen_share
from stiltcal.formats.predictions import Units, resampling_seed
from stiltcal.scoring.flips import calibration_outcomes, unseen_flips

N = 50
NAMES = ("signed_gap", "brier")
#: With it the flips leave the population's Brier score as it is (20,000 studies: -0.00005, standard error 0.0001).
NO_CHANGE = -0.0157
WEIGHTS = list(resample_weights(N, 200, seed=1))


def cell(confidence, correct) -> Units:
    """Units of items of their own clusters."""
    items, nothing = np.arange(N), np.full(N, None)
    answered = np.ones(N, bool)
    return Units(
        items, items, items, correct, correct.astype(float), answered, nothing, nothing, answered, {"none": confidence}
    )


def difference(after, before, flips=True):
    """After minus before, of (confidence, correct) each."""
    estimates = [estimate(make_sample(*side, np.arange(N), N), NAMES, WEIGHTS) for side in (after, before)]
    total = combine((1, -1), [stack(list(each.values())) for each in estimates])
    if not flips:
        return total
    sides = [calibration_outcomes(np.arange(N), cell(*side), NAMES, "none") for side in (after, before)]
    return total._replace(unseen=np.maximum(total.unseen, unseen_flips(*sides)))


def study(rng, shift=0.0, gained=0.02, lost=0.01):
    """Seven of a hundred items are right before; a share of all is gained and one is lost; confidence moves a bit."""
    u = rng.random(N)
    before, after = u < 0.07, (u >= lost) & (u < 0.07 + gained)
    confidence = rng.beta(2, 6, N)
    return (np.clip(confidence + shift + 0.01 * rng.normal(size=N), 0, 1), after), (confidence, before)


def rates(flips: bool) -> tuple[float, float, float]:
    """Coverage of the signed gap's and of Brier's difference; type I error where Brier's is 0."""
    rng, held, wrong = np.random.default_rng(3), [], []
    many = [study(rng) for _ in range(20_000)]
    scores = [
        [np.mean([value(*side) for side in sides]) for sides in zip(*many, strict=True)] for value in (_gap, _brier)
    ]
    truths = [after - before for after, before in scores]
    for sides in many[:250]:
        low, high = effect_interval(difference(*sides, flips=flips))
        held.append([low[k] <= truths[k] <= high[k] for k in (0, 1)])
    for _ in range(250):
        wrong.append(p_value(difference(*study(rng, shift=NO_CHANGE), flips=flips))[1] < 0.05)
    return *np.mean(held, axis=0), np.mean(wrong)


def _gap(confidence, correct):
    return np.mean(confidence - correct)


def _brier(confidence, correct):
    return np.mean((confidence - correct) ** 2)


def test_few_flips_leave_room_for_more():
    old, new = rates(flips=False), rates(flips=True)
    assert max(old[:2]) < 0.85 and old[2] > 0.15
    assert min(new[:2]) >= 0.90 and new[2] <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 250)


def test_where_nothing_flips_an_interval_reaches_as_far_as_a_share_could_have():
    before = np.full(N, 0.5), np.arange(N) < 10
    low, high = effect_interval(difference(before, before))
    assert high[0] == -low[0] == pytest.approx(unseen_share(N))
    assert (effect_interval(difference(before, before, flips=False))[0] == 0).all()
    few, many = (before[0], np.arange(N) < 12), (before[0], np.arange(N) < 14)
    widths = [difference(after, before).unseen[0, 0] for after in (before, few, many)]
    assert widths == pytest.approx([unseen_share(N), unseen_share(N, 2), 0])


def test_a_pair_without_flips_has_the_same_room_in_the_workflow_and_in_the_command(
    show, grid, write_predictions, tmp_path
):
    """Student's interval of the 20 clusters, and what may have flipped unseen of them (Clopper & Pearson)."""
    paths = grid("classification", languages=("de",))[:2]
    before, after = (pq.read_table(path).to_pandas() for path in paths)
    after["correct"], after["score"], after["prediction"] = before.correct, before.score, before.prediction
    write_predictions(after.to_dict("records"), "mnli")
    tables = {name: str(tmp_path / f"{name}.csv") for name in ("scores", "comparisons", "strength", "measured")}
    score_predictions.main(
        predictions=paths, perturbed=[], **tables, kind="classification", source_language="en",
        metrics=["signed_gap"], metric="signed_gap", scalings=["none"], resamples=400,
    )  # fmt: skip
    rows = pd.read_csv(tables["comparisons"]).query("effect == 'intermediate' and perturbation == 'clean'")
    ours = rows[(rows.language == "de") & (rows.metric == "signed_gap")].iloc[0]
    clean = before.perturbation == "clean"
    columns = {name: after[clean][name].to_list() for name in ("confidence", "correct", "cluster")}
    columns["other"] = before[clean].confidence.to_list()
    options = ("--against", "other", "--seed", str(resampling_seed("xnli")), "--resamples", "400")
    theirs = show(columns, "p.parquet", *options)[1]["against"]["differences"]["signed_gap"]
    assert [theirs[end] for end in ("low", "high")] == pytest.approx([ours.low, ours.high], abs=1e-9)
    moved = (after.confidence - before.confidence)[clean].groupby(after.cluster[clean]).mean()
    low, high = DescrStatsW(moved).tconfint_mean()
    share = beta.ppf(0.975, 1, 20)
    assert [ours.low, ours.high] == pytest.approx([low - share, high + share], abs=0.02)
