"""Simultaneous intervals and adjusted p values of several estimates, by the maximum of the shared bootstrap's t."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from ..calibration.estimate import Estimate, degrees_of_freedom, standard_error, t_statistic, wald_interval

#: Standard errors below this are rounding: all replicates are equal.
_ROUNDING = 1e-12


class Simultaneous(NamedTuple):
    """Of k estimates, (k,) each: critical values of |t|, ends of the intervals, adjusted two-sided p values, standard
    errors (infinite for a single cluster) and degrees of freedom."""

    critical: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    error: np.ndarray
    df: np.ndarray


def max_t(estimates: Sequence[Estimate], level: float = 0.05) -> Simultaneous:
    """Cover all k population values at once with probability 1 - level (Romano & Wolf 2005, single step).

    The estimates share their resamples. The critical value is the upper `level` quantile of max_k |t*_k|, with t* the
    centred replicates over their standard deviation. It is a normal deviate, and is translated to Student's t with the
    degrees of freedom of each estimate, for a bootstrap of few clusters has too short tails. p is the share of
    resamples whose maximum is at least as far out, (1 + count) / (1 + resamples). What may lie `beyond` widens the
    intervals and counts in favour of 0, as for single estimates.
    """
    error, df, t = (
        np.array([float(part(e)) for e in estimates]) for part in (standard_error, degrees_of_freedom, t_statistic)
    )
    farthest = np.sort(_maxima(estimates))
    resamples = len(farthest)
    deviate = farthest[min(resamples - 1, int(np.ceil((resamples + 1) * (1 - level))) - 1)]
    critical = stdtrit(df, ndtr(deviate))
    ends = [wald_interval(e, value) for e, value in zip(estimates, critical, strict=True)]
    low, high = np.array(ends, dtype=float).T
    further = resamples - np.searchsorted(farthest, -ndtri(stdtr(df, -t)), side="left")
    p = np.where(t > 0, (1 + further) / (1 + resamples), 1.0)
    return Simultaneous(critical, low, high, p, error, df)


def _maxima(estimates: Sequence[Estimate]) -> np.ndarray:
    """(resamples,) the largest |t*| of each resample, over the estimates that vary at all."""
    replicates = np.array([e.replicates for e in estimates], dtype=float)
    spread = replicates.std(axis=1, ddof=1, keepdims=True)
    off = np.abs(replicates - replicates.mean(axis=1, keepdims=True))
    return np.divide(off, spread, out=np.zeros_like(off), where=spread > _ROUNDING).max(axis=0)
