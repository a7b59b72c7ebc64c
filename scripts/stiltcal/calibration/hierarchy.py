"""Summaries over languages: a mixed-effects model with typological distance, and a rank correlation with strength.

The only module here that needs statsmodels.
"""

from typing import NamedTuple

import numpy as np


class MixedEffects(NamedTuple):
    """A change of calibration over languages: at mean distance, and by one unit more of distance.

    `slope` is (estimate, low, high) as `level`; `between` is the standard deviation of the languages beyond that.
    """

    level: tuple[float, float, float]
    slope: tuple[float, float, float]
    between: float
    n: int


def mixed_effects(change, language, distance) -> MixedEffects:
    """change (n,) = level + slope * (distance (n,) - mean) + a random intercept of its language (n,), by REML.

    One row a language, intermediate and perturbation, say. Raises ValueError for fewer than three languages, a
    distance that is the same for all, unequal lengths or values that are not finite.
    """
    change, distance, language = np.asarray(change, float), np.asarray(distance, float), np.asarray(language)
    if not (change.shape == distance.shape == language.shape) or change.ndim != 1:
        raise ValueError(
            f"change, language and distance have shapes {change.shape}, {language.shape}, {distance.shape}"
        )
    if not (np.isfinite(change).all() and np.isfinite(distance).all()):
        raise ValueError("change and distance must be finite")
    if len(np.unique(language)) < 3 or np.ptp(distance) == 0:
        raise ValueError("a summary over languages needs at least three of them, at different distances")
    from statsmodels.regression.mixed_linear_model import MixedLM  # takes a second to load

    design = np.column_stack([np.ones_like(change), distance - distance.mean()])
    fit = MixedLM(change, design, groups=language).fit(reml=True)
    bounds = np.asarray(fit.conf_int())[:2]
    level, slope = ((float(fit.fe_params[i]), *map(float, bounds[i])) for i in range(2))
    return MixedEffects(level, slope, float(np.sqrt(max(0.0, np.asarray(fit.cov_re)[0, 0]))), len(change))


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
