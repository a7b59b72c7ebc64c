"""CORP: miscalibration and discrimination of the Brier score by isotonic regression, without bins.

Dimitriadis, Gneiting & Jordan 2021 (PNAS 118): with S the mean Brier score of the confidences, S_iso that of the
isotonic regression of correctness on confidence, and S_base that of the share of right answers,
miscalibration = S - S_iso and discrimination = S_base - S_iso, both >= 0; S = miscalibration - discrimination + S_base.
"""

from collections.abc import Iterable

import numpy as np
from scipy.optimize import isotonic_regression

from ..calibration.estimate import NO_SURPLUS, Estimate, clusters_of
from ..calibration.resampling import divide
from ..calibration.sample import Sample, first_of_equals, make_sample

NAMES = ("miscalibration", "discrimination")
#: Weights of units that are held at a time.
BLOCK = 2**18


def corp(sample: Sample, weights: Iterable[np.ndarray]) -> dict[str, Estimate]:
    """An `Estimate` of each of NAMES from blocks of weights (clusters, rows); equal confidences are one group."""
    starts = first_of_equals(sample.confidence)
    value = corp_value(sample.confidence, sample.correct)
    replicates = np.concatenate(
        [
            _parts(sample.confidence[starts], *_groups(sample, rows[sample.cluster].astype(float), starts))
            for block in weights
            for rows in np.array_split(block, -(-block.shape[1] * len(sample.cluster) // BLOCK), axis=1)
            if rows.size
        ],
        axis=1,
    )
    df = clusters_of(sample.cluster) - 1
    return {
        name: Estimate(value[k], value[k], replicates[k], NO_SURPLUS, df, bounds=(0.0, 1.0))
        for k, name in enumerate(NAMES)
    }


def corp_value(confidence: np.ndarray, correct: np.ndarray) -> tuple[float, float]:
    """Return NAMES of units (n,), in any order."""
    sample = make_sample(confidence, correct)
    starts = first_of_equals(sample.confidence)
    groups = _groups(sample, np.ones((len(sample.correct), 1)), starts)
    miscalibration, discrimination = _parts(sample.confidence[starts], *groups)[:, 0]
    return float(miscalibration), float(discrimination)


def _groups(sample: Sample, units: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum the weights (n, rows) of all and of right units at every distinct confidence, (groups, rows) each."""
    return np.add.reduceat(units, starts), np.add.reduceat(units * sample.correct[:, None], starts)


def _parts(confidence: np.ndarray, weight: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return NAMES (2, rows) of groups (groups, rows); 0 in a row without any weight."""
    total, share = weight.sum(axis=0), divide(right, weight)

    def score(forecast: np.ndarray) -> np.ndarray:
        """Mean Brier score but for the variance inside the groups, which all forecasts share."""
        return divide((weight * (forecast - share) ** 2).sum(axis=0), total)

    best = score(_isotonic(share, weight))
    base = divide(right.sum(axis=0), total)
    return np.maximum(0.0, [score(confidence[:, None]) - best, score(base) - best])


def _isotonic(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the isotonic regression of each row on its own, (groups, rows); 0 where a group has no weight.

    One call fits all rows, one after the other: each lies above the one before, so that none is pooled with another.
    """
    there, shift = weight.T > 0, 2.0 * np.arange(share.shape[1])[:, None]
    fitted = np.zeros(there.shape)
    if there.any():
        shifted = isotonic_regression((share.T + shift)[there], weights=weight.T[there]).x
        fitted[there] = shifted - np.broadcast_to(shift, there.shape)[there]
    return fitted.T
