"""Fit a temperature for post-hoc scaling (Guo et al. 2017) on development data.

The caller, which knows the splits, must not pass the data that are scored.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .confidence import span_scores
from .influence import FitError, fit_error, unknown
from .sample import first_of_equals

#: The smallest and the largest temperature that a fit returns. Similarities (cosines) need smaller ones.
BOUNDS = (0.05, 20.0)
SIMILARITY_BOUNDS = (0.001, 1.0)


class Temperature(NamedTuple):
    """A fitted temperature, the items it was fitted on, and their mean NLL (nats) at T = 1 and at `value`.

    error: of the logarithm of the temperature; zeros at the ends of the bounds and where T makes no difference.
    """

    value: float
    n: int
    nll_before: float
    nll_after: float
    error: FitError

    def moved(self, step: np.ndarray) -> "Temperature":
        """Change the logarithm of the temperature by a step (1,)."""
        return self._replace(value=float(self.value * np.exp(step[0])))


class _Options(NamedTuple):
    """Scores of the possible options of every item in one row of numbers, and which of them are gold."""

    scores: np.ndarray
    items: np.ndarray
    gold: np.ndarray


def fit_temperature(
    logits: np.ndarray,
    gold: np.ndarray,
    *,
    bounds: tuple[float, float] = BOUNDS,
    cluster: Sequence | None = None,
) -> Temperature:
    """Return the temperature that minimises the mean negative log-likelihood of gold (n,) under softmax(logits (n, k) /
    T).

    `cluster` (n,): of the items, for the error of the fit; None: every item its own.

    Deterministic. The NLL is convex in 1/T, so its minimum inside `bounds` is found whatever the data: where every
    gold option has the top score (separable, perfect data) it falls as T falls and the lower bound is returned;
    where the scores are no better than chance the upper one; where T makes no difference (all scores equal, or gold
    so far above that the NLL is 0 throughout), 1.
    Raises ValueError for no items, NaN, a gold index out of range or a gold option that is impossible (-inf).
    """
    logits, gold = np.asarray(logits, dtype=float), np.asarray(gold)
    if logits.ndim != 2 or gold.shape != logits.shape[:1]:
        raise ValueError(f"logits have shape {logits.shape} and gold {gold.shape}; they must be (n, k) and (n,)")
    if len(gold) and not ((gold >= 0) & (gold < logits.shape[1])).all():
        raise ValueError(f"gold has values outside 0..{logits.shape[1] - 1}")
    is_gold = np.arange(logits.shape[1]) == gold[:, None]
    if not np.isfinite(logits[is_gold]).all():
        raise ValueError("the gold option of an item has a score that is not finite")
    return _fit([_options(logits, is_gold)], bounds, cluster)


def fit_span_temperature(
    items: Sequence[tuple[np.ndarray, np.ndarray, Sequence[tuple[int, int, int]], float | None]],
    *,
    max_length: int = 30,
    bounds: tuple[float, float] = BOUNDS,
    cluster: Sequence | None = None,
) -> Temperature:
    """Return the temperature for `confidence.answer_spans`.

    It minimises minus the log of the summed probability of the gold spans.

    items: (start, end, gold, null) with start and end (windows, length) logits, gold a sequence of
    (window, start, end) of every place that holds a right answer (empty: the null answer is right), and null its
    score or None. An item whose right answers are all impossible (cut off, longer than max_length, no null score)
    tells nothing about T and is left out; `n` counts the rest. Raises ValueError where none is left. At the ends of
    `bounds`, and with `cluster` (of all items), as `fit_temperature`.
    """
    usable, clusters = [], []
    for name, (start, end, gold, null) in zip(range(len(items)) if cluster is None else cluster, items, strict=True):
        scores = span_scores(start, end, max_length)
        is_gold = np.zeros(scores.shape, dtype=bool)
        for window, first, last in gold:
            if 0 <= last - first < max_length:
                is_gold[window, first, last - first] = True
        flat, marks = scores.ravel(), is_gold.ravel()
        if null is not None:
            flat, marks = np.append(flat, null), np.append(marks, len(gold) == 0)
        if (marks & np.isfinite(flat)).any():
            usable.append(_options(flat[None], marks[None]))
            clusters.append(name)
    return _fit(usable, bounds, clusters)


def _options(scores: np.ndarray, gold: np.ndarray) -> _Options:
    """The possible (not -inf) options of (n, k) scores; raises ValueError for NaN and +inf."""
    if np.isnan(scores).any() or (scores == np.inf).any():
        raise ValueError("scores hold NaN or +inf; only finite numbers and -inf (impossible) are allowed")
    possible = scores > -np.inf
    shifted = scores - scores.max(axis=1, keepdims=True)
    return _Options(shifted[possible], np.nonzero(possible)[0], gold[possible])


def _fit(parts: list[_Options], bounds: tuple[float, float], cluster: Sequence | None) -> Temperature:
    if not parts or not sum(part.items.size for part in parts):
        raise ValueError("a temperature needs at least one development item whose right answer is possible")
    offsets = np.cumsum([0] + [part.items[-1] + 1 for part in parts])
    items = np.concatenate([part.items + offset for part, offset in zip(parts, offsets[:-1], strict=True)])
    scores = np.concatenate([part.scores for part in parts])
    gold = np.concatenate([part.gold for part in parts])
    total = int(offsets[-1])

    def log_mass(kept):
        """beta -> (log of the summed exp(beta * score), mean score under it), each summed over the items."""
        value, item = scores[kept], items[kept]
        top = np.full(total, -np.inf)
        np.maximum.at(top, item, value)
        below = value - top[item]

        def at(beta):
            powers = np.exp(beta * below)
            mass = np.bincount(item, powers, total)
            mean = np.bincount(item, powers * value, total) / mass
            return (np.log(mass) + beta * top).sum(), mean.sum()

        return at

    everything, right = log_mass(np.ones(len(gold), dtype=bool)), log_mass(gold)

    def objective(beta):
        """(mean NLL, its derivative) at 1/T = beta."""
        (log_all, mean_all), (log_right, mean_right) = everything(beta), right(beta)
        return (log_all - log_right) / total, (mean_all - mean_right) / total

    beta = _minimise(objective, 1 / bounds[1], 1 / bounds[0])
    at_bound = np.isclose(beta, [1 / bound for bound in bounds], rtol=1e-9).any()
    error = unknown(1) if at_bound else _error(scores, items, gold, beta, cluster)
    value = 1 / beta
    return Temperature(float(value), total, float(objective(1.0)[0]), float(objective(1 / value)[0]), error)


def _error(scores, items, gold, beta: float, cluster: Sequence | None) -> FitError:
    """Of log T = -log(beta), from the derivatives of the items' NLL: means and variances of scores at 1/T = beta."""
    (mean_all, variance_all), (mean_right, variance_right) = (
        _moments(scores[kept], items[kept], beta) for kept in (np.ones(len(gold), dtype=bool), gold)
    )
    slope, curvature = mean_all - mean_right, (variance_all - variance_right).sum()
    if curvature <= 1e-12 * len(slope):
        return unknown(1)
    return fit_error((slope / curvature / beta)[:, None], cluster)


def _moments(value, item, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """(mean, variance) (items,) of each item's scores under softmax(beta * scores)."""
    starts = first_of_equals(item)
    top = np.maximum.reduceat(value, starts)[item]
    powers = np.exp(beta * (value - top))
    mass = np.bincount(item, powers)
    mean = np.bincount(item, powers * value) / mass
    return mean, np.bincount(item, powers * (value - mean[item]) ** 2) / mass


def _minimise(objective: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """Where the value of `objective` is least in [low, high]: the best of a grid, then bisection of the slope there.

    The grid is for sums over several gold spans, whose NLL may have more than one minimum.
    """
    grid = np.geomspace(low, high, 25)
    values, slopes = zip(*(objective(beta) for beta in grid), strict=True)
    if np.ptp(values) < 1e-12:
        return 1.0
    best = len(grid) - 1 - int(np.argmin(values[::-1]))
    if (best == 0 and slopes[0] >= 0) or (best == len(grid) - 1 and slopes[-1] <= 0):
        return float(grid[best])
    left, right = (best - 1, best) if slopes[best] > 0 else (best, best + 1)
    low, high = grid[left], grid[right]
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if objective(middle)[1] > 0 else (middle, high)
    return float(np.sqrt(low * high))
