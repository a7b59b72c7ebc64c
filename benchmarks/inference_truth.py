"""Population values of the small studies: of cells, and of the contrasts of cells that are estimated."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from inference_scenarios import Setting, cooled, shifted
from scenarios import Model, logistic
from scipy.optimize import brentq
from scipy.special import logit
from simulate_coverage import mean_truth, population, truth

from stiltcal.calibration.confidence import log_odds
from stiltcal.scoring.effects import CLEAN, NONE, Cell

#: Points of the integration over items.
POINTS = 40_001
#: Points where there are other models in every study.
COARSE = 4_001
#: Effects below this count as none.
NEGLIGIBLE = 5e-4
#: A contrast (coefficient, cell) of cells.
Contrast = list[tuple[float, Cell]]


def contrasts(setting: Setting) -> dict[str, Contrast]:
    """Values, a difference, an interaction and the pooled contrasts of the first model with intermediate training."""
    first, texts = setting.intermediates[0], setting.perturbations
    text = texts[-1]
    difference = [(1.0, (first, text)), (-1.0, (NONE, text))]
    return {
        "value_clean": [(1.0, (NONE, CLEAN))],
        "value_perturbed": [(1.0, (first, text))],
        "difference": difference,
        "interaction": [*difference, (-1.0, (first, CLEAN)), (1.0, (NONE, CLEAN))],
        **{f"pooled_{name}": pooled(name, texts) for name in setting.intermediates},
    }


def pooled(intermediate: str, texts: Iterable[str]) -> Contrast:
    """The mean over the perturbations of a model's differences to `none`."""
    texts = list(texts)
    return [(sign / len(texts), (name, text)) for text in texts for sign, name in ((1, intermediate), (-1, NONE))]


def cell_truth(model: Model, metric: str, scatter: float = 0.0, points: int = POINTS) -> float:
    """The population value, or its mean over the seeds' shifts, N(0, scatter^2)."""
    if scatter:
        places, weights = np.polynomial.hermite_e.hermegauss(9)
        shares = weights / weights.sum()
        return float(
            sum(s * cell_truth(shifted(model, scatter * z), metric) for s, z in zip(shares, places, strict=True))
        )
    if metric.startswith("ece"):
        return truth(model, 1, points=points)
    return _auroc(model) if metric == "auroc" else mean_truth(model, metric, points=points)


def _auroc(model: Model) -> float:
    confidence, right, weight = population(model, POINTS)
    order = np.argsort(confidence)
    right, weight = right[order], weight[order]
    wrongs = weight * (1 - right)
    below = np.cumsum(wrongs) - wrongs / 2
    return float((weight * right * below).sum() / ((weight * right).sum() * wrongs.sum()))


def contrast_truth(contrast: Contrast, cells: Mapping[Cell, float]) -> float:
    """The contrast of the cells' values; 0 where next to nothing is left."""
    value = sum(coefficient * cells[cell] for coefficient, cell in contrast)
    return 0.0 if abs(value) < NEGLIGIBLE else float(value)


def population_models(setting: Setting) -> Mapping[Cell, Model]:
    """The models behind the cells: where temperatures are fitted, with those of infinitely many dev items."""
    if not setting.dev:
        return setting.models
    found = {}
    for intermediate in (NONE, *setting.intermediates):
        temperature = _temperature(setting.models[intermediate, CLEAN])
        texts = [CLEAN, *setting.perturbations]
        found |= {(intermediate, t): cooled(setting.models[intermediate, t], temperature) for t in texts}
    return found


def _temperature(model: Model) -> float:
    """The T of least NLL in the population."""
    confidence, right, weight = population(model, POINTS)
    score = logit(np.clip(confidence, 1e-12, 1 - 1e-12))

    def slope(beta):
        """Derivative of the NLL over 1/T."""
        return (weight * score * (logistic(beta * score) - right)).sum()

    return 1 / brentq(slope, 1e-3, 1e3)


@lru_cache(maxsize=1024)
def _offset(models: tuple[Model, ...]) -> float:
    """b of logit P(right) = logit(confidence) + b that fits the populations of some texts together."""
    parts = [population(model, POINTS) for model in models]
    offsets = [log_odds(confidence) for confidence, _, _ in parts]

    def surplus(b):
        """Right answers more than the model has."""
        return sum((w * (r - logistic(o + b))).sum() for o, (_, r, w) in zip(offsets, parts, strict=True))

    return brentq(surplus, -20, 20)


def logit_truth(setting: Setting) -> float:
    """b3 of the population: of the first model with intermediate training, over all perturbations."""
    first, total = setting.intermediates[0], 0.0
    for sign, intermediate, texts in (
        (1, first, setting.perturbations),
        (-1, first, [CLEAN]),
        (-1, NONE, setting.perturbations),
        (1, NONE, [CLEAN]),
    ):
        total += sign * _offset(tuple(setting.models[intermediate, text] for text in texts))
    return 0.0 if abs(total) < NEGLIGIBLE else total
