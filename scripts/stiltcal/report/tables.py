"""Build the tables of scores and errors, as tidy rows (CSV twins) and as LaTeX tabulars (booktabs, siunitx)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import BEST, cell, rows_of, where
from .labels import METRICS_SHORT, intermediate_label, perturbation_label, report_order, target_label
from .latex import Block, number_tabular
from .printed import Lines, best_of_columns, printed_numbers

_KEYS = ["target", "perturbation", "language", "unit", "scaling", "metric", "intermediate"]
_SCORE = ["unit", "value", "estimate", "low", "high", "n"]
_CHANGE = ["effect", "difference", "estimate", "low", "high", "p_holm", "lost"]
_EFFECT = ["effect", "difference", "difference_estimate", "difference_low", "difference_high", "p_holm", "lost"]
#: The column whose sign the arrow of a score or an error follows.
_DIRECTION = "difference_estimate"


class Table(NamedTuple):
    """A table as files hold it. rows: the CSV twin. latex: a bare tabular."""

    rows: pd.DataFrame
    latex: str


def table_rows(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    intermediates: Sequence[str],
    cells: Sequence[tuple[str, str, str]],
    language: str,
    scaling: str,
    seed: str,
    best: Mapping[str, str],
) -> pd.DataFrame:
    """Return table rows: the score of every intermediate task for each (target, perturbation, metric) of `cells`.

    best: the best intermediate task by target, chosen on dev items; it adds a row `best_per_target`. {}: no such row.
    A row joins one of `scores.csv` and the effect of the intermediate task on the same text from `comparisons`, whose
    column `lost` marks lost tasks (`lost.mark_lost`). A cell that was not run has no value. Raises ValueError for a
    name that a table lacks.
    """
    scores = rows_of(scores, language=language, scaling=scaling, seed=seed)
    comparisons = rows_of(comparisons, language=language, scaling=scaling)
    effect = "intermediate" if set(intermediates) != {"none"} else "perturbation"
    rows = []
    for target, perturbation, metric in cells:
        keys = {"target": target, "perturbation": perturbation, "metric": metric}
        here, there = where(scores, **keys), where(comparisons, **keys, effect=effect)
        sources = dict(zip(intermediates, intermediates, strict=True)) | ({BEST: best[target]} if best else {})
        for intermediate, source in sources.items():
            score, change = cell(here, intermediate=source), cell(there, intermediate=source)
            rows.append({**keys, "intermediate": intermediate} | _score(score) | _change(change))
    table = pd.DataFrame(rows).assign(language=language, scaling=scaling)
    return table.reindex(columns=[*_KEYS, *_SCORE[1:], *_EFFECT]).astype({"n": "Int64"})


def _score(row: pd.Series | None) -> dict:
    return {} if row is None else row[_SCORE].to_dict()


def _change(row: pd.Series | None) -> dict:
    if row is None:
        return {}
    return dict(zip(_EFFECT, row[_CHANGE], strict=True))


class ScoresGrid(NamedTuple):
    """The printed table of task scores. heads: (target, its metrics). lines: (label, numbers)."""

    heads: list[tuple[str, list[str]]]
    lines: Lines


class CalibrationGrid(NamedTuple):
    """The printed table of calibration errors. head: targets. blocks: (heading, lines) of each text."""

    head: list[str]
    blocks: list[tuple[str, Lines]]


def scores_grid(rows: pd.DataFrame, targets: Mapping[str, dict]) -> ScoresGrid:
    """Arrange scores: a line for each intermediate task, a column for each target and metric, as in XTREME's table."""
    ordered = report_order(targets)
    found = printed_numbers(rows, ["intermediate", "target", "metric"], _DIRECTION)
    heads = [(target_label(t), [METRICS_SHORT.get(m, m) for m in targets[t]["metrics"]]) for t in ordered]
    columns = [(target, metric) for target in ordered for metric in targets[target]["metrics"]]
    names = rows.intermediate.unique()
    lines = [(intermediate_label(name), [found[name, *column] for column in columns]) for name in names]
    return ScoresGrid(heads, lines)


def calibration_grid(rows: pd.DataFrame, targets: Mapping[str, dict]) -> CalibrationGrid:
    """Arrange errors: a block for each text, a line for each intermediate task, a column for each target."""
    ordered = report_order(targets)
    found = printed_numbers(rows, ["perturbation", "intermediate", "target"], _DIRECTION)
    names = rows.intermediate.unique()
    blocks = [
        (perturbation_label(text), [(intermediate_label(n), [found[text, n, t] for t in ordered]) for n in names])
        for text in rows.perturbation.unique()
    ]
    return CalibrationGrid([target_label(target) for target in ordered], blocks)


def scores_latex(grid: ScoresGrid) -> str:
    """Format task scores in per cent as a bare tabular; arrows mark significant differences from the first line."""
    block = Block("", best_of_columns(grid.lines, highest=True))
    groups = [(target, len(metrics)) for target, metrics in grid.heads]
    return number_tabular([metric for _, metrics in grid.heads for metric in metrics], [block], groups=groups)


def calibration_latex(grid: CalibrationGrid) -> str:
    """Format errors times 100 as a bare tabular, each with its interval below and the n of its column above."""
    blocks = [Block(heading, best_of_columns(lines)) for heading, lines in grid.blocks]
    return number_tabular(grid.head, blocks, counts=True, intervals=True)
