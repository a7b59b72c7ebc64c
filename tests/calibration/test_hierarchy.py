"""Summaries over languages, with known truth and against scipy."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from stiltcal.calibration import hierarchy


def test_mixed_effects_find_the_truth():
    rng = np.random.default_rng(0)
    distance = np.repeat(np.linspace(0, 1, 20), 8)
    language = np.repeat(np.arange(20), 8)
    change = 0.05 + 0.2 * distance + 0.03 * rng.normal(size=20)[language] + 0.02 * rng.normal(size=160)
    found = hierarchy.mixed_effects(change, language, distance)
    assert found.level[1] < 0.15 < found.level[2]
    assert found.slope[1] < 0.2 < found.slope[2]
    assert found.between == pytest.approx(0.03, rel=0.4)
    with pytest.raises(ValueError, match="at least three"):
        hierarchy.mixed_effects(change[:16], language[:16], distance[:16])


def test_rank_correlation_agrees_with_scipy():
    rng = np.random.default_rng(1)
    x = rng.integers(6, size=25)
    y = x + 3 * rng.normal(size=25)
    oracle = spearmanr(x, y)
    rho, p = hierarchy.rank_correlation(x, y)
    assert rho == pytest.approx(oracle.statistic)
    assert p == pytest.approx(oracle.pvalue, abs=0.02)
    assert hierarchy.rank_correlation([1, 1, 1], [1, 2, 3]) == (0, 1)
