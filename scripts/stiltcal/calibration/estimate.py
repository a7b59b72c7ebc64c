"""Hold estimates with their bootstrap replicates, and compute their intervals and p values.

One estimate, or several along leading axes (...): the metrics of a cell, say.
"""

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from .resampling import quantile
from .sample import Sample
from .unseen import LEVEL, either_way, unseen_share, within

#: Fewer degrees of freedom have no use for percentiles: of G clusters these hold a mean in at most 1 - 2^(1 - G).
FEWEST = 6
#: Differences below this are rounding: 0.
_ROUNDING = 1e-12
#: The surplus of what is no calibration error.
NO_SURPLUS = np.full(1, np.nan)


class Subtracted(NamedTuple):
    """Calibration errors that count negatively in a combination: sums of their centres and surpluses, 0 without any."""

    centre: np.ndarray | float = 0.0
    surplus: np.ndarray = np.zeros(1)


class Estimate(NamedTuple):
    """Estimates with their bootstrap replicates.

    value: (...,) the estimator on the sample.
    centre: (...,) an estimate of the population value with less bias, which intervals and p values are about; `value`
    itself for estimators that have next to none.
    replicates: (..., resamples), of the estimator behind `centre`; of samples that share their weights, in step.
    surplus: (..., resamples), for calibration errors: squared calibration error of a perfectly calibrated population's
    sample minus the observed one, summed over those that count positively; NaN, or (..., 1) of NaN, for all else.
    df: clusters minus 1.
    unseen: (2, ...), how much lower and higher the population value may be although no resample shows it, because all
    outcomes of the sample are alike, or hardly any differ between the two sides of a difference (see `unseen_share`).
    bounds: (2, ...), the lowest and the highest value that there is.
    seeds: (seeds, ...), the centre with each training seed, of means over several; None for one.
    subtracted: calibration errors that count negatively, in differences.
    """

    value: np.ndarray | float
    centre: np.ndarray | float
    replicates: np.ndarray
    surplus: np.ndarray
    df: int
    unseen: np.ndarray | tuple[float, float] = (0.0, 0.0)
    bounds: np.ndarray | tuple[float, float] = (-np.inf, np.inf)
    seeds: np.ndarray | None = None
    subtracted: Subtracted = Subtracted()


def single(
    sample: Sample,
    value: float,
    replicates: np.ndarray,
    *,
    centre: float | None = None,
    surplus: np.ndarray = NO_SURPLUS,
    bounds: tuple[float, float] = (0.0, 1.0),
    reach: Callable[[float], tuple[float, float]] = either_way,
    correct: np.ndarray | None = None,
    ranked: bool = False,
) -> Estimate:
    """Build the estimate of a sample, between `bounds`. `reach`: how much lower and higher the value may be in a
    population of which a share has another outcome than the sample's, all alike; `correct`: outcomes, if not the
    sample's own. `ranked`: the value compares right and wrong units, and scatters as the rarer ones do."""
    correct = sample.correct if correct is None else correct
    clusters, unseen = clusters_of(sample.cluster), (0.0, 0.0)
    rarer = min(clusters_of(sample.cluster[correct == outcome]) for outcome in (0, 1))
    if rarer <= ranked:
        unseen = within(bounds, value, reach(unseen_share(clusters)))
    elif ranked:
        wider = (_reach_of(rarer) - _reach_of(clusters)) * replicates.std(ddof=1)
        unseen = within(bounds, value, either_way(wider))
    return Estimate(value, value if centre is None else centre, replicates, surplus, clusters - 1, unseen, bounds)


def _reach_of(clusters: int) -> float:
    """Half of a 95 % interval in bootstrap standard deviations: Student's t times sqrt(clusters / (clusters - 1))."""
    return float(stdtrit(clusters - 1, (1 + LEVEL) / 2)) * sqrt(clusters / (clusters - 1))


def clusters_of(cluster: np.ndarray) -> int:
    """Count the distinct clusters in (n,) numbers of clusters."""
    return int(np.count_nonzero(np.bincount(cluster)))


