"""Summaries over languages: a mixed-effects model with typological distance, and a rank correlation with strength.

The only module here that needs statsmodels.
"""

import warnings
from typing import NamedTuple

import numpy as np


class MixedEffects(NamedTuple):
    """A change of calibration over languages: at mean distance, and by one unit more of distance.

    `level` and `slope` are (estimate, low, high), `p` is that of a slope of 0; `between` is the standard deviation of
    the languages beyond the slope (with one row a language, and of the noise); `n` rows of `languages` languages.
    """

    level: tuple[float, float, float]
    slope: tuple[float, float, float]
    p: float
    between: float
    languages: int
    n: int


def mixed_effects(change, language, distance) -> MixedEffects:
    """change (n,) = level + slope * (distance (n,) - mean) + a random intercept of its language (n,), by REML.

    One row a language, intermediate and perturbation, say. Intervals (95 %) and p are Student's with as many degrees of
    freedom as languages less two, for distance differs between languages alone. Raises ValueError for fewer than three
    languages, a distance that is the same for all, unequal lengths or values that are not finite.
    """
    change, distance, language = np.asarray(change, float), np.asarray(distance, float), np.asarray(language)
    if not (change.shape == distance.shape == language.shape) or change.ndim != 1:
        raise ValueError(
            f"change, language and distance have shapes {change.shape}, {language.shape}, {distance.shape}"
        )
    if not (np.isfinite(change).all() and np.isfinite(distance).all()):
        raise ValueError("change and distance must be finite")
    languages = len(np.unique(language))
    if languages < 3 or np.ptp(distance) == 0:
        raise ValueError("a summary over languages needs at least three of them, at different distances")
    from scipy.stats import t  # statsmodels, which takes a second to load, brings it

    design = np.column_stack([np.ones_like(change), distance - distance.mean()])
    estimates, errors, between = _fit(change, design, language)
    reach = t.ppf(0.975, languages - 2) * errors
    level, slope = (tuple(map(float, (e, e - r, e + r))) for e, r in zip(estimates, reach, strict=True))
    p = float(2 * t.sf(abs(estimates[1] / errors[1]), languages - 2)) if errors[1] > 0 else float(estimates[1] == 0)
    return MixedEffects(level, slope, p, between, languages, len(change))


def _fit(change: np.ndarray, design: np.ndarray, language: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """(level and slope, their standard errors, standard deviation between languages)."""
    if np.ptp(change) == 0:  # nothing to explain, and nothing to estimate a variance from
        return np.array([change[0], 0.0]), np.zeros(2), 0.0
    if len(np.unique(language)) == len(change):
        from statsmodels.regression.linear_model import OLS

        fit = OLS(change, design).fit()
        return fit.params, fit.bse, float(np.sqrt(fit.scale))
    from statsmodels.regression.mixed_linear_model import MixedLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # "On the boundary": languages that do not differ beyond the slope. That is a result.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = MixedLM(change, design, groups=language).fit(reml=True)
    return fit.fe_params, np.asarray(fit.bse_fe), float(np.sqrt(max(0.0, np.asarray(fit.cov_re)[0, 0])))


def rank_correlation(x, y, *, permutations: int = 10_000, seed: int = 0) -> tuple[float, float]:
    """(Spearman's rho, two-sided p by permutation) of x (n,) and y (n,), e.g. change of calibration and strength.

    Ties have mean ranks. rho is 0 and p 1 where x or y is the same throughout. ValueError for fewer than three pairs.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 3 or not np.isfinite([x, y]).all():
        raise ValueError("a rank correlation needs at least three pairs of finite numbers")
    a, b = _standard_ranks(x), _standard_ranks(y)
    rho = float(a @ b)
    if not (a.any() and b.any()):
        return 0.0, 1.0
    generator = np.random.default_rng(seed)
    shuffled = generator.permuted(np.tile(b, (permutations, 1)), axis=1) @ a
    return rho, float((1 + (np.abs(shuffled) >= abs(rho) - 1e-12).sum()) / (permutations + 1))


def _standard_ranks(values: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    centred = ranks - ranks.mean()
    return centred / max(np.linalg.norm(centred), np.finfo(float).tiny)
