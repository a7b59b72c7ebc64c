"""An estimate with its bootstrap replicates, linear combinations of such, and what they say: intervals and p values."""

from collections.abc import Sequence
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np

LEVEL = 0.95
_Z = 1.959963984540054


class Estimate(NamedTuple):
    """One number and what the bootstrap knows about it.

    value: the estimator on the sample, the number that is reported.
    centre: an estimate of the population value with less bias; `value` itself for estimators that have next to none.
    replicates: (resamples,), of the estimator behind `centre`; of samples that share their weights, in step.
    surplus: (resamples,), for calibration errors: squared calibration error of a perfectly calibrated population's
    sample minus the observed one; None for everything else.
    df: clusters minus 1.
    unseen: how much lower and higher the population value may be although no resample shows it, because all outcomes
    of the sample are alike (see `unseen_share`); 0 where right and wrong both occur.
    """

    value: float
    centre: float
    replicates: np.ndarray
    surplus: np.ndarray | None
    df: int
    unseen: tuple[float, float] = (0.0, 0.0)


def unseen_share(clusters: int) -> float:
    """The largest share of a population that `clusters` draws miss altogether with a chance above 2.5 %.

    The upper end of Clopper & Pearson's interval for 0 of `clusters`, 1 - 0.025^(1 / clusters): 0.018 for 200.
    """
    return 1 - ((1 - LEVEL) / 2) ** (1 / clusters)


def combine(coefficients: Sequence[float], estimates: Sequence[Estimate]) -> Estimate:
    """The linear combination, e.g. 1, -1 for a difference or 1/k each for a mean; replicates combine pairwise."""

    def total(values):
        return sum(c * v for c, v in zip(coefficients, values, strict=True))

    sides = [(abs(c), e.unseen if c > 0 else e.unseen[::-1]) for c, e in zip(coefficients, estimates, strict=True)]
    return Estimate(
        value=float(total(e.value for e in estimates)),
        centre=float(total(e.centre for e in estimates)),
        replicates=total(e.replicates for e in estimates),
        surplus=None if any(e.surplus is None for e in estimates) else total(e.surplus for e in estimates),
        df=min(e.df for e in estimates),
        unseen=(sum(c * down for c, (down, _) in sides), sum(c * up for c, (_, up) in sides)),
    )


def level_interval(estimate: Estimate) -> tuple[float, float]:
    """95 % interval of the population value itself (or of a mean of such).

    Percentiles of the replicates (Efron 1979) where the estimator has next to no bias. For a calibration error, which
    is 0 at its boundary and biased near it: centre -+ t * bootstrap standard error inside [0, 1], reaching down to 0
    where perfect calibration is not rejected (the squared error is no larger than 97.5 % of what noise alone gives),
    and always holding `value`. Both are wider by `unseen`.
    """
    if estimate.surplus is None:
        low, high = np.quantile(estimate.replicates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return _widened(float(low), float(high), estimate)
    low, high = _wald(estimate)
    if np.quantile(estimate.surplus, (1 + LEVEL) / 2) >= 0:
        low = 0.0
    return max(0.0, min(low, estimate.value)), min(1.0, max(high, estimate.value))


def effect_interval(estimate: Estimate) -> tuple[float, float]:
    """95 % interval of a difference: centre -+ t * bootstrap standard error, widened to hold `value`."""
    low, high = _wald(estimate)
    return min(low, estimate.value), max(high, estimate.value)


def p_value(estimate: Estimate) -> float:
    """Two-sided p of "the difference is 0": centre over its bootstrap standard error, against Student's t.

    What is `unseen` counts in favour of 0. Where all replicates are equal p is 1 or 0.
    """
    error = _standard_error(estimate)
    distance = max(0.0, abs(estimate.centre) - estimate.unseen[0 if estimate.centre > 0 else 1])
    if error == 0:
        return float(distance == 0)
    return _two_sided(distance / error, max(1, estimate.df))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p values of one family (Holm 1979), in the order given."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    result = np.empty(len(p))
    result[order] = adjusted
    return result.tolist()


def _wald(estimate: Estimate) -> tuple[float, float]:
    reach = _t_quantile(max(1, estimate.df)) * _standard_error(estimate)
    return _widened(estimate.centre - reach, estimate.centre + reach, estimate)


def _widened(low: float, high: float, estimate: Estimate) -> tuple[float, float]:
    return low - estimate.unseen[0], high + estimate.unseen[1]


def _standard_error(estimate: Estimate) -> float:
    return float(estimate.replicates.std(ddof=1))


def _t_quantile(df: int) -> float:
    """97.5 % quantile of Student's t (Abramowitz & Stegun 26.7.5; error below 0.001 from 7 degrees of freedom on)."""
    z = _Z
    return (
        z
        + (z**3 + z) / (4 * df)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * df**3)
    )


def _two_sided(t: float, df: int) -> float:
    """P(|Student's t| > t), by a normal approximation (Abramowitz & Stegun 26.7.8)."""
    z = t * (1 - 1 / (4 * df)) / sqrt(1 + t * t / (2 * df))
    return erfc(z / sqrt(2))
