"""Simultaneous intervals, equivalence and smallest detectable effects against other libraries and by simulation."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm, t
from statsmodels.stats.weightstats import DescrStatsW

from stiltcal.calibration.bootstrap import estimate
from stiltcal.calibration.combinations import combine
from stiltcal.calibration.estimate import NO_SURPLUS, Estimate, Subtracted, effect_interval
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.formats.results import NEAR_PERFECT
from stiltcal.scoring.logit_offset import interaction
from stiltcal.scoring.primary_rows import primary_rows
from stiltcal.scoring.simultaneous import max_t
from stiltcal.scoring.verdicts import equivalence_p, smallest_detectable, verdict


def estimates_of(values, resamples=400, seed=0):
    """Means of the columns of values (n, k), with replicates from shared weights."""
    n = len(values)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples) / n
    return [Estimate(c.mean(), c.mean(), weights @ c, NO_SURPLUS, n - 1) for c in np.asarray(values, float).T]


def test_one_estimate_has_the_interval_of_student():
    values = np.random.default_rng(1).normal(0.3, 1, (60, 1))
    found = max_t(estimates_of(values, 20_000))
    low, high = DescrStatsW(values[:, 0]).tconfint_mean()
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=0.012)
    assert found.p[0] == pytest.approx(DescrStatsW(values[:, 0]).ttest_mean()[1], abs=0.01)


def test_independent_estimates_have_the_critical_value_of_sidak():
    values = np.random.default_rng(2).normal(size=(2_000, 10))
    found = max_t(estimates_of(values, 4_000))
    assert found.critical.mean() == pytest.approx(norm.ppf(1 - (1 - 0.95**0.1) / 2), abs=0.06)


def test_p_is_below_the_level_where_the_interval_leaves_zero_out():
    generator = np.random.default_rng(3)
    for _ in range(50):
        values = generator.normal(generator.normal(0, 0.3, 6), 1, (40, 6))
        found = max_t(estimates_of(values))
        assert ((found.p <= 0.05) == ((found.low > 0) | (found.high < 0))).all()


def test_some_wrong_decision_in_one_study_of_twenty():
    generator, wrong = np.random.default_rng(4), 0
    for study in range(400):
        shared = generator.normal(size=(40, 1))
        values = 0.7 * shared + generator.normal(size=(40, 8))
        wrong += (max_t(estimates_of(values, 200, seed=study)).p < 0.05).any()
    assert wrong / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_what_does_not_vary_is_certain_or_nothing():
    still = Estimate(0.0, 0.0, np.zeros(200), NO_SURPLUS, 9)
    sure = still._replace(value=0.1, centre=0.1, replicates=np.full(200, 0.1))
    found = max_t([still, sure])
    assert found.p.tolist() == [1.0, pytest.approx(1 / 201)]
    assert (found.low[1], found.high[1]) == (0.1, 0.1)


def test_equivalence_is_two_one_sided_tests():
    values = np.random.default_rng(5).normal(0.02, 0.1, (50, 1))
    (found,) = estimates_of(values, 50_000)
    expected = DescrStatsW(values[:, 0]).ttost_mean(-0.05, 0.05)[0]
    assert equivalence_p(found, 0.05) == pytest.approx(expected, rel=0.1)
    exact = found._replace(replicates=np.array([0.02, 0.06, 0.04]) + 0.0, df=2)
    error = np.std([0.02, 0.06, 0.04], ddof=1) * np.sqrt(3 / 2)
    by_hand = max(t.sf((0.05 - exact.centre) / error, 2), t.sf((0.05 + exact.centre) / error, 2))
    assert equivalence_p(exact, 0.05) == pytest.approx(by_hand, abs=1e-12)


def test_a_difference_on_the_margin_is_rarely_equivalent():
    generator = np.random.default_rng(6)
    wrong = np.mean(
        [equivalence_p(estimates_of(generator.normal(0.05, 0.1, (40, 1)), 200, s)[0], 0.05) < 0.05 for s in range(400)]
    )
    assert wrong <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_the_smallest_detectable_effect_is_found_with_power_080():
    generator, effect = np.random.default_rng(7), None
    found = []
    for study in range(400):
        values = generator.normal(size=(60, 1))
        if effect is None:
            effect = smallest_detectable(1 / np.sqrt(60), float(t.ppf(0.975, 59)), 59)
        found.append(max_t(estimates_of(values + effect, 200, study)).p[0] < 0.05)
    assert np.mean(found) == pytest.approx(0.8, abs=0.06)


def test_no_effect_beyond_the_largest_is_detectable():
    assert smallest_detectable(0.3, 2.0, 50, 0.1, largest=1.0) == smallest_detectable(0.3, 2.0, 50) + 0.1 < 1
    assert smallest_detectable(1.5, 2.0, 50, largest=1.0) is None
    assert smallest_detectable(np.inf, 2.0, 50) is None


def calibrated_and_not(generator, n, weights):
    """The difference of the calibration errors of a model with one, and of a calibrated model on the same items."""
    confidence = 1 / (1 + np.exp(-generator.normal(2.5, 1.2, n)))
    luck = generator.random(n)
    sides = [make_sample(confidence, luck < right, np.arange(n), n) for right in (confidence * 0.9, confidence)]
    return combine((1, -1), [estimate(side, ["ece_width_15"], weights)["ece_width_15"] for side in sides])


def test_differences_to_a_calibrated_model():
    """The centre of the calibrated model's error is 0.02 and not 0: without that
    23 % called an effect on the margin equivalent, and 84 % of the intervals held it."""
    generator, weights = np.random.default_rng(9), list(resample_weights(300, 200, seed=1))
    true = 0.1 * np.mean(1 / (1 + np.exp(-generator.normal(2.5, 1.2, 100_000))))
    found = [calibrated_and_not(generator, 300, weights) for _ in range(200)]
    earlier = [each._replace(subtracted=Subtracted(), surplus=NO_SURPLUS) for each in found]
    wrong, before = (np.mean([equivalence_p(each, true) < 0.05 for each in some]) for some in (found, earlier))
    held = np.mean([low <= true <= high for low, high in map(effect_interval, found)])
    assert wrong <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200) < before
    assert held >= 0.93


def pool_of(found):
    """A pool of one target whose change of the error is `found`, and whose task score is not known."""
    return SimpleNamespace(
        estimate=lambda quantity, intermediate: found if quantity == "error" else None,
        lost=lambda intermediate: "",
        n=lambda quantity, intermediate, clean=False: 300,
        clusters=300,
        languages=lambda: 1,
        n_texts=lambda: 1,
        results=[SimpleNamespace(n_seeds=1)],
    )


def test_a_hypothesis_that_noise_alone_leaves_open_says_so():
    generator, weights = np.random.default_rng(8), list(resample_weights(300, 200, seed=1))
    declared = {"metric": "ece_width_15", "scaling": "none", "margin": 0.06, "level": 0.05}
    confidence = 1 / (1 + np.exp(-generator.normal(1, 1.2, 300)))
    sides = [make_sample(confidence, generator.random(300) < confidence, np.arange(300), 300) for _ in range(2)]
    errors = [estimate(side, ["ece_width_15"], weights)["ece_width_15"] for side in sides]
    (row,) = primary_rows(pool_of(combine((1, -1), errors)), "Question answering", "syntax", ["mnli"], declared)
    assert (row["verdict"], row["reason"]) == ("inconclusive", NEAR_PERFECT)
    moved = errors[0]._replace(centre=errors[0].centre + 0.15, replicates=errors[0].replicates + 0.15)
    surplus = np.full(200, 1.0)  # also where a change would be shown
    found = combine((1, -1), [moved, errors[1]])._replace(surplus=surplus)
    (row,) = primary_rows(pool_of(found), "Question answering", "syntax", ["mnli"], declared)
    assert row["estimate"] > 0.1 and (row["verdict"], row["reason"]) == ("inconclusive", NEAR_PERFECT)
    (wide,) = estimates_of(generator.normal(0, 1, (50, 1)))
    (row,) = primary_rows(pool_of(wide), "Question answering", "syntax", ["mnli"], declared)
    assert (row["verdict"], row["reason"]) == ("inconclusive", "")


def test_verdicts():
    assert verdict(-0.2, -0.1, False, "", None, 0.05) == ("improves", "")
    assert verdict(0.1, 0.2, False, "", None, 0.05) == ("degrades", "")
    assert verdict(-0.01, 0.01, True, "", None, 0.05) == ("equivalent", "")
    assert verdict(-0.1, 0.1, False, "", None, 0.05) == ("inconclusive", "")
    assert verdict(-0.2, -0.1, False, "at guessing", None, 0.05) == ("task lost", "at guessing")
    (fell,) = estimates_of(np.random.default_rng(8).normal(-0.3, 0.1, (50, 1)))
    assert verdict(-0.2, -0.1, False, "", fell, 0.05)[0] == "task lost"
    assert verdict(0.1, 0.2, False, "", fell, 0.05)[0] == "degrades"


def test_separated_answers_have_no_interaction():
    n = 40
    trained, perturbed = np.tile([0, 0, 1, 1], n // 4).astype(bool), np.tile([0, 1, 0, 1], n // 4).astype(bool)
    columns = {"confidence": np.full(n, 0.5), "correct": trained & perturbed, "group": np.zeros(n, int)}
    columns |= {"trained": trained, "perturbed": perturbed, "cluster": np.arange(n), "seed": np.zeros(n, int)}
    found = interaction(columns)
    assert found.estimate is None
    assert "separated" in found.reason
    assert interaction(columns | {"cluster": np.zeros(n, int)}).reason.startswith("a single cluster")
    assert "has no items" in interaction(columns | {"trained": np.zeros(n, bool)}).reason
