"""The bootstrap against plain loops over resamples; what must change no digit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stiltcal.calibration import bootstrap, ranked_bootstrap
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.resampling import ROWS, Sums, resample_weights, with_progress
from stiltcal.calibration.sample import Sample, exact, make_sample

#: Estimators whose replicates are the estimator itself on the resample; the others: test_shrinkage.py.
PLAIN = [name for name, m in METRICS.items() if getattr(m, "population", None) is None]


def clustered(n=60, clusters=12, seed=0):
    rng = np.random.default_rng(seed)
    confidence = np.round(rng.random(n), 2)
    return confidence, rng.random(n) < confidence, rng.integers(clusters, size=n)


def resampled(columns, counts):
    """The rows of a resample: every cluster's rows as often as it was drawn."""
    return [np.repeat(column, counts[columns[2]]) for column in columns]


def test_weights_draw_as_many_clusters_as_there_are():
    weights = np.concatenate(list(resample_weights(7, 3000, seed=1)), axis=1)
    assert weights.shape == (7, 3000)
    assert (weights.sum(axis=0) == 7).all()
    np.testing.assert_allclose(weights.mean(axis=1), 1, atol=0.08)
    np.testing.assert_allclose(weights.var(axis=1), 6 / 7, atol=0.1)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(1, 300))
def test_block_size_changes_no_weight(clusters, rows, block):
    whole = np.concatenate(list(resample_weights(clusters, rows, seed=3)), axis=1)
    blocks = np.concatenate(list(resample_weights(clusters, rows, seed=3, block=block)), axis=1)
    np.testing.assert_array_equal(whole, blocks)


def test_many_clusters_come_in_whole_blocks_of_the_ranked_estimators():
    assert [block.shape[1] for block in resample_weights(300_000, 40, seed=0)] == [ROWS, 40 - ROWS]
    assert ranked_bootstrap.RANKED == ROWS


def test_progress_is_said_every_so_many_seconds(capsys, monkeypatch):
    ticks = iter([0, 4, 12, 13, 30])
    monkeypatch.setattr("stiltcal.calibration.resampling.time.monotonic", lambda: next(ticks))
    blocks = list(resample_weights(5, 40, seed=0, block=50))
    assert list(map(id, with_progress(blocks, 40))) == list(map(id, blocks))
    assert capsys.readouterr().err == "estimated 20 of 40 resamples, about 12 s left\n", "nothing when all is done"


def test_replicates_are_the_estimators_on_the_resamples():
    columns = clustered()
    sample = make_sample(*columns)
    (weights,) = resample_weights(12, 20, seed=2)
    found = bootstrap.estimate(sample, PLAIN, [weights])
    for name in PLAIN:
        expected = [METRICS[name](*resampled(columns, counts)[:2]) for counts in weights.T]
        np.testing.assert_allclose(found[name].replicates, expected, atol=1e-9, err_msg=name)
        assert found[name].value == METRICS[name](*columns[:2])


def test_other_outcomes_are_estimated_as_ones_own():
    confidence, correct, cluster = clustered(n=200)
    order = np.argsort(confidence, kind="stable")
    columns = [confidence[order], correct[order], cluster[order]]
    weights = list(resample_weights(12, 50, seed=1))
    outcomes = np.array([columns[1], ~columns[1], np.roll(columns[1], 7)], dtype=float)
    found = bootstrap.estimate_outcomes(Sample(*columns, 12), outcomes, "ece_width_15", weights)
    for outcome, each in zip(outcomes, found, strict=True):
        alone = bootstrap.estimate(make_sample(columns[0], outcome, columns[2], 12), ["ece_width_15"], weights)
        *numbers, seeds, subtracted = zip(each, alone["ece_width_15"], strict=True)
        assert seeds == (None, None) and subtracted[0] == subtracted[1]
        for ours, theirs in numbers:
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("decimals", [1, 6])
def test_pairs_of_clusters_are_pairs_along_the_curve(decimals, monkeypatch):
    confidence, correct, cluster = clustered(n=200)
    sample = make_sample(np.round(confidence, decimals), correct, cluster)
    weights = list(resample_weights(12, 50, seed=1))
    by_clusters = bootstrap.estimate(sample, ["auroc", "augrc"], weights)
    monkeypatch.setattr(ranked_bootstrap, "ENTRIES_PER_UNIT", 0)
    along_the_curve = bootstrap.estimate(sample, ["auroc", "augrc"], weights)
    for name, found in by_clusters.items():
        np.testing.assert_array_equal(found.replicates, along_the_curve[name].replicates)


