"""Judge primary hypotheses: improves, degrades, equivalent, inconclusive or task lost."""

import numpy as np
from scipy.special import stdtr, stdtrit

from ..calibration.estimate import Estimate, beyond, degrees_of_freedom, p_value, standard_error

VERDICTS = ("improves", "degrades", "equivalent", "inconclusive", "task lost")
POWER = 0.8


def equivalence_p(estimate: Estimate, margin: float) -> float:
    """Return p of "the population value is outside [-margin, margin]": the larger of two one-sided ones (Schuirmann
    1987).

    What may lie `beyond` counts in favour of a large value. 1 where a single cluster says nothing of the variance.
    """
    error, df = float(standard_error(estimate)), float(degrees_of_freedom(estimate))
    less, more = map(float, beyond(estimate))
    inside = min(margin - float(estimate.centre) - more, margin + float(estimate.centre) - less)
    if not np.isfinite(error):
        return 1.0
    if error == 0:
        return float(inside <= 0)
    return float(stdtr(df, -inside / error))


def smallest_detectable(
    error: float, critical: float, df: float, unseen: float = 0.0, largest: float = np.inf
) -> float | None:
    """Return the effect that is found with probability POWER if |t| must exceed `critical`: (critical + t_0.8) * error.

    `unseen` is added: the interval is wider by it. None where the standard error is unknown, and where the effect would
    exceed the `largest` that there is: then no effect is found with that probability.
    """
    effect = (critical + stdtrit(df, POWER)) * error + unseen
    return float(effect) if np.isfinite(error) and effect <= largest else None


def verdict(low: float, high: float, is_equivalent: bool, lost: str, task: Estimate | None, level: float) -> tuple:
    """Return (verdict, reason) for an error's change with the simultaneous interval [low, high].

    `lost` says why a model does not do the task, "" where both do. `task`: the change of the task score; an error that
    fell together with it is no improvement.
    """
    if lost:
        return "task lost", lost
    if high < 0:
        if task is not None and float(task.centre) < 0 and float(p_value(task)) < level:
            return "task lost", "the error fell, and so did the task score"
        return "improves", ""
    if low > 0:
        return "degrades", ""
    return ("equivalent", "") if is_equivalent else ("inconclusive", "")
