"""Convert a model's scores to confidences, by kind of task: the probability that it gives to the answer it returns.

Every function takes a `temperature` T > 0 that divides the scores (Guo et al. 2017); T > 1 makes confidences smaller.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

SPAN_VARIANTS = ("all", "n_best", "start_x_end")
ENTITY_VARIANTS = ("product", "minimum", "mean")
N_BEST = 20


class Span(NamedTuple):
    """The answer returned: token positions, both ends included; start = end = -1 (window 0) is the null answer."""

    window: int
    start: int
    end: int
    confidence: float


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


def margin(similarities: np.ndarray) -> np.ndarray:
    """(n,) best minus second best of similarities (n, k >= 2): a score of retrieval for `fit_platt` and `mining`."""
    if np.shape(similarities)[-1] < 2:
        raise ValueError("a margin needs at least two candidates")
    second, first = np.sort(np.asarray(similarities, dtype=float), axis=-1)[:, -2:].T
    return first - second


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


def span(
    start: np.ndarray,
    end: np.ndarray,
    *,
    max_length: int = 30,
    null: float | None = None,
    temperature: float = 1.0,
    how: str = "all",
) -> Span:
    """The best span of one item (first of equals: window, then start, then end) and its confidence.

    start, end: (windows, length) logits as for `span_scores`; `null` is the score of "no answer" (SQuAD 2: start plus
    end logit of the first token; of several windows the smallest), None where every question has an answer.

    how: what the returned answer competes with.
    - "all": softmax over start + end of every valid span of all windows, and null (Yang et al. 2023).
    - "n_best": the same over the N_BEST = 20 best spans, and null (the n-best list of transformers' run_qa.py).
    - "start_x_end": softmax of the starts times softmax of the ends, each over all positions of all windows, so that
      invalid pairs keep their share; half of `null` joins either side.
    """
    if how not in SPAN_VARIANTS:
        raise ValueError(f"unknown span confidence {how!r}; allowed: {', '.join(SPAN_VARIANTS)}")
    scores = span_scores(start, end, max_length)
    window, first, last = best_span(scores, null)
    if how == "start_x_end":
        places = (-1, -1) if last < 0 else ((window, first), (window, last))
        confidence = np.prod(
            [_end_probability(*side, null, temperature) for side in zip((start, end), places, strict=True)]
        )
    else:
        rivals = scores if how == "all" else np.sort(scores, axis=None)[-N_BEST:]
        confidence = span_confidences(rivals, null, [temperature])[0]
    return Span(window, first, last, float(confidence))


def best_span(scores: np.ndarray, null: float | None = None) -> tuple[int, int, int]:
    """(window, start, end) of the best span of `span_scores`, first of equals; (0, -1, -1) where null is better."""
    window, first, offset = (int(i) for i in np.unravel_index(scores.argmax(), scores.shape))
    is_null = null is not None and null > scores[window, first, offset]
    return (0, -1, -1) if is_null else (window, first, first + offset)


def span_confidences(scores: np.ndarray, null: float | None, temperatures: Sequence[float]) -> np.ndarray:
    """(temperatures,) confidences of the best of `span_scores` and null: `span` with how="all" at several temperatures.

    Raises ValueError as `softmax`.
    """
    options = _checked(scores.ravel() if null is None else np.append(scores, null), *temperatures)
    possible = options[options > -np.inf]
    below = possible - possible.max()
    return 1 / np.exp(below / np.asarray(temperatures, dtype=float)[:, None]).sum(axis=1)


def entity(token_confidences: np.ndarray, how: str = "product") -> float:
    """Confidence of an entity of the tokens' (m >= 1,) confidences in [0, 1]: their product (all tokens right, were
    they independent), minimum or mean."""
    values = np.asarray(token_confidences, dtype=float)
    if how not in ENTITY_VARIANTS:
        raise ValueError(f"unknown entity confidence {how!r}; allowed: {', '.join(ENTITY_VARIANTS)}")
    if values.size == 0 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("an entity needs at least one token, with confidences in [0, 1]")
    combined: dict[str, Callable[[np.ndarray], float]] = {"product": np.prod, "minimum": np.min, "mean": np.mean}
    return float(combined[how](values))


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


def _end_probability(logits, place, null: float | None, temperature: float) -> float:
    """Softmax probability of one end of a span: `place` is (window, position), or -1 for the null answer."""
    options = np.ravel(logits) if null is None else np.append(logits, null / 2)
    index = place if place == -1 else np.ravel_multi_index(place, np.atleast_2d(logits).shape)
    return softmax(options, temperature)[index]


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