@settings(max_examples=6)
@given(st.permutations(range(60)), st.integers(12, 200))
def test_row_order_and_blocks_change_no_digit(order, block):
    columns = clustered()
    names = list(METRICS)
    one = bootstrap.estimate(make_sample(*columns), names, resample_weights(12, 70, seed=5))
    shuffled = make_sample(*(column[order] for column in columns))
    two = bootstrap.estimate(shuffled, names, resample_weights(12, 70, seed=5, block=block))
    for name in names:
        assert one[name].value == two[name].value
        assert one[name].centre == two[name].centre
        np.testing.assert_array_equal(one[name].replicates, two[name].replicates, err_msg=name)


def test_ratio_by_hand():
    weights = np.array([[1, 2, 0], [1, 0, 2]], dtype=np.uint16)
    found = bootstrap.ratio([1, 0, 3], [2, 2, 4], np.array([0, 0, 1]), [weights])
    assert found.value == 0.5
    assert found.replicates.tolist() == [0.5, 0.25, 0.75]
    nothing = bootstrap.ratio([0], [0], np.array([0]), [weights])
    assert nothing.value == 0


def test_only_metrics_of_bins_are_estimated_for_several_outcomes():
    sample = make_sample([0.2, 0.9], [0, 1])
    with pytest.raises(ValueError, match="brier is not computed in bins"):
        bootstrap.estimate_outcomes(sample, np.eye(2), "brier", resample_weights(2, 20, seed=1))


def test_samples_that_share_clusters_share_resamples():
    """The other has every unit twice, 0.1 more confident, in another order: by 0.1 it differs in each resample."""
    confidence, correct, cluster = clustered()
    weights = list(resample_weights(12, 200, seed=5))
    order = np.random.default_rng(1).permutation(np.repeat(np.arange(60), 2))
    samples = (0.8 * confidence, correct, cluster), ((0.8 * confidence + 0.1)[order], correct[order], cluster[order])
    one, other = (bootstrap.estimate(make_sample(*each), ["signed_gap"], weights)["signed_gap"] for each in samples)
    assert one.replicates.std() > 0.03
    np.testing.assert_allclose(other.replicates - one.replicates, 0.1, atol=1e-9)


def test_all_alike_outcomes_widen_the_interval():
    confidence = np.full(30, 0.7)
    found = bootstrap.estimate(make_sample(confidence, np.ones(30)), list(METRICS), resample_weights(30, 100, seed=1))
    share = 1 - 0.025 ** (1 / 30)
    assert found["signed_gap"].unseen == pytest.approx((0, share)), "an error unseen makes the gap larger"
    assert found["accuracy_at_80"].unseen == pytest.approx((share / 0.8, 0))
    assert found["auroc"].unseen == (0.5, 0.5)
    exact_match = bootstrap.ratio(np.ones(30), np.ones(30), np.arange(30), list(resample_weights(30, 100, seed=1)))
    assert exact_match.unseen == pytest.approx((share, 0))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_exact_numbers_add_up_in_any_order(values, random):
    rounded = exact(np.array(values), 1000).tolist()
    shuffled = random.sample(rounded, len(rounded))
    assert sum(rounded) == sum(shuffled)
    np.testing.assert_allclose(rounded, values, atol=1e-12)


def test_sums_by_cell_and_cluster():
    sums = Sums(np.array([0, 1, 1]), np.array([[1.0, 2.0, 4.0]]), 2, cell=np.array([0, 0, 2]), n_cells=4)
    assert sums.replicate(np.array([[1, 0], [1, 2]], dtype=np.uint16)).tolist() == [[[3, 4], [0, 0], [4, 8], [0, 0]]]
    assert sums.all().tolist() == [7]
