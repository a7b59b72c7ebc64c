"""Verdicts on primary hypotheses: a difference, equivalence, neither, or a task that the models no longer do."""

import numpy as np
from scipy.special import stdtr, stdtrit

from ..calibration.estimate import Estimate, degrees_of_freedom, p_value, standard_error

VERDICTS = ("improves", "degrades", "equivalent", "inconclusive", "task lost")
POWER = 0.8


def equivalence_p(estimate: Estimate, margin: float) -> float:
    """p of "the population value is outside [-margin, margin]": the larger of two one-sided ones (Schuirmann 1987).

    `unseen` counts in favour of a large value. 1 where a single cluster tells nothing of the standard error.
    """
    error, df = float(standard_error(estimate)), float(degrees_of_freedom(estimate))
    less, more = (float(part) for part in np.asarray(estimate.unseen))
    inside = min(margin - float(estimate.centre) - more, margin + float(estimate.centre) - less)
    if not np.isfinite(error):
        return 1.0
    if error == 0:
        return float(inside <= 0)
    return float(stdtr(df, -inside / error))


def smallest_detectable(error: float, critical: float, df: float, unseen: float = 0.0) -> float | None:
    """The effect that is found with probability POWER where |t| must exceed `critical`: (critical + t_0.8) * error.

    `unseen` is added: the interval is wider by it. None where the standard error is unknown.
    """
    if not np.isfinite(error):
        return None
    return float((critical + stdtrit(df, POWER)) * error + unseen)


def verdict(low: float, high: float, is_equivalent: bool, lost: str, task: Estimate | None, level: float) -> tuple:
    """(verdict, reason) of an error's change with the simultaneous interval [low, high].

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
