"""Rows of the predictions table (docs/data_formats.md), and confidences before and after scaling."""

from collections.abc import Iterator, Mapping

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import Logistic, Vector, fit_vector
from ..calibration.scaling import BOUNDS, Temperature, fit_temperature
from ..formats.predictions import confidence_column

Scaling = Temperature | Logistic | Vector
FittedScalings = Mapping[str, Scaling]


def fit_options(scores: np.ndarray, gold: np.ndarray, how: str, bounds: tuple[float, float] = BOUNDS) -> Scaling:
    """The `temperature` or the `vector` scaling of scores (n, k) with right options gold (n,)."""
    return fit_vector(scores, gold) if how == "vector" else fit_temperature(scores, gold, bounds=bounds)


def option_confidences(
    scores: np.ndarray, scalings: FittedScalings, temperature: float = 1.0
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The best options (n,) of scores (n, k), and their confidences (n,): `none`, at `temperature`, and scaled ones."""
    choice, raw = confidence.classification(scores, temperature)
    return choice, {"none": raw} | {name: _scaled(scores, choice, raw, each) for name, each in scalings.items()}


def _scaled(scores: np.ndarray, choice: np.ndarray, raw: np.ndarray, scaling: Scaling) -> np.ndarray:
    if isinstance(scaling, Logistic):
        return confidence.platt(raw, scaling.slope, scaling.intercept)
    if isinstance(scaling, Temperature):
        probabilities = confidence.softmax(scores, scaling.value)
    else:
        probabilities = confidence.softmax(scores * scaling.weights + scaling.bias)
    return np.take_along_axis(probabilities, choice[:, None], axis=1)[:, 0]


def each(confidences: Mapping[str, np.ndarray]) -> Iterator[dict[str, float]]:
    """The confidences of one answer after the other."""
    for values in zip(*confidences.values(), strict=True):
        yield dict(zip(confidences, values, strict=True))


def record(scaling: Scaling) -> dict:
    """A scaling as temperature.json holds it."""
    values = {name: np.round(value, 6).tolist() for name, value in scaling._asdict().items()}
    return {"temperature" if name == "value" else name: value for name, value in values.items()}


def row(
    item: dict,
    *,
    gold: str | None,
    prediction: str | None,
    confidences: Mapping[str, float],
    unit: str = "item",
    position: int = 0,
    correct: bool | None = None,
    score: float | None = None,
    selected: bool = True,
) -> dict:
    """A row of the predictions table; right where the prediction is the gold, unless said otherwise.

    `confidences`: `none` and the scalings'.
    """
    correct = (prediction is not None and prediction == gold) if correct is None else correct
    return {
        "id": item["id"],
        "cluster": item["cluster"],
        "unit": unit,
        "position": position,
        "gold": gold,
        "prediction": prediction,
        "correct": correct,
        "score": float(correct) if score is None else score,
        "selected": selected,
        # Six decimals are what a row's neighbours in its batch cannot change.
        **{confidence_column(name): round(float(value), 6) for name, value in confidences.items()},
    }
