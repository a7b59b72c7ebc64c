"""CORP of resamples against one isotonic regression each."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from stiltcal.calibration.sample import make_sample
from stiltcal.scoring import corp
from stiltcal.scoring.cells import Resamples


def parts_by_loop(confidence, correct, weight):
    """Miscalibration and discrimination of weighted units."""
    if not weight.any():
        return [0.0, 0.0]
    best = IsotonicRegression(out_of_bounds="clip").fit(confidence, correct, weight).predict(confidence)
    base = np.full(len(correct), np.average(correct, weights=weight))
    scores = [np.average((forecast - correct) ** 2, weights=weight) for forecast in (confidence, best, base)]
    return [scores[0] - scores[1], scores[2] - scores[1]]


@pytest.mark.parametrize("held", [1, 150, corp.BLOCK])
def test_replicates_are_those_of_a_loop(held, monkeypatch):
    monkeypatch.setattr(corp, "BLOCK", held)
    rng = np.random.default_rng(4)
    confidence = rng.integers(0, 12, 60) / 11  # heaped: groups of several units, and some resamples lack a group
    correct, cluster = rng.random(60) < confidence**2, np.arange(60) // 12
    resamples = Resamples(5, 1, 40, seed=3)
    found = corp.corp(make_sample(confidence, correct, cluster, 5), resamples.clusters)
    weights = np.concatenate(resamples.clusters, axis=1)
    expected = np.array([parts_by_loop(confidence, correct, row[cluster].astype(float)) for row in weights.T]).T
    for name, row in zip(corp.NAMES, expected, strict=True):
        assert found[name].replicates == pytest.approx(row, abs=1e-12)
        assert found[name].value == pytest.approx(
            parts_by_loop(confidence, correct, np.ones(60))[corp.NAMES.index(name)], abs=1e-12
        )
