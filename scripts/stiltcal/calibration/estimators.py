"""Every estimator of calibration and selective prediction by name; formulas and sources: docs/calibration.md.

`METRICS[name](confidence, correct)` is the estimate from confidence (n,) in [0, 1] and correct (n,) bool. All describe
the pair (confidence, correct), so brier and nll are those of a binary outcome, not of all classes.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import binning, ranking, shrinkage, smooth
from .sample import (
    Sample,
    checked_confidence,
    checked_correct,
    checked_probabilities,
    exact,
    first_of_equals,
    make_sample,
)
from .unseen import either_way

_EPSILON = float(np.finfo(float).eps)


class _Estimator(ABC):
    """An estimator: `value` takes a sample, a call takes confidence (n,) and correct (n,)."""

    @abstractmethod
    def value(self, sample: Sample) -> float:
        """Return the estimate."""

    def __call__(self, confidence, correct) -> float:
        return self.value(make_sample(confidence, correct))


@dataclass(frozen=True)
class Binned(_Estimator):
    """A function of the sums in `bins` bins, equally wide or (mass) equally full.

    `population` estimates the value in the population from shrunk gaps: an interval is centred on it. Without it the
    bootstrap's own estimate of the bias is used.
    """

    formula: Callable[[binning.BinSums], np.ndarray]
    bins: int = 15
    mass: bool = False
    population: Callable[[shrinkage.Gaps], np.ndarray] | None = None

    def edges(self, confidence: np.ndarray) -> np.ndarray:
        """Inner edges of the bins for these units."""
        return binning.mass_edges(confidence, self.bins) if self.mass else binning.width_edges(self.bins)

    def value(self, sample: Sample) -> float:
        """Return the plug-in estimate."""
        return float(self.formula(binning.bin_sums(sample.confidence, sample.correct, self.edges(sample.confidence))))


@dataclass(frozen=True)
class Mean(_Estimator):
    """A mean over the units of a value that each has, between `lowest` and `highest`."""

    unit: Callable[[np.ndarray, np.ndarray], np.ndarray]
    lowest: float = 0.0
    highest: float = 1.0

    def reach(self, confidence: np.ndarray, correct: np.ndarray) -> Callable[[float], tuple[float, float]]:
        """Return a function of a share: the most that the mean falls and rises if that share flips."""
        change = self.unit(confidence, 1 - correct) - self.unit(confidence, correct)
        return lambda share: (share * max(0.0, -change.min()), share * max(0.0, change.max()))

    def value(self, sample: Sample) -> float:
        """Return the mean."""
        values = self.unit(sample.confidence, sample.correct)
        return float(exact(values, len(values)).sum() / len(values))


@dataclass(frozen=True)
class Ranked(_Estimator):
    """A function of the curve of right and wrong units over the distinct confidences.

    `reach`: how much lower and higher the value may be, at most, where a share of the units, all alike, had the other
    outcome. `highest`: the largest value; the lowest is 0.
    """

    formula: Callable[[ranking.Curve], np.ndarray]
    reach: Callable[[float], tuple[float, float]] = either_way
    highest: float = 1.0

    def value(self, sample: Sample) -> float:
        """Return the function of the curve."""
        return float(self.formula(_curve(sample)))


@dataclass(frozen=True)
class Paired(_Estimator):
    """A function of the counts of right, of wrong, and of pairs of them; `reach` and `highest` as in `Ranked`."""

    formula: Callable[[ranking.Pairs], np.ndarray]
    reach: Callable[[float], tuple[float, float]] = either_way
    highest: float = 1.0

    def value(self, sample: Sample) -> float:
        """Return the function of the counts."""
        return float(self.formula(ranking.pairs(_curve(sample))))


def _curve(sample: Sample) -> ranking.Curve:
    starts = first_of_equals(sample.confidence)
    right, wrong = (np.add.reduceat(side, starts)[::-1] for side in (sample.correct, 1 - sample.correct))
    return ranking.Curve(right, wrong)


@dataclass(frozen=True)
class Smooth(_Estimator):
    """smECE."""

    def value(self, sample: Sample) -> float:
        """Return the estimate."""
        return float(smooth.smece(sample.confidence, sample.correct, np.ones((1, len(sample.confidence))))[0])


Metric = Binned | Mean | Ranked | Paired | Smooth


def _nll(confidence: np.ndarray, correct: np.ndarray) -> np.ndarray:
    """-log of the probability given to what happened, in nats; probabilities are kept 2.2e-16 away from 0."""
    return -np.log(np.maximum(np.where(correct == 1, confidence, 1 - confidence), _EPSILON))


def _at_the_top(share: float) -> tuple[float, float]:
    """Return the most that AURC changes by a share s of errors that rank above the rest: s - s log(s), either way."""
    return either_way(share * (1 - math.log(share)))


METRICS: dict[str, Metric] = {
    "ece_width_10": Binned(binning.ece, bins=10, population=shrinkage.population_l1),
    "ece_width_15": Binned(binning.ece, population=shrinkage.population_l1),
    "ece_mass_15": Binned(binning.ece, mass=True, population=shrinkage.population_l1),
    "ece_debiased_l1": Binned(binning.ece_debiased_l1, population=shrinkage.population_l1),
    "ece_debiased_l2": Binned(binning.ece_debiased_l2, population=shrinkage.population_l2),
    "rmsce_width_15": Binned(binning.rmsce, population=shrinkage.population_l2),
    "mce_width_15": Binned(binning.mce),
    "smece": Smooth(),
    "signed_gap": Mean(lambda confidence, correct: confidence - correct, lowest=-1.0),
    "mean_confidence": Mean(lambda confidence, correct: confidence),
    "brier": Mean(lambda confidence, correct: (confidence - correct) ** 2),
    "nll": Mean(_nll, highest=-math.log(_EPSILON)),
    "auroc": Paired(ranking.auroc, reach=lambda share: either_way(1.0)),
    "aurc": Ranked(ranking.aurc, reach=_at_the_top),
    "eaurc": Ranked(ranking.eaurc, reach=_at_the_top),
    "augrc": Paired(ranking.augrc, highest=0.5),
    "accuracy_at_80": Ranked(ranking.accuracy_at_coverage, reach=lambda share: either_way(share / 0.8)),
}


def metric(name: str) -> Metric:
    """Return the estimator of that name; raises ValueError with the allowed names."""
    if name not in METRICS:
        raise ValueError(f"unknown calibration metric {name!r}; allowed: {', '.join(METRICS)}")
    return METRICS[name]


def murphy(confidence, correct, *, bins: int = 15, mass: bool = False) -> dict[str, float]:
    """The Brier score in parts: brier = reliability - resolution + uncertainty + within_variance - within_covariance.

    Murphy 1973; the last two, the variance of confidence and twice its covariance with correctness inside the bins,
    make the sum exact for binned confidences (Stephenson et al. 2008). All are means over the units.
    """
    sample = make_sample(confidence, correct)
    edges = Binned(binning.ece, bins=bins, mass=mass).edges(sample.confidence)
    sums = binning.bin_sums(sample.confidence, sample.correct, edges)
    place = np.searchsorted(edges, sample.confidence, side="left")
    units = np.maximum(sums.n, 1)
    accuracy, base = sums.correct / units, sample.correct.mean()
    off = sample.confidence - (sums.confidence / units)[place]
    return {
        "reliability": float((sums.share * sums.gap**2).sum()),
        "resolution": float((sums.share * (accuracy - base) ** 2).sum()),
        "uncertainty": float(base * (1 - base)),
        "within_variance": float((off**2).mean()),
        "within_covariance": float(2 * (off * (sample.correct - accuracy[place])).mean()),
    }


def classwise_ece(probabilities, gold, *, bins: int = 15) -> float:
    """Mean over classes of the equal-width ECE of that class's probability (Nixon et al. 2019; Kull et al. 2019).

    probabilities (n, k) with rows that sum to 1 (see `checked_probabilities`), gold (n,) in 0..k-1; ValueError
    otherwise.
    """
    probabilities, gold = checked_probabilities(probabilities), np.asarray(gold)
    if gold.shape != probabilities.shape[:1]:
        raise ValueError(f"probabilities have shape {probabilities.shape} and gold {gold.shape}; not (n, k) and (n,)")
    if not ((gold >= 0) & (gold < probabilities.shape[1])).all():
        raise ValueError(f"gold has values outside 0..{probabilities.shape[1] - 1}")
    plug_in = Binned(binning.ece, bins=bins)
    return float(np.mean([plug_in(column, gold == label) for label, column in enumerate(probabilities.T)]))


def reliability(confidence, correct, *, bins: int = 15) -> list[dict[str, float | None]]:
    """The reliability curve: for every equal-width bin its edges low and high, n, mean confidence and accuracy.

    The means of an empty bin are None.
    """
    sums = binning.bin_sums(checked_confidence(confidence), checked_correct(correct), binning.width_edges(bins))
    edges = np.arange(bins + 1) / bins
    return [
        {
            "low": float(low),
            "high": float(high),
            "n": int(n),
            "confidence": float(total / n) if n else None,
            "accuracy": float(right / n) if n else None,
        }
        for low, high, n, total, right in zip(edges[:-1], edges[1:], *sums, strict=True)
    ]
