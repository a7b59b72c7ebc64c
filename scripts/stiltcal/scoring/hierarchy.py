"""Summarize changes over languages by a two-level model with word-order distance as covariate (statsmodels)."""

from typing import NamedTuple

import numpy as np


class LanguageModel(NamedTuple):
    """A change of calibration over languages: at mean distance, and by one unit more of distance.

    `level` and `slope` are (estimate, low, high), `p` is that of a slope of 0; `between` is the standard deviation of
    the languages' means beyond the slope; `n` rows of `languages` languages.
    """

    level: tuple[float, float, float]
    slope: tuple[float, float, float]
    p: float
    between: float
    languages: int
    n: int


def over_languages(change, language, distance) -> LanguageModel:
    """change (n,) = level + slope * (distance (n,) - mean) + a random intercept of its language (n,) + noise.

    One row a language, intermediate and perturbation, say, the same in every language. Fitted to the means of the
    languages, which are then the fixed effects of the mixed-effects model by REML, and their tests are exact, where its
    iteration may fail (a variance of 0 between languages). Intervals (95 %) and p are Student's with as many degrees of
    freedom as languages less two, for distance differs between languages alone. Raises ValueError for fewer than three
    languages or unlike numbers of rows, a distance that is the same for all or differs within one, unequal lengths or
    values that are not finite.
    """
    change, distance, language = np.asarray(change, float), np.asarray(distance, float), np.asarray(language)
    if not (change.shape == distance.shape == language.shape) or change.ndim != 1:
        raise ValueError(
            f"change, language and distance have shapes {change.shape}, {language.shape}, {distance.shape}"
        )
    if not (np.isfinite(change).all() and np.isfinite(distance).all()):
        raise ValueError("change and distance must be finite")
    _, first, place, count = np.unique(language, return_index=True, return_inverse=True, return_counts=True)
    apart, languages = distance[first], len(first)
    if not (distance == apart[place]).all():
        raise ValueError("distance must be the same in all rows of a language")
    if languages < 3 or np.ptp(apart) == 0:
        raise ValueError("a summary over languages needs at least three of them, at different distances")
    if np.ptp(count):
        raise ValueError(f"a summary over languages needs as many rows in each; there are {sorted(count.tolist())}")
    from statsmodels.regression.linear_model import OLS  # it takes a second to load

    means = np.bincount(place, change) / count
    if np.ptp(means) <= 1e-12 * np.abs(means).max():  # nothing to explain
        level = float(means[0])
        return LanguageModel((level, level, level), (0.0, 0.0, 0.0), 1.0, 0.0, languages, len(change))
    fit = OLS(means, np.column_stack([np.ones(languages), apart - apart.mean()])).fit()
    rows = zip(fit.params, fit.conf_int(), strict=True)
    at_mean, slope = ((float(e), float(low), float(high)) for e, (low, high) in rows)
    return LanguageModel(at_mean, slope, float(fit.pvalues[1]), float(np.sqrt(fit.scale)), languages, len(change))
