"""Build the tables of scores and errors, as tidy rows (CSV twins) and as LaTeX tabulars (booktabs, siunitx)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..formats.results import BEST, LEVEL, cell, rows_of
from .labels import METRICS_SHORT, intermediate_label, perturbation_label, report_order, target_label
from .numbers import decimals_of

_KEYS = ["target", "perturbation", "language", "unit", "scaling", "metric", "intermediate"]
_SCORE = ["unit", "value", "estimate", "low", "high", "n"]
_CHANGE = ["effect", "difference", "estimate", "low", "high", "p_holm", "lost"]
_EFFECT = ["effect", "difference", "difference_estimate", "difference_low", "difference_high", "p_holm", "lost"]
_MARKS = {"": "", "up": "{$^{\\uparrow}$}", "down": "{$^{\\downarrow}$}", "lost": "{$^{\\times}$}"}
_LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "&%$#_{}"}
    | {"~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\\": "\\textbackslash{}"}
)
_NUMBER = "S[table-format=2.1,table-space-text-post={$^{\\uparrow}$},table-align-text-post=false]"


class PrintedNumber(NamedTuple):
    """An estimate with its interval, n and mark. estimate: None if not run. low, high: None without an interval.

    mark: a significant change, "up", "down" or "lost" (down, but the task is lost); else "".
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int | None
    mark: str

    def percent(self, column: str) -> str:
        """Format a field times 100, with enough decimals to tell the estimate from the ends of its interval."""
        decimals = 1
        if self.estimate is not None and self.low is not None and self.high is not None:
            decimals = decimals_of(100 * self.estimate, 100 * self.low, 100 * self.high, least=1)
        return f"{100 * getattr(self, column):.{decimals}f}"


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
        where = {"target": target, "perturbation": perturbation, "metric": metric}
        here = scores[(scores[list(where)] == pd.Series(where)).all(axis=1)]
        there = comparisons[(comparisons[["effect", *where]] == pd.Series({"effect": effect, **where})).all(axis=1)]
        sources = dict(zip(intermediates, intermediates, strict=True)) | ({BEST: best[target]} if best else {})
        for intermediate, source in sources.items():
            score, change = cell(here, intermediate=source), cell(there, intermediate=source)
            rows.append({**where, "intermediate": intermediate} | _score(score) | _change(change))
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
    lines: list[tuple[str, list[PrintedNumber]]]


class CalibrationGrid(NamedTuple):
    """The printed table of calibration errors. head: targets. blocks: (heading, lines) of each text."""

    head: list[str]
    blocks: list[tuple[str, list[tuple[str, list[PrintedNumber]]]]]


def scores_grid(rows: pd.DataFrame, targets: Mapping[str, dict]) -> ScoresGrid:
    """Arrange scores: a line for each intermediate task, a column for each target and metric, as in XTREME's table."""
    ordered = report_order(targets)
    found = _cells(rows, ["intermediate", "target", "metric"])
    heads = [(target_label(t), [METRICS_SHORT.get(m, m) for m in targets[t]["metrics"]]) for t in ordered]
    columns = [(target, metric) for target in ordered for metric in targets[target]["metrics"]]
    names = rows.intermediate.unique()
    lines = [(intermediate_label(name), [found[name, *column] for column in columns]) for name in names]
    return ScoresGrid(heads, lines)


def calibration_grid(rows: pd.DataFrame, targets: Mapping[str, dict]) -> CalibrationGrid:
    """Arrange errors: a block for each text, a line for each intermediate task, a column for each target."""
    ordered = report_order(targets)
    found = _cells(rows, ["perturbation", "intermediate", "target"])
    names = rows.intermediate.unique()
    blocks = [
        (perturbation_label(text), [(intermediate_label(n), [found[text, n, t] for t in ordered]) for n in names])
        for text in rows.perturbation.unique()
    ]
    return CalibrationGrid([target_label(target) for target in ordered], blocks)


