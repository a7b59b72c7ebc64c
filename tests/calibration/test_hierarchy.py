"""Summaries over languages, with known truth and against statsmodels and scipy."""

import numpy as np
import pytest
from scipy.stats import linregress, t
from statsmodels.regression.mixed_linear_model import MixedLM

from stiltcal.scoring import hierarchy


def test_the_truth_is_found():
    rng = np.random.default_rng(0)
    distance = np.repeat(np.linspace(0, 1, 20), 8)
    language = np.repeat(np.arange(20), 8)
    change = 0.05 + 0.2 * distance + 0.03 * rng.normal(size=20)[language] + 0.02 * rng.normal(size=160)
    found = hierarchy.over_languages(change, language, distance)
    assert found.level[1] < 0.15 < found.level[2]
    assert found.slope[1] < 0.2 < found.slope[2]
    assert found.between == pytest.approx(0.03, rel=0.4)
    assert (found.languages, found.n) == (20, 160)
    with pytest.raises(ValueError, match="at least three"):
        hierarchy.over_languages(change[:16], language[:16], distance[:16])


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")
def test_balanced_languages_are_as_in_the_mixed_effects_model():
    rng = np.random.default_rng(3)
    distance = np.repeat([0.1, 0.2, 0.4, 0.5, 0.8], 30)
    language = np.repeat(np.arange(5), 30)
    change = 0.1 * distance + 0.05 * rng.normal(size=5)[language] + 0.02 * rng.normal(size=150)
    found = hierarchy.over_languages(change, language, distance)
    oracle = MixedLM(change, np.column_stack([np.ones(150), distance - distance.mean()]), groups=language).fit()
    assert [found.level[0], found.slope[0]] == pytest.approx(oracle.fe_params, abs=1e-6)
    reach = t.ppf(0.975, 3) * oracle.bse_fe[1]
    assert found.slope[1:] == pytest.approx((oracle.fe_params[1] - reach, oracle.fe_params[1] + reach), abs=1e-3)
    with pytest.raises(ValueError, match="as many rows in each"):
        hierarchy.over_languages(change[1:], language[1:], distance[1:])
    with pytest.raises(ValueError, match="the same in all rows of a language"):
        hierarchy.over_languages(change, language, rng.normal(size=150))


def test_languages_that_do_not_differ_beyond_noise_have_a_summary():
    """MixedLM does not converge on many such tables."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        change = rng.choice([0.2, -0.2], 5)[np.tile(np.arange(5), 10)] + 0.1 * rng.normal(size=50)
        found = hierarchy.over_languages(change, np.tile(np.arange(5), 10), np.tile([0.1, 0.2, 0.5, 0.7, 0.7], 10))
        assert np.isfinite([*found.level, *found.slope, found.p, found.between]).all()


def test_one_row_a_language_is_a_regression_and_equal_rows_have_no_slope():
    distance, change = np.array([0.1, 0.2, 0.4, 0.5]), np.array([0.0, 0.2, 0.3, 0.5])
    found, oracle = hierarchy.over_languages(change, list("abcd"), distance), linregress(distance, change)
    assert found.slope[0] == pytest.approx(oracle.slope)
    assert found.p == pytest.approx(oracle.pvalue)
    flat = hierarchy.over_languages(np.full(8, 0.3), list("abcdabcd"), np.tile(distance, 2))
    assert (flat.level, flat.slope, flat.p, flat.between) == ((0.3, 0.3, 0.3), (0, 0, 0), 1, 0)
