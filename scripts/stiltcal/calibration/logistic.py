"""Post-hoc scaling with more than a temperature: a logistic of one number (Platt 1999), and vector scaling (Guo et al.
2017), fitted on development data.

The caller, which knows the splits, must not pass the data that are scored.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from .confidence import softmax
from .influence import FitError, fit_error

#: Directions of the error of vector scaling that are kept: those that move the dev items' confidences most. All that
#: there are of three labels or fewer.
DIRECTIONS = 6


class Logistic(NamedTuple):
    """P(correct) = logistic(slope * x + intercept), the number of items it was fitted on, and the error of slope and
    intercept."""

    slope: float
    intercept: float
    n: int
    error: FitError

    def moved(self, step: np.ndarray) -> "Logistic":
        """Change slope and intercept by a step (2,)."""
        return self._replace(slope=self.slope + float(step[0]), intercept=self.intercept + float(step[1]))


class Vector(NamedTuple):
    """Probabilities softmax(weights * logits + bias), (k,) each, the number of items they were fitted on, and their
    error in at most DIRECTIONS directions."""

    weights: np.ndarray
    bias: np.ndarray
    n: int
    error: FitError

    def moved(self, step: np.ndarray) -> "Vector":
        """Change weights and bias by a step (2 k,)."""
        weights, bias = np.split(step, 2)
        return self._replace(weights=self.weights + weights, bias=self.bias + bias)


def fit_platt(x: np.ndarray, correct: np.ndarray, cluster: Sequence | None = None) -> Logistic:
    """P(correct) = logistic(slope * x + intercept), x (n,), correct (n,) bool, in clusters (n,); None: each its own.

    With Platt's targets (N+ + 1)/(N+ + 2) and 1/(N- + 2) instead of 1 and 0 (Platt 1999), so that the minimum is finite
    for separable data and for one class; Newton's method with halved steps (Lin, Lin & Weng 2007). If all x are
    equal the slope is 0. Raises ValueError for no items, unequal lengths or values that are not finite.
    """
    x, correct = np.asarray(x, dtype=float), np.asarray(correct, dtype=bool)
    if x.ndim != 1 or x.shape != correct.shape or x.size == 0:
        raise ValueError(f"x has shape {x.shape} and correct {correct.shape}; they must be equal, (n >= 1,)")
    if not np.isfinite(x).all():
        raise ValueError("x holds values that are not finite")
    right = int(correct.sum())
    target = np.where(correct, (right + 1) / (right + 2), 1 / (x.size - right + 2))
    centre, spread = x.mean(), x.std()
    if spread <= 1e-12 * max(1.0, abs(centre)):
        mean = target.mean()
        influence = np.column_stack([np.zeros(x.size), (target - mean) / (mean * (1 - mean) * x.size)])
        return Logistic(0.0, float(logit(mean)), x.size, fit_error(influence, cluster))
    beta, influence = _logistic_regression(np.column_stack([(x - centre) / spread, np.ones_like(x)]), target)
    slope, intercept = beta
    error = fit_error(influence @ np.array([[1 / spread, -centre / spread], [0, 1]]), cluster)
    return Logistic(float(slope / spread), float(intercept - slope * centre / spread), x.size, error)


def fit_vector(logits: np.ndarray, gold: np.ndarray, *, ridge: float = 1.0, cluster: Sequence | None = None) -> Vector:
    """Vector scaling of logits (n, k) with right options gold (n,): weights and bias of least mean NLL.

    `cluster` (n,): of the items, for the error of the fit; None: every item its own.

    `ridge` / (2 n) times the squared distance from the identity (weights 1, bias 0) is added, so that the minimum is
    unique and finite for separable data and for options that never are right; of many items it is next to nothing.
    Raises ValueError for no items, scores that are not finite, unequal lengths or a gold option out of range.
    """
    logits, gold = np.asarray(logits, dtype=float), np.asarray(gold)
    if logits.ndim != 2 or gold.shape != logits.shape[:1] or not len(gold):
        raise ValueError(f"logits have shape {logits.shape} and gold {gold.shape}; they must be (n >= 1, k) and (n,)")
    if not np.isfinite(logits).all():
        raise ValueError("vector scaling needs finite scores")
    n, k = logits.shape
    if not ((gold >= 0) & (gold < k)).all():
        raise ValueError(f"gold has values outside 0..{k - 1}")
    identity = np.repeat([1.0, 0.0], k)
    is_gold = np.arange(k) == gold[:, None]
    features = np.stack([logits, np.ones_like(logits)])

    def loss(beta):
        """Mean NLL and ridge."""
        scores = beta[:k] * logits + beta[k:]
        top = scores.max(axis=1)
        mass = np.log(np.exp(scores - top[:, None]).sum(axis=1)) + top
        return (mass - scores[is_gold]).mean() + ridge / (2 * n) * ((beta - identity) ** 2).sum()

    def derivatives(beta):
        """Gradient and Hessian."""
        p = softmax(beta[:k] * logits + beta[k:])
        gradient = np.einsum("nk,ank->ak", p - is_gold, features).ravel() / n + ridge / n * (beta - identity)
        weighted = (features * p).transpose(1, 0, 2).reshape(n, 2 * k)
        squares = np.einsum("ank,bnk,nk->abk", features, features, p)
        diagonal = np.einsum("abk,kl->akbl", squares, np.eye(k)).reshape(2 * k, 2 * k)
        return gradient, (diagonal - weighted.T @ weighted) / n + ridge / n * np.eye(2 * k)

    beta = _newton(identity.copy(), loss, derivatives)
    p, best = softmax(beta[:k] * logits + beta[k:]), np.arange(k) == logits.argmax(axis=1)[:, None]
    nll, change = (np.einsum("ank,nk->nak", features, each).reshape(n, 2 * k) for each in (p - is_gold, best - p))
    influence = -np.linalg.solve(derivatives(beta)[1], (nll + ridge / n * (beta - identity)).T).T / n
    moves = change * p[best][:, None]  # derivatives of the confidences
    return Vector(beta[:k], beta[k:], n, fit_error(influence, cluster, metric=moves.T @ moves, most=DIRECTIONS))


def _logistic_regression(design: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients for targets in (0, 1), and the influence (n, p) of every item on them."""

    def loss(beta):
        """Mean cross entropy."""
        z = design @ beta
        return np.mean(np.logaddexp(0, z) - target * z)

    def derivatives(beta):
        """Gradient and Hessian."""
        p = expit(design @ beta)
        hessian = (design * (p * (1 - p))[:, None]).T @ design / len(target) + 1e-12 * np.eye(len(beta))
        return design.T @ (p - target) / len(target), hessian

    beta = _newton(np.zeros(design.shape[1]), loss, derivatives)
    slopes = design * (expit(design @ beta) - target)[:, None]
    return beta, -np.linalg.solve(derivatives(beta)[1], slopes.T).T / len(target)


def _newton(
    beta: np.ndarray,
    loss: Callable[[np.ndarray], float],
    derivatives: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Where a convex `loss` is least, by Newton's method with halved steps; `derivatives`: gradient and Hessian."""
    for _ in range(100):
        step = np.linalg.solve(*derivatives(beta)[::-1])
        while loss(beta - step) > loss(beta) and np.abs(step).max() > 1e-12:
            step = step / 2
        beta = beta - step
        if np.abs(step).max() < 1e-12:
            break
    return beta
