"""The rules for intervals and tests that were given up: what `simulate_inference` compares with.

They take the estimates of single cells and linear combinations of them, whose `unseen` is that of cells alone.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit
from scipy.stats import rankdata

from stiltcal.calibration.estimate import Estimate, degrees_of_freedom, standard_error


def level_interval(estimate: Estimate) -> tuple[float, float]:
    """Percentiles however few clusters there are; of calibration errors and over seeds, Student's t, widened to hold
    the plug-in value."""
    low, high = effect_interval(estimate)
    if estimate.seeds is not None or not np.isnan(estimate.surplus[0]):
        return (0.0 if np.quantile(estimate.surplus, 0.975) >= 0 else low), high
    clusters = estimate.df + 1
    tail = float(ndtr(-stdtrit(estimate.df, 0.975) * np.sqrt(clusters / estimate.df)))
    return _within(estimate, *np.quantile(estimate.replicates, (tail, 1 - tail)))


def effect_interval(estimate: Estimate) -> tuple[float, float]:
    """Student's t about the centre, widened to hold the plug-in value."""
    reach = stdtrit(degrees_of_freedom(estimate), 0.975) * standard_error(estimate)
    low, high = _within(estimate, estimate.centre - reach, estimate.centre + reach)
    return min(low, float(estimate.value)), max(high, float(estimate.value))


def _within(estimate: Estimate, low: float, high: float) -> tuple[float, float]:
    (less, more), (lowest, highest) = estimate.unseen, estimate.bounds
    return float(max(low - less, lowest)), float(min(high + more, highest))


def p_value(estimate: Estimate) -> float:
    """Two-sided, by Student's t; 1 where centre and plug-in value have not the same sign."""
    error, centre = float(standard_error(estimate)), float(estimate.centre)
    distance = max(0.0, abs(centre) - estimate.unseen[0 if centre > 0 else 1])
    if centre * estimate.value <= 0 or distance <= 1e-12:
        return 1.0
    return float(2 * stdtr(degrees_of_freedom(estimate), -distance / error)) if error > 1e-12 else 0.0


def rank_correlation_p(x: Sequence[float], y: Sequence[float], generator: np.random.Generator) -> float:
    """p of Spearman's correlation by 1,000 permutations, as if weak and strong perturbations were exchangeable."""
    a, b = (rankdata(values) - (len(values) + 1) / 2 for values in (x, y))
    shuffled = generator.permuted(np.tile(b, (1000, 1)), axis=1) @ a
    return float((1 + (np.abs(shuffled) >= abs(a @ b) - 1e-9).sum()) / 1001)
