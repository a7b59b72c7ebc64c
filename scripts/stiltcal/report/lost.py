"""Improvements that are none: the error fell, but so did the task score, or a model is at the level of guessing."""

from collections.abc import Mapping

import pandas as pd

from ..formats.results import decided, rows_of
from ..tasks.kinds import KINDS

_CELL = ["intermediate", "target", "perturbation", "language"]


def mark_lost(
    errors: pd.DataFrame, comparisons: pd.DataFrame, scores: pd.DataFrame, targets: Mapping[str, dict], seed: str
) -> pd.DataFrame:
    """Comparisons of an error with a column `lost`: True where a decided fall of the error came with a lost task.

    A task is lost where the leading metric fell significantly in the same cell (for an interaction also where it fell
    on the perturbed text), or where the model with or without intermediate training is not above guessing on that text.
    `targets` maps names to their `kind` and `metrics`. What a perturbation
    does to one model is no effect of intermediate training and never marked.
    """
    fell, guessing = _fallen(comparisons, targets), _at_guessing(scores, targets, seed)
    cells = pd.Series(list(errors[_CELL].itertuples(index=False, name=None)), index=errors.index, dtype=object)
    without = cells.map(lambda cell: ("none", *cell[1:]))
    effects = pd.Series(list(zip(errors.effect, cells, strict=True)), index=errors.index, dtype=object)
    on_text = cells.map(lambda cell: ("intermediate", cell))
    lost = effects.isin(fell) | on_text.isin(fell) | cells.isin(guessing) | without.isin(guessing)
    improved = decided(errors) & (errors.estimate < 0) & (errors.effect != "perturbation")
    return errors.assign(lost=lost & improved)


def _fallen(comparisons: pd.DataFrame, targets: Mapping[str, dict]) -> set[tuple]:
    """(effect, cell) of comparisons whose leading task metric fell significantly."""
    leading = comparisons.target.map({name: task["metrics"][0] for name, task in targets.items()})
    rows = rows_of(comparisons[(comparisons.metric == leading) & (comparisons.scaling == "none")])
    rows = rows[decided(rows) & (rows.estimate < 0)]
    return set(zip(rows.effect, rows[_CELL].itertuples(index=False, name=None), strict=True))


def _at_guessing(scores: pd.DataFrame, targets: Mapping[str, dict], seed: str) -> set[tuple]:
    """Cells whose score is not above guessing: its interval reaches down to that level."""
    scores = rows_of(scores[(scores.scaling == "none") & (scores.seed == seed)])
    guard = scores[
        scores.metric == scores.target.map({name: KINDS[task["kind"]].guard for name, task in targets.items()})
    ]
    level = scores[scores.metric == "guessing"].set_index(_CELL).estimate.rename("guessing")
    both = guard.join(level, on=_CELL, how="inner")
    both = both[both.low.fillna(both.estimate) <= both.guessing]
    return set(both[_CELL].itertuples(index=False, name=None))