def level_interval(estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """Return 95 % intervals, low and high (...,), of population values (or of means of them).

    Percentiles of the replicates (Efron 1979) where the estimator has next to no bias, there is one seed (a few seeds
    have no tails) and there are seven clusters or more. They are further out than 2.5 % as far as the clusters are few
    (Hesterberg 2015). Else `effect_interval`; that of a calibration error reaches down to 0 where perfect calibration
    is not rejected. All hold `centre` and are wider by `unseen`; of a single cluster everything is possible.
    """
    tail = _tail(estimate.df)
    low, high = np.quantile(estimate.replicates, (tail, 1 - tail), axis=-1)
    percentiles = _widened(np.minimum(low, estimate.centre), np.maximum(high, estimate.centre), estimate)
    enough = estimate.seeds is None and estimate.df >= FEWEST
    by_percentiles = np.isnan(estimate.surplus[..., 0]) & enough
    ends = zip(percentiles, effect_interval(estimate), strict=True)
    low, high = (np.where(by_percentiles, *both) for both in ends)
    return low, high


def effect_interval(estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """Return 95 % intervals of differences, low and high (...,): centre -+ t * bootstrap standard error, and
    `beyond`."""
    return wald_interval(estimate, stdtrit(degrees_of_freedom(estimate), (1 + LEVEL) / 2))


def wald_interval(estimate: Estimate, critical: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high (...,): centre -+ `critical` * bootstrap standard error and `beyond`, inside the bounds."""
    error = np.asarray(standard_error(estimate))
    # Infinite for a single cluster, also where the critical value is 0 because all replicates are equal.
    reach = np.multiply(critical, error, out=np.full(error.shape, np.inf), where=np.isfinite(error))
    return _widened(estimate.centre - reach, estimate.centre + reach, estimate)


def p_value(estimate: Estimate) -> np.ndarray:
    """Return two-sided p (...,) of "the difference is 0": centre over its bootstrap standard error, against Student's
    t.

    Where all replicates are equal p is 1 or 0, of a single cluster it is 1."""
    return 2 * stdtr(degrees_of_freedom(estimate), -t_statistic(estimate))


def t_statistic(estimate: Estimate) -> np.ndarray:
    """Return |t| (...,): the distance of centre from 0, less what may lie `beyond`, over the bootstrap standard error.

    Where all replicates are equal it is 0 or infinite, of a single cluster it is 0."""
    error, centre = standard_error(estimate), np.asarray(estimate.centre)
    distance = np.maximum(0.0, np.abs(centre) - np.where(centre > 0, *beyond(estimate)))
    return np.divide(distance, error, out=np.where(distance > _ROUNDING, np.inf, 0.0), where=error > _ROUNDING)


def beyond(estimate: Estimate) -> np.ndarray:
    """Return (2, ...), how much lower and higher than centre -+ t * standard error the population value may be.

    That is `unseen`, and the bias at the boundary: the centre of a calibration error cannot be negative. Where the
    errors that count positively are together no larger than 97.5 % of what noise alone gives (`surplus`), they may all
    be 0, and the value lower by their sum; so may those that count negatively, and the value be higher. These biases
    have one sign and add up; a combination by squares is for independent parts and covers too little.
    """
    subtracted, surplus = estimate.subtracted
    sides = (estimate.surplus, estimate.centre + subtracted), (surplus, subtracted)
    hidden = [np.where(quantile(each, (1 + LEVEL) / 2) >= 0, errors, 0.0) for each, errors in sides]
    return np.asarray(estimate.unseen) + np.stack(np.broadcast_arrays(*hidden))


def _widened(low: np.ndarray, high: np.ndarray, estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
    (less, more), (lowest, highest) = beyond(estimate), estimate.bounds
    return np.clip(low - less, lowest, highest), np.clip(high + more, lowest, highest)


def standard_error(estimate: Estimate) -> np.ndarray:
    """Return the bootstrap standard error (...,) of `centre`, the choice of seeds included; infinite for a single
    cluster."""
    return np.sqrt(sum(_variances(estimate)))


def _variances(estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """(...,) each, of the mean over the seeds (0 for one), and of what the choice of items adds: the bootstrap's is too
    small by (clusters - 1) / clusters; a single cluster says nothing of it."""
    whole = estimate.replicates.var(axis=-1, ddof=1)
    between = np.zeros_like(whole)
    if estimate.seeds is not None:
        between = np.var(estimate.seeds, axis=0, ddof=1) / len(estimate.seeds)
    if not estimate.df:
        return between, np.full_like(whole, np.inf)
    return between, np.maximum(0.0, whole - between) * (estimate.df + 1) / estimate.df


def degrees_of_freedom(estimate: Estimate) -> np.ndarray:
    """Return the degrees of freedom (...,) of the standard error: clusters minus 1; with several seeds those of a sum
    of two variances (Satterthwaite 1946), the first with seeds minus 1."""
    df = np.full(np.shape(estimate.centre), float(max(1, estimate.df)))
    if estimate.seeds is None or not estimate.df:
        return df
    between, items = _variances(estimate)
    spread = between**2 / (len(estimate.seeds) - 1) + items**2 / df
    return np.divide((between + items) ** 2, spread, out=df, where=spread > 0)


def _tail(df: int) -> float:
    """The share of the replicates beyond either end of a percentile interval: that of a normal distribution beyond
    Student's t, and sqrt(clusters / (clusters - 1)) further out (Hesterberg 2015): 0.006 for 8 clusters."""
    return float(ndtr(-_reach_of(df + 1))) if df else 0.0
