"""Build rows of the predictions table (docs/data_formats.md), with confidences before and after scaling."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..calibration import confidence
from ..calibration.logistic import Logistic, Vector, fit_vector
from ..calibration.scaling import BOUNDS, Temperature, fit_temperature
from ..formats.fits import SHIFT, confidence_column, shifted_name

Scaling = Temperature | Logistic | Vector
FittedScalings = Mapping[str, Scaling]


def fit_options(
    scores: np.ndarray, gold: np.ndarray, how: str, cluster: Sequence, bounds: tuple[float, float] = BOUNDS
) -> Scaling:
    """Fit temperature scaling or, with how="vector", vector scaling.

    scores: (n, k) scores of the options; gold: (n,) indices of the correct options; cluster: (n,) cluster of each row;
    bounds: range of the temperature.
    """
    if how == "vector":
        return fit_vector(scores, gold, cluster=cluster)
    return fit_temperature(scores, gold, bounds=bounds, cluster=cluster)


def option_confidences(
    scores: np.ndarray, scalings: FittedScalings, temperature: float = 1.0
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Choose the best options (n,) from scores (n, k), and compute their confidences (n,) in [0, 1] by scaling.

    The unscaled confidences, `none`, are softmax probabilities at `temperature`.
    """
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
    """Yield the confidences of each answer, by scaling, from arrays (n,) by scaling."""
    for values in zip(*confidences.values(), strict=True):
        yield dict(zip(confidences, values, strict=True))


def with_shifts(scalings: FittedScalings) -> FittedScalings:
    """Add copies of each scaling that are shifted by SHIFT standard errors, one for each direction of its error."""
    shifted = {
        shifted_name(name, number): scaling.moved(SHIFT * direction)
        for name, scaling in scalings.items()
        for number, direction in enumerate(scaling.error.directions)
    }
    return {**scalings, **shifted}


def record(scaling: Scaling) -> dict:
    """Return a scaling as temperature.json stores it, rounded to six decimals.

    `standard_errors` are those of the log temperature, or of all coefficients.
    """
    values = scaling._asdict() | {"error": scaling.error.errors}
    names = {"value": "temperature", "error": "standard_errors"}
    return {names.get(name, name): np.round(value, 6).tolist() for name, value in values.items()}


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
    """Build a row of the predictions table.

    correct: by default, if the prediction equals the gold answer. score: in [0, 1], by default 1 if correct, else 0.
    confidences: by scaling, with `none` for the unscaled one.
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
        # Other rows of the batch change a confidence after its sixth decimal only.
        **{confidence_column(name): round(float(value), 6) for name, value in confidences.items()},
    }
