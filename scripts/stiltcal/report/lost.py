"""Mark lower errors that are no improvement: the task score fell, too, or a model is at chance level."""

from collections.abc import Mapping

import pandas as pd

from ..formats.results import rows_of, significant
from ..tasks.kinds import KINDS

_CELL = ["intermediate", "target", "perturbation", "language"]


def mark_lost(
    errors: pd.DataFrame, comparisons: pd.DataFrame, scores: pd.DataFrame, targets: Mapping[str, dict], seed: str
) -> pd.DataFrame:
    """Add the column `lost` to comparisons of an error: True for a significant fall of the error with a lost task.

    The task is lost if the leading metric fell significantly in the same cell (for an interaction also if it fell on
    the perturbed text), or if the model with or without intermediate training is not above chance level on that text.
    targets: `kind` and `metrics` by name. The effect of a perturbation on one model is not an effect of intermediate
    training and is never marked.
    """
    fell, at_chance = _fallen(comparisons, targets), _at_chance(scores, targets, seed)
    cells = pd.Series(list(errors[_CELL].itertuples(index=False, name=None)), index=errors.index, dtype=object)
    without = cells.map(lambda cell: ("none", *cell[1:]))
    effects = pd.Series(list(zip(errors.effect, cells, strict=True)), index=errors.index, dtype=object)
    on_text = cells.map(lambda cell: ("intermediate", cell))
    lost = effects.isin(fell) | on_text.isin(fell) | cells.isin(at_chance) | without.isin(at_chance)
    improved = significant(errors) & (errors.estimate < 0) & (errors.effect != "perturbation")
    return errors.assign(lost=lost & improved)


def _fallen(comparisons: pd.DataFrame, targets: Mapping[str, dict]) -> set[tuple]:
    """Return (effect, cell) of the comparisons whose leading task metric fell significantly."""
    leading = comparisons.target.map({name: task["metrics"][0] for name, task in targets.items()})
    rows = rows_of(comparisons[(comparisons.metric == leading) & (comparisons.scaling == "none")])
    rows = rows[significant(rows) & (rows.estimate < 0)]
    return set(zip(rows.effect, rows[_CELL].itertuples(index=False, name=None), strict=True))


def _at_chance(scores: pd.DataFrame, targets: Mapping[str, dict], seed: str) -> set[tuple]:
    """Return the cells whose guard score is not above chance level: its interval reaches down to that level."""
    scores = rows_of(scores[(scores.scaling == "none") & (scores.seed == seed)])
    guard = scores[
        scores.metric == scores.target.map({name: KINDS[task["kind"]].guard for name, task in targets.items()})
    ]
    level = scores[scores.metric == "guessing"].set_index(_CELL).estimate.rename("guessing")
    both = guard.join(level, on=_CELL, how="inner")
    both = both[both.low.fillna(both.estimate) <= both.guessing]
    return set(both[_CELL].itertuples(index=False, name=None))