def scores_latex(grid: ScoresGrid) -> str:
    """Format task scores in per cent as a bare tabular; arrows mark significant differences from the first line."""
    header = [("", ""), *((target, metric) for target, metrics in grid.heads for metric in metrics)]
    lines = [[_escaped(label), *map(_value, cells)] for label, cells in grid.lines]
    latex = _latex(pd.DataFrame(lines, columns=pd.MultiIndex.from_tuples(header)))
    return _insert(latex.replace("\\\\\n", f"\\\\\n{_spans(grid)}\n", 1), {0: "\\midrule"})


def calibration_latex(grid: CalibrationGrid) -> str:
    """Format errors times 100 as a bare tabular, each with its interval below and the n of its column above."""
    lines: list[list[str]] = []
    rules: dict[int, str] = {}
    for text, block in grid.blocks:
        heading = f"\\multicolumn{{{len(grid.head) + 1}}}{{l}}{{\\emph{{{_escaped(text)}}}}} \\\\"
        rules[len(lines) - 1] = f"\\midrule\n{heading}" if lines else heading
        lines.append(["$n$", *map(_count, zip(*(cells for _, cells in block), strict=True))])
        for label, cells in block:
            lines += [[_escaped(label), *map(_value, cells)], ["", *map(_interval, cells)]]
            rules[len(lines) - 1] = "\\addlinespace[2pt]"
    del rules[len(lines) - 1]
    return _insert(_latex(pd.DataFrame(lines, columns=["", *grid.head])), rules)


def _cells(rows: pd.DataFrame, keys: list[str]) -> dict[tuple, PrintedNumber]:
    """Return the printed number of each row, by its keys."""
    is_significant = rows.p_holm < LEVEL
    mark = np.select(
        [is_significant & rows.lost.eq(True), is_significant & (rows.difference_estimate > 0), is_significant],
        ["lost", "up", "down"],
        "",
    )
    table = rows.assign(mark=mark)[["estimate", "low", "high", "n", "mark"]].astype(object)
    cells = table.where(table.notna(), None).itertuples(index=False, name=None)
    return {
        key: PrintedNumber(*cell)
        for key, cell in zip(rows[keys].itertuples(index=False, name=None), cells, strict=True)
    }


def _spans(grid: ScoresGrid) -> str:
    """Rules under the names of targets that head several columns (the table's first column holds labels)."""
    ends = np.cumsum([len(metrics) for _, metrics in grid.heads]) + 1
    several = [(end - len(metrics) + 1, end) for end, (_, metrics) in zip(ends, grid.heads, strict=True) if metrics[1:]]
    return "".join(f"\\cmidrule(lr){{{first}-{last}}}" for first, last in several)


def _escaped(label: str) -> str:
    """Let LaTeX print a label as it is: a label of a task is its author's text, not a command."""
    return label.translate(_LATEX)


def _value(cell: PrintedNumber) -> str:
    return "{--}" if cell.estimate is None else f"{cell.percent('estimate')}{_MARKS[cell.mark]}"


def _interval(cell: PrintedNumber) -> str:
    return "" if cell.low is None else f"{{\\scriptsize {cell.percent('low')}--{cell.percent('high')}}}"


def _count(cells: Iterable[PrintedNumber]) -> str:
    """The n of a column; a range where the models do not share it (entities are those that a model found)."""
    counts = [cell.n for cell in cells if cell.n is not None]
    ends = dict.fromkeys((min(counts), max(counts))) if counts else {}
    numbers = "--".join(f"\\num{{{count}}}" for count in ends)
    return f"{{\\scriptsize {numbers}}}"


def _latex(table: pd.DataFrame) -> str:
    """A bare tabular: the first column holds labels, the others numbers."""
    styler = table.style.hide(axis="index").format_index(escape="latex", axis=1)
    columns = f"l*{{{table.shape[1] - 1}}}{{{_NUMBER}}}"
    return styler.to_latex(hrules=True, siunitx=True, column_format=columns, multicol_align="c")


def _insert(latex: str, rules: Mapping[int, str]) -> str:
    """Put a rule or heading after each numbered line of the body; -1 is before the first."""
    head, body = latex.split("\\midrule\n")
    lines = ["\\midrule", *body.splitlines()]
    inserted = [line if i - 1 not in rules else f"{line}\n{rules[i - 1]}" for i, line in enumerate(lines)]
    return head + "\n".join(inserted) + "\n"
