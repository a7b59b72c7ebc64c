"""Mark lower errors that are no improvement: the task score fell, too, or a model is at chance level."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..formats.coded import CodedTable, coded
from ..formats.results import LEVEL
from ..tasks.kinds import KINDS

_TEXT = ("target", "perturbation", "language")
_CELL = ("intermediate", *_TEXT)
_KEYS = (*_CELL, "unit", "scaling", "metric")


def mark_lost(
    errors: pd.DataFrame, comparisons: pd.DataFrame, scores: pd.DataFrame, targets: Mapping[str, dict], seed: str
) -> pd.DataFrame:
    """Add the column `lost` to comparisons of an error, as of `is_lost`. seed: the scores that count."""
    judged = coded(errors, (*_CELL, "effect"), ("estimate", "p_holm"))
    compared = coded(comparisons, (*_KEYS, "effect"), ("estimate", "p_holm"))
    scored = coded(scores[scores.seed == seed], _KEYS, ("estimate", "low"))
    return errors.assign(lost=is_lost(judged, compared, scored, targets))


def is_lost(errors: CodedTable, comparisons: CodedTable, scores: CodedTable, targets: Mapping[str, dict]) -> np.ndarray:
    """Return a mask (n,) of comparisons of an error: True for a significant fall of the error with a lost task.

    The task is lost if the leading metric fell significantly in the same cell (for an interaction also if it fell on
    the perturbed text), or if the model with or without intermediate training is not above chance level on that text.
    scores: of one seed. targets: `kind` and `metrics` by name. The effect of a perturbation on one model is not an
    effect of intermediate training and is never marked.
    """
    fell, at_chance = _fallen(comparisons, targets), _at_chance(scores, targets)
    on_text = fell.take(fell.is_name("effect", "intermediate"))
    without = at_chance.take(at_chance.is_name("intermediate", "none"))
    reasons = [(fell, ("effect", *_CELL)), (on_text, _CELL), (at_chance, _CELL), (without, _TEXT)]
    lost = np.any([errors.places(rows, keys) >= 0 for rows, keys in reasons], axis=0)
    return lost & _falls(errors) & ~errors.is_name("effect", "perturbation")


def _falls(comparisons: CodedTable) -> np.ndarray:
    return (comparisons.numbers["p_holm"] < LEVEL) & (comparisons.numbers["estimate"] < 0)


def _fallen(comparisons: CodedTable, targets: Mapping[str, dict]) -> CodedTable:
    """Select the comparisons whose leading task metric fell significantly."""
    rows = _of_metric(comparisons, {name: task["metrics"][0] for name, task in targets.items()})
    return rows.take(_falls(rows))


def _at_chance(scores: CodedTable, targets: Mapping[str, dict]) -> CodedTable:
    """Select the guard scores that are not above chance level: their intervals reach down to that level."""
    guard = _of_metric(scores, {name: KINDS[task["kind"]].guard for name, task in targets.items()})
    level = _of_metric(scores, dict.fromkeys(targets, "guessing"))
    chance = np.append(level.numbers["estimate"], np.nan)[guard.places(level, _CELL)]
    low, estimate = guard.numbers["low"], guard.numbers["estimate"]
    return guard.take(np.where(np.isnan(low), estimate, low) <= chance)


def _of_metric(table: CodedTable, metrics: Mapping[str, str]) -> CodedTable:
    """Select the unscaled rows with the metric of their target, in the main unit of analysis."""
    names = [*set(metrics.values())]
    wanted = np.array([names.index(metrics[name]) if name in metrics else -2 for name in table.names["target"]])
    is_wanted = table.recoded("metric", names) == wanted[table.codes["target"]]
    return table.take(is_wanted & table.is_name("scaling", "none") & table.is_main_unit())
