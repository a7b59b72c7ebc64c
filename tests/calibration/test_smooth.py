"""The bootstrap of smECE against smECE itself on every resample."""

import numpy as np
import pytest

from stiltcal.calibration import bootstrap, smooth
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample


def replicates(confidence, correct, clusters, rows=60):
    """(from the cosine coefficients of all resamples, from ten halvings of each)."""
    sample = make_sample(confidence, correct, np.arange(len(confidence)) % clusters)
    weights = list(resample_weights(clusters, rows, seed=1))
    found = bootstrap.estimate(sample, ["smece"], weights)["smece"]
    units = np.concatenate(weights, axis=1)[sample.cluster].T.astype(float)
    return found.replicates, smooth.smece(sample.confidence, sample.correct, units)


@pytest.mark.parametrize("n", [40, 300, 3000])
@pytest.mark.parametrize("power", [0.3, 1, 3, 30])
def test_replicates_are_those_of_halving(n, power):
    rng = np.random.default_rng(n)
    confidence = rng.random(n)
    ours, halved = replicates(confidence, rng.random(n) < confidence**power, n // 4)
    # where the error hardly falls with the bandwidth, the two searches may end at neighbouring bandwidths
    np.testing.assert_allclose(ours, halved, atol=2e-5)
    assert np.isclose(ours, halved, atol=1e-9).mean() > 0.9


@pytest.mark.parametrize("confidence", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("right", [0, 1])
def test_samples_all_alike(confidence, right):
    ours, halved = replicates(np.full(30, confidence), np.full(30, right), 10)
    np.testing.assert_allclose(ours, halved, atol=1e-9)


def test_below_a_bandwidth_of_a_hundredth_one_grid_serves_all_resamples():
    rng = np.random.default_rng(0)
    confidence = rng.random(150_000)
    ours, halved = replicates(confidence, rng.random(150_000) < confidence, 150_000, rows=10)
    assert halved.min() < 0.01
    np.testing.assert_allclose(ours, halved, rtol=0.01)


def test_a_resample_without_a_unit_of_the_sample_is_zero():
    sample = make_sample([0.2, 0.9], [1, 0], np.array([0, 1]), n_clusters=3)
    weights = np.array([[1, 0], [1, 0], [1, 3]], dtype=np.uint16)
    found = bootstrap.estimate(sample, ["smece"], [weights])["smece"]
    assert found.replicates[1] == 0 < found.replicates[0]
