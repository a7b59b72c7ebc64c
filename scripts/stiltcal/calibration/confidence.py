"""Convert a model's scores to confidences, by kind of task: the probability that it gives to the answer it returns.

Every function takes a `temperature` T > 0 that divides the scores (Guo et al. 2017); T > 1 makes confidences smaller.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities over the last axis, of the shape of `logits`.

    A score of -inf means "impossible" and gets 0. Raises ValueError for a NaN, for +inf, for a row without any
    possible option, and for a temperature that is not a positive number.
    """
    scores = _checked(logits, temperature)
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def classification(logits: np.ndarray, temperature: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """(choice (n,), confidence (n,)) of scores (n, k): the best option, first of equals, and its softmax probability.

    Hendrycks & Gimpel 2017 (maximum softmax probability). Tokens of a tagging task and choices of a multiple-choice
    task are classified the same way; so are the candidates of a retrieval task, whose scores are similarities (fit
    the temperature there: cosines at T = 1 say next to nothing).
    """
    probabilities = softmax(logits, temperature)
    choice = np.asarray(logits).argmax(axis=-1)
    return choice, np.take_along_axis(probabilities, choice[:, None], axis=1)[:, 0]


def span_scores(start: np.ndarray, end: np.ndarray, max_length: int = 30) -> np.ndarray:
    """(windows, length, max_length): start[w, i] + end[w, i + k] at [w, i, k]; -inf where there is no such span.

    `start` and `end` are (windows, length) logits, -inf at positions where an answer may not start or end. A span has
    both ends in one window; one that two overlapping windows share counts once in each.
    """
    start, end = np.atleast_2d(start).astype(float), np.atleast_2d(end).astype(float)
    if start.shape != end.shape:
        raise ValueError(f"start logits have shape {start.shape}, end logits {end.shape}; they must be equal")
    if max_length < 1:
        raise ValueError(f"max_length is {max_length}; a span has at least one token")
    padded = np.full((len(end), end.shape[1] + max_length - 1), -np.inf)  # np.pad takes seven times as long
    padded[:, : end.shape[1]] = end
    return start[:, :, None] + np.lib.stride_tricks.sliding_window_view(padded, max_length, axis=1)


class BestSpans(NamedTuple):
    """The best span of each item: its window (a row of the scores), first and last token, and confidences.

    window, first, last: (items,); first and last are -1 where "no answer" is better still. confidence: (temperatures,
    items).
    """

    window: np.ndarray
    first: np.ndarray
    last: np.ndarray
    confidence: np.ndarray


def answer_spans(
    scores: np.ndarray, first_windows: ArrayLike, null: np.ndarray | None, temperatures: Sequence[float]
) -> BestSpans:
    """Answer items with their best spans, first of equals, at each of several temperatures.

    scores: (windows, length, max_length), of `span_scores`. first_windows: that of each item, in order. null: (items,)
    score of "no answer" (SQuAD 2: start plus end logit of the first token; of several windows the smallest); None
    where every question has an answer. The confidence is the softmax over all valid spans of all windows and null
    (Yang et al. 2023). Raises ValueError as `softmax`.
    """
    starts = np.asarray(first_windows)
    owner = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(scores)))
    spans = np.asarray(scores, dtype=float).reshape(len(scores), -1)
    place, best_of_window = spans.argmax(axis=1), spans.max(axis=1)
    best = np.maximum.reduceat(best_of_window, starts)
    highest = best if null is None else np.maximum(best, null)
    _checked(highest[:, None], *temperatures)
    candidates = np.flatnonzero(best_of_window == best[owner])
    window = candidates[np.searchsorted(owner[candidates], np.arange(len(starts)))]
    below = spans - highest[owner, None]
    totals = [np.add.reduceat(np.exp(below / t).sum(axis=1), starts) for t in temperatures]
    first, offset = np.divmod(place[window], scores.shape[2])
    last = first + offset
    if null is not None:
        totals = [total + np.exp((null - highest) / t) for total, t in zip(totals, temperatures, strict=True)]
        first, last = np.where(null > best, -1, first), np.where(null > best, -1, last)
    return BestSpans(window, first, last, 1 / np.array(totals))


def entity(token_confidences: np.ndarray) -> float:
    """Return the confidence of an entity: the product of its tokens' (m >= 1,), which are in [0, 1].

    It is the probability that all tokens are right, were they independent.
    """
    values = np.asarray(token_confidences, dtype=float)
    if values.size == 0 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("an entity needs at least one token, with confidences in [0, 1]")
    return float(np.prod(values))


def platt(confidence: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """Confidences in [0, 1] after Platt's logistic of their log odds (`log_odds`, `logistic.fit_platt`; Platt 1999)."""
    return sigmoid(log_odds(confidence), slope, intercept)


def log_odds(confidence: np.ndarray) -> np.ndarray:
    """log(c / (1 - c)) of confidences kept 1e-6 away from 0 and 1, which is what tables of predictions resolve."""
    kept = np.clip(np.asarray(confidence, dtype=float), 1e-6, 1 - 1e-6)
    return logit(kept)


def sigmoid(score: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """1 / (1 + exp(-(slope * score + intercept))); of the margin of a mined pair: the probability that it is a
    translation (`logistic.fit_platt`)."""
    return expit(slope * np.asarray(score, dtype=float) + intercept)


def _checked(logits: np.ndarray, *temperatures: float) -> np.ndarray:
    for temperature in temperatures:
        if not (np.isfinite(temperature) and temperature > 0):
            raise ValueError(f"temperature is {temperature}; it must be a positive number")
    scores = np.asarray(logits, dtype=float)
    if scores.ndim == 0 or scores.shape[-1] == 0:
        raise ValueError(f"scores have shape {scores.shape}; there must be at least one option")
    if np.isnan(scores).any() or (scores == np.inf).any():
        raise ValueError("scores hold NaN or +inf; only finite numbers and -inf (impossible) are allowed")
    if (scores.max(axis=-1) == -np.inf).any():
        raise ValueError("every option of a row is impossible (-inf)")
    return scores
