"""CORP: miscalibration and discrimination of the Brier score by isotonic regression, without bins.

Dimitriadis, Gneiting & Jordan 2021 (PNAS 118): with S the mean Brier score of the confidences, S_iso that of the
isotonic regression of correctness on confidence, and S_base that of the share of right answers,
miscalibration = S - S_iso and discrimination = S_base - S_iso, both >= 0; S = miscalibration - discrimination + S_base.
"""

from collections.abc import Iterable

import numpy as np
from scipy.optimize import isotonic_regression

from ..calibration.estimate import NO_SURPLUS, Estimate, clusters_of
from ..calibration.sample import Sample, make_sample

NAMES = ("miscalibration", "discrimination")


def corp(sample: Sample, weights: Iterable[np.ndarray]) -> dict[str, Estimate]:
    """An `Estimate` of each of NAMES from blocks of weights (clusters, rows); equal confidences are one group."""
    starts = np.flatnonzero(np.diff(sample.confidence, prepend=-1))
    confidence = sample.confidence[starts]
    value = corp_value(sample.confidence, sample.correct)
    replicates = np.array(
        [
            _parts(confidence, *_groups(sample, row[sample.cluster].astype(float), starts))
            for block in weights
            for row in block.T
        ]
    ).T
    df = clusters_of(sample.cluster) - 1
    return {
        name: Estimate(value[k], value[k], replicates[k], NO_SURPLUS, df, bounds=(0.0, 1.0))
        for k, name in enumerate(NAMES)
    }


def corp_value(confidence: np.ndarray, correct: np.ndarray) -> tuple[float, float]:
    """Return NAMES of units (n,), in any order."""
    sample = make_sample(confidence, correct)
    starts = np.flatnonzero(np.diff(sample.confidence, prepend=-1))
    return _parts(sample.confidence[starts], *_groups(sample, np.ones(len(sample.correct)), starts))


def _groups(sample: Sample, units: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight of all and of right units at every distinct confidence."""
    return np.add.reduceat(units, starts), np.add.reduceat(units * sample.correct, starts)


def _parts(confidence: np.ndarray, weight: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """(miscalibration, discrimination) of the groups that have any weight; (0, 0) where none has."""
    there = weight > 0
    if not there.any():
        return 0.0, 0.0
    confidence, weight, share = confidence[there], weight[there], right[there] / weight[there]
    isotonic = isotonic_regression(share, weights=weight).x
    total, base = weight.sum(), (weight * share).sum() / weight.sum()

    def score(forecast):
        """Mean Brier score but for the variance inside the groups, which all forecasts share."""
        return (weight * (forecast - share) ** 2).sum() / total

    best = score(isotonic)
    return max(0.0, score(confidence) - best), max(0.0, score(base) - best)
