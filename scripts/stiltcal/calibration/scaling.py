"""Fit a temperature for post-hoc scaling (Guo et al. 2017) on development data.

The caller, which knows the splits, must not pass the data that are scored.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .confidence import span_scores
from .influence import FitError, fit_error, unknown

#: Options whose probabilities are computed at a time.
_HELD = 2**20
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
    """Scores of the options of some items, end to end; the number of options and the top score (items,) of each."""

    scores: np.ndarray
    counts: np.ndarray
    tops: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, counts: np.ndarray) -> "_Options":
        """Find the top scores. Every item has an option."""
        return cls(scores, counts, np.maximum.reduceat(scores, np.cumsum(counts) - counts))

    def powers(self, beta: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the item of each option, and exp(beta * (score - top score)), both (options,)."""
        item = np.repeat(np.arange(len(self.counts)), self.counts)
        return item, np.exp(beta * (self.scores - self.tops[item]))


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
    rows = max(1, _HELD // max(1, logits.shape[1]))
    parts = ((logits[low : low + rows], is_gold[low : low + rows]) for low in range(0, len(logits), rows))
    return _fit(parts, bounds, cluster)


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
    parts = (_span_part(*item, max_length) for item in items)
    return _fit(parts, bounds, cluster)


def _span_part(
    start: np.ndarray, end: np.ndarray, gold: Sequence[tuple[int, int, int]], null: float | None, max_length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of all spans of an item and of its null answer, (1, options), and which of them are gold."""
    scores = span_scores(start, end, max_length)
    is_gold = np.zeros(scores.shape, dtype=bool)
    for window, first, last in gold:
        if 0 <= last - first < max_length:
            is_gold[window, first, last - first] = True
    flat, marks = scores.ravel(), is_gold.ravel()
    if null is not None:
        flat, marks = np.append(flat, null), np.append(marks, len(gold) == 0)
    return flat[None], marks[None]


def _blocks(parts: Iterable[tuple[np.ndarray, np.ndarray]]) -> Iterator[tuple[_Options, _Options, np.ndarray]]:
    """Put parts, scores (n, k) and which of them are gold (n, k), together to blocks of some _HELD options.

    Yields the possible options of the items that have a possible gold one, those of them that are gold, and which items
    these are, of all of the block. Impossible options (-inf) are left out. Raises ValueError for NaN and +inf.
    """
    waiting: list[tuple[np.ndarray, ...]] = []
    held = 0
    for scores, gold in parts:
        if np.isnan(scores).any() or (scores == np.inf).any():
            raise ValueError("scores hold NaN or +inf; only finite numbers and -inf (impossible) are allowed")
        possible = scores > -np.inf
        known = (possible & gold).any(axis=1)
        scores, gold, possible = scores[known], gold[known], possible[known]
        shifted = scores - scores.max(axis=1, keepdims=True)
        waiting.append((shifted[possible], possible.sum(axis=1), gold[possible], known))
        held += len(waiting[-1][0])
        if held >= _HELD:
            yield _joined(waiting)
            waiting, held = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[tuple[np.ndarray, ...]]) -> tuple[_Options, _Options, np.ndarray]:
    scores, counts, gold, known = map(np.concatenate, zip(*parts, strict=True))
    item = np.repeat(np.arange(len(counts)), counts)
    return _Options.of(scores, counts), _Options.of(scores[gold], np.bincount(item[gold])), known


def _fit(
    parts: Iterable[tuple[np.ndarray, np.ndarray]], bounds: tuple[float, float], cluster: Sequence | None
) -> Temperature:
    """Fit a temperature on the items of all parts that have a possible gold option. cluster: of all items."""
    blocks = list(_blocks(parts))
    known = [each for *_, block in blocks for each in block]
    total = int(sum(known))
    if not total:
        raise ValueError("a temperature needs at least one development item whose right answer is possible")
    possible, right = [options for options, _, _ in blocks], [options for _, options, _ in blocks]

    def objective(beta):
        """(mean NLL, its derivative) at 1/T = beta."""
        (log_all, mean_all), (log_right, mean_right) = (_by_item(_log_mass, each, beta) for each in (possible, right))
        return (log_all.sum() - log_right.sum()) / total, (mean_all.sum() - mean_right.sum()) / total

    beta = _minimise(objective, 1 / bounds[1], 1 / bounds[0])
    at_bound = np.isclose(beta, [1 / bound for bound in bounds], rtol=1e-9).any()
    names = [name for name, kept in zip(range(len(known)) if cluster is None else cluster, known, strict=True) if kept]
    error = unknown(1) if at_bound else _error(possible, right, beta, names)
    value = 1 / beta
    return Temperature(float(value), total, float(objective(1.0)[0]), float(objective(1 / value)[0]), error)


def _by_item(
    measure: Callable[[_Options, float], tuple[np.ndarray, np.ndarray]], blocks: Sequence[_Options], beta: float
) -> tuple[np.ndarray, np.ndarray]:
    """Compute two numbers of each item at 1/T = beta, (items,) each, of all blocks end to end."""
    first, second = zip(*(measure(options, beta) for options in blocks), strict=True)
    return np.concatenate(first), np.concatenate(second)


def _log_mass(options: _Options, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the log of the summed exp(beta * score) of each item, and the mean score under it, (items,) each."""
    item, powers = options.powers(beta)
    mass = np.bincount(item, powers)
    return np.log(mass) + beta * options.tops, np.bincount(item, powers * options.scores) / mass


def _error(possible: Sequence[_Options], right: Sequence[_Options], beta: float, cluster: Sequence) -> FitError:
    """Of log T = -log(beta), from the derivatives of the items' NLL: means and variances of scores at 1/T = beta."""
    (mean_all, variance_all), (mean_right, variance_right) = (
        _by_item(_moments, each, beta) for each in (possible, right)
    )
    slope, curvature = mean_all - mean_right, (variance_all - variance_right).sum()
    if curvature <= 1e-12 * len(slope):
        return unknown(1)
    return fit_error((slope / curvature / beta)[:, None], cluster)


def _moments(options: _Options, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """(mean, variance) (items,) of each item's scores under softmax(beta * scores)."""
    item, powers = options.powers(beta)
    mass = np.bincount(item, powers)
    mean = np.bincount(item, powers * options.scores) / mass
    return mean, np.bincount(item, powers * (options.scores - mean[item]) ** 2) / mass


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
