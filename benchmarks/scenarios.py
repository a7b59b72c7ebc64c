"""Models with known calibration, for the simulation of coverage.

A scenario has four of them: without and with intermediate training, on clean and on perturbed text. TUNED are those
that were looked at while the intervals were made. HELD_OUT were written down afterwards, with other distributions of
confidence and other shapes of miscalibration, and nothing has been changed since they were run.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

Curve = Callable[[np.ndarray], np.ndarray]


class Model(NamedTuple):
    """`confidence` of z ~ N(0, 1), an item's ease, and `right`: the chance to be right of confidence."""

    confidence: Curve
    right: Curve


def logistic(z):
    """1 / (1 + exp(-z))."""
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


def logit_model(mean: float, deviation: float, offset: float, slope: float) -> Model:
    """Log odds of the confidence are N(mean, deviation^2), those of being right a line in them."""

    def right(confidence):
        odds = np.log(confidence / (1 - confidence))
        return logistic(offset + slope * odds)

    return Model(lambda z: np.clip(logistic(mean + deviation * z), 1e-12, 1 - 1e-12), right)


def kumaraswamy(a: float, b: float) -> Curve:
    """Confidences on [0, 1] with distribution function 1 - (1 - c^a)^b: U-shaped where both are below 1."""
    return lambda z: np.clip(1 - ndtr(-z) ** (1 / b), 0, 1) ** (1 / a)


def power(exponent: float) -> Curve:
    return lambda c: c**exponent


def line(offset: float, slope: float) -> Curve:
    return lambda c: np.clip(offset + slope * c, 0, 1)


def _wave(height: float, cycles: float) -> Curve:
    """About the diagonal, over and under it in turn."""
    return lambda c: np.clip(c + height * np.sin(2 * np.pi * cycles * c), 0, 1)


def _steps(*levels: float) -> Curve:
    """Equally wide steps: a model that knows a few kinds of item."""
    return lambda c: np.asarray(levels)[np.minimum((c * len(levels)).astype(int), len(levels) - 1)]


def _rounded(confidence: Curve, values: int) -> Curve:
    """Few different confidences: ties."""
    return lambda z: np.round(confidence(z) * values) / values


TUNED = {
    "calibrated": [logit_model(1.0, 1.5, 0, 1)] * 4,
    "alike": [logit_model(1.0, 1.5, -0.3, 0.7)] * 4,
    "mild": [
        logit_model(1.0, 1.5, -0.1, 0.8),
        logit_model(0.8, 1.4, -0.3, 0.7),
        logit_model(1.2, 1.5, -0.2, 0.8),
        logit_model(0.7, 1.5, -0.6, 0.6),
    ],
    "strong": [
        logit_model(1.5, 1.5, -0.5, 0.7),
        logit_model(1.2, 1.4, -1, 0.6),
        logit_model(1.5, 1.5, -0.8, 0.6),
        logit_model(1, 1.5, -1.5, 0.5),
    ],
    "crossing": [
        logit_model(0.2, 1.5, 0, 0.5),
        logit_model(0, 1.5, 0.1, 0.3),
        logit_model(0.2, 1.7, 0, 0.5),
        logit_model(-0.3, 1.5, 0.1, 0.2),
    ],
    "sharp": [
        logit_model(3, 2, 0.2, 0.7),
        logit_model(2, 2, 0, 0.4),
        logit_model(3, 2, 0, 0.5),
        logit_model(1.5, 2, -0.5, 0.3),
    ],
}
_SPREAD, _BIMODAL, _HIGH = kumaraswamy(1.5, 1.2), kumaraswamy(0.6, 0.5), kumaraswamy(12, 1)
HELD_OUT = {
    "calibrated_bimodal": [Model(_BIMODAL, power(1))] * 4,
    "alike_steps": [Model(_SPREAD, _steps(0.2, 0.35, 0.5, 0.6, 0.9))] * 4,
    "waves": [
        Model(_SPREAD, _wave(0.10, 2)),
        Model(_SPREAD, _wave(0.15, 1.5)),
        Model(_SPREAD, _wave(-0.10, 2)),
        Model(_BIMODAL, _wave(-0.15, 1)),
    ],
    "steps": [
        Model(_SPREAD, _steps(0.1, 0.4, 0.5, 0.9)),
        Model(_SPREAD, _steps(0.3, 0.3, 0.8)),
        Model(_BIMODAL, _steps(0.1, 0.4, 0.5, 0.9)),
        Model(_BIMODAL, _steps(0.25, 0.6)),
    ],
    "powers": [
        Model(_HIGH, power(2)),
        Model(_HIGH, power(5)),
        Model(_HIGH, power(0.5)),
        Model(_SPREAD, power(2)),
    ],
    "hard": [
        Model(_SPREAD, line(0.02, 0.2)),
        Model(_SPREAD, line(0.1, 0.1)),
        Model(_BIMODAL, line(0.05, 0.3)),
        Model(_HIGH, line(0, 0.15)),
    ],
    "ties": [
        Model(_rounded(_SPREAD, 10), line(0.05, 0.8)),
        Model(_rounded(_SPREAD, 6), line(0.1, 0.6)),
        Model(_rounded(_BIMODAL, 8), power(1.5)),
        Model(_rounded(_HIGH, 20), line(-0.2, 1.1)),
    ],
}
SCENARIOS = TUNED | HELD_OUT
