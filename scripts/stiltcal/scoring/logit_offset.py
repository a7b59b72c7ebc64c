"""Interaction of intermediate training and perturbation on a scale that does not depend on the level of confidence.

logit P(right) = logit(confidence) + a[target, language] + b1 I + b2 P + b3 I P

I: with intermediate training; P: on perturbed text. The coefficients say how much more often an answer is right than
its confidence says, in log odds. A perturbation that lowers confidence and accuracy alike leaves b2 and b3 at 0. So
does one equal shift of the log odds on both texts, which changes an ECE by different amounts.
"""

import math
import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from ..calibration.confidence import log_odds

#: Coefficients beyond this many log odds, or as uncertain, mean that the data separate: there is no finite estimate.
SEPARATED = 15.0


class Interaction(NamedTuple):
    """b3 with its 95 % interval and two-sided p; `reason` says why there is none (then the numbers are None)."""

    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    clusters: int
    reason: str = ""


def interaction(columns: Mapping[str, np.ndarray], fits: Mapping[int, np.ndarray] | None = None) -> Interaction:
    """Estimate b3 from items (n,): `confidence`, `correct`, `group` (of target and language), `trained` (I),
    `perturbed` (P), `cluster` and `seed`.

    A binomial GLM with an offset; the variance is the sandwich by cluster (Liang & Zeger 1986, statsmodels), t has
    clusters minus 1 degrees of freedom. Several seeds are fitted together, and the variance of the mean over their own
    fits is added; the degrees of freedom are then Satterthwaite's.

    Confidences after fitted scalings also have `fit`, a key of `fits`, which holds its blocks (k, BLOCKS), and `change`
    (n, k): what its error does to them (`calibration.fit_effect`). The variance that this makes is added, too.
    """
    n, clusters = len(columns["correct"]), len(np.unique(columns["cluster"]))
    if clusters < 2:
        return Interaction(None, None, None, None, n, clusters, "a single cluster says nothing of the variance")
    if len({*zip(columns["trained"].tolist(), columns["perturbed"].tolist(), strict=True)}) < 4:
        return Interaction(None, None, None, None, n, clusters, "one of the four cells has no items")
    b3, variance = _fit(columns, fits)
    seeds = np.unique(columns["seed"])
    between = 0.0
    if len(seeds) > 1:
        single = [_fit({k: v[columns["seed"] == s] for k, v in columns.items()})[0] for s in seeds]
        between = float(np.var(single, ddof=1) / len(seeds))
    # Where the cells separate, rounding can leave a variance below 0.
    error = math.sqrt(max(variance + between, 0.0))
    if not math.isfinite(error) or abs(b3) > SEPARATED or error > SEPARATED or error == 0:
        return Interaction(None, None, None, None, n, clusters, "right and wrong answers are separated by the cells")
    df = clusters - 1.0
    if between > 0:
        df = error**4 / (between**2 / (len(seeds) - 1) + variance**2 / df)
    reach = stdtrit(df, 0.975) * error
    return Interaction(b3, b3 - reach, b3 + reach, float(2 * stdtr(df, -abs(b3) / error)), n, clusters)


def _fit(columns: Mapping[str, np.ndarray], fits: Mapping[int, np.ndarray] | None = None) -> tuple[float, float]:
    """(b3, its variance, without the seeds')."""
    import statsmodels.api as sm  # it takes a second to load

    trained, perturbed = (columns[name].astype(float) for name in ("trained", "perturbed"))
    groups, group = np.unique(columns["group"], return_inverse=True)
    design = np.column_stack([group[:, None] == np.arange(len(groups)), trained, perturbed, trained * perturbed])
    offset = log_odds(columns["confidence"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation is told by the size of the coefficients
        model = sm.GLM(columns["correct"].astype(float), design.astype(float), sm.families.Binomial(), offset=offset)
        _, cluster = np.unique(columns["cluster"], return_inverse=True)
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": cluster})
    # The score sum_i x_i (y_i - p_i) stays 0 where an offset moves: b3 changes by -(X'WX)^-1 x_i w_i for each of it.
    slopes = -(design @ fit.normalized_cov_params[-1]) * fit.fittedvalues * (1 - fit.fittedvalues)
    return float(fit.params[-1]), float(fit.cov_params()[-1, -1]) + _of_scalings(columns, fits or {}, slopes)


def _of_scalings(columns: Mapping[str, np.ndarray], fits: Mapping[int, np.ndarray], slopes: np.ndarray) -> float:
    """The variance that fitted scalings make in what has `slopes` (n,) over the offsets."""
    if not fits:
        return 0.0
    confidence = columns["confidence"].astype(float)
    odds, (lowest, highest) = log_odds(confidence), log_odds(np.array([0.0, 1.0]))
    inside = (lowest < odds) & (odds < highest)
    by_confidence = np.divide(slopes, confidence * (1 - confidence), out=np.zeros_like(slopes), where=inside)
    numbers, fit = np.unique(columns["fit"], return_inverse=True)
    moves = [np.bincount(fit, by_confidence * change, len(numbers)) for change in columns["change"].T]
    influence = sum(
        move[: len(fits[n])] @ fits[n] for n, move in zip(numbers.tolist(), np.transpose(moves), strict=True)
    )
    return float((influence**2).sum())
