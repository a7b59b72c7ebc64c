"""The two tables of the study, each as tidy rows (its CSV twin) and as a bare LaTeX tabular (booktabs, siunitx)."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from stiltcal.report.labels import (
    METRICS_SHORT,
    family_order,
    intermediate_label,
    perturbation_label,
    target_label,
)
from stiltcal.report.results import LEVEL, cell, rows_of

_KEYS = ["target", "perturbation", "language", "unit", "scaling", "metric", "intermediate"]
_EFFECT = ["effect", "difference", "difference_low", "difference_high", "p_holm"]
_NOT_RUN = "{--}"
_NUMBER = "S[table-format=2.1,table-space-text-post={$^{\\uparrow}$},table-align-text-post=false]"


def table_rows(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    intermediates: Sequence[str],
    cells: Sequence[tuple[str, str, str]],
    language: str,
    scaling: str,
    seed: str,
) -> pd.DataFrame:
    """The rows of a table: for each (target, perturbation, metric) of `cells` the score of every intermediate task.

    Each row is one of `scores.csv` with the comparison that belongs to it: the effect of the intermediate task where
    the text is clean, else its interaction with the perturbation. A cell that was not run has no value.
    """
    scores = rows_of(scores, language=language, scaling=scaling, seed=seed)
    comparisons = rows_of(comparisons, language=language, scaling=scaling)
    rows = []
    for target, perturbation, metric in cells:
        where = {"target": target, "perturbation": perturbation, "metric": metric}
        effect = "intermediate" if perturbation == "clean" else "interaction"
        here = scores[(scores[list(where)] == pd.Series(where)).all(axis=1)]
        there = comparisons[(comparisons[["effect", *where]] == pd.Series({"effect": effect, **where})).all(axis=1)]
        for intermediate in intermediates:
            score, change = cell(here, intermediate=intermediate), cell(there, intermediate=intermediate)
            rows.append({**where, "intermediate": intermediate} | _score(score) | _change(change))
    table = pd.DataFrame(rows).assign(language=language, scaling=scaling)
    return table[[*_KEYS, "value", "low", "high", "n", *_EFFECT]].astype({"n": "Int64"})


def _score(row: pd.Series | None) -> dict:
    return {} if row is None else row[["unit", "value", "low", "high", "n"]].to_dict()


def _change(row: pd.Series | None) -> dict:
    if row is None:
        return {}
    return dict(zip(_EFFECT, row[["effect", "difference", "low", "high", "p_holm"]], strict=True))


def scores_latex(rows: pd.DataFrame, targets: Mapping[str, dict]) -> str:
    """Task scores in per cent, as in XTREME's table: a line per intermediate task, a column per target and metric."""
    ordered = [target for members in family_order(targets).values() for target in members]
    columns = [(target, metric) for target in ordered for metric in targets[target]["metrics"]]
    found = _by_key(rows, ["intermediate", "target", "metric"])
    lines = [
        [_label(name), *(_value(found[name, *column]) for column in columns)] for name in rows.intermediate.unique()
    ]
    header = [("", ""), *((target_label(target), METRICS_SHORT.get(metric, metric)) for target, metric in columns)]
    latex = _latex(pd.DataFrame(lines, columns=pd.MultiIndex.from_tuples(header)))
    spans = "".join(_span(target, columns) for target in ordered)
    return _insert(latex.replace(" \\\\\n", f" \\\\\n{spans}\n", 1), {0: "\\midrule"})


def calibration_latex(rows: pd.DataFrame, targets: Mapping[str, dict]) -> str:
    """Calibration errors times 100: a block for each text, a line per intermediate task with its intervals below."""
    ordered = [target for members in family_order(targets).values() for target in members]
    intermediates = list(rows.intermediate.unique())
    found = _by_key(rows, ["perturbation", "intermediate", "target"])
    lines, rules = [], {}
    for perturbation in rows.perturbation.unique():
        heading = f"\\multicolumn{{{len(ordered) + 1}}}{{l}}{{\\emph{{{perturbation_label(perturbation)}}}}} \\\\"
        rules[len(lines) - 1] = f"\\midrule\n{heading}" if lines else heading
        lines.append(["$n$", *(_count(found[perturbation, name, t] for name in intermediates) for t in ordered)])
        for name in intermediates:
            cells = [found[perturbation, name, target] for target in ordered]
            lines += [[_label(name), *map(_value, cells)], ["", *map(_interval, cells)]]
            rules[len(lines) - 1] = "\\addlinespace[2pt]"
    del rules[len(lines) - 1]
    return _insert(_latex(pd.DataFrame(lines, columns=["", *map(target_label, ordered)])), rules)


def _span(target: str, columns: Sequence[tuple[str, str]]) -> str:
    """A rule under the name of a target that heads several columns (the table's first column holds labels)."""
    places = [place for place, (name, _) in enumerate(columns, start=2) if name == target]
    return f"\\cmidrule(lr){{{places[0]}-{places[-1]}}}" if len(places) > 1 else ""


def _by_key(rows: pd.DataFrame, keys: list[str]) -> dict[tuple, pd.Series]:
    return {tuple(row[key] for key in keys): row for _, row in rows.iterrows()}


def _label(intermediate: str) -> str:
    return intermediate_label(intermediate).replace("_", "\\_")


def _value(row: pd.Series) -> str:
    """In per cent, with an arrow where the Holm-corrected change differs from zero."""
    if pd.isna(row.value):
        return _NOT_RUN
    changed = pd.notna(row.p_holm) and row.p_holm < LEVEL
    arrow = ("{$^{\\uparrow}$}" if row.difference > 0 else "{$^{\\downarrow}$}") if changed else ""
    return f"{100 * row.value:.1f}{arrow}"


def _interval(row: pd.Series) -> str:
    return "" if pd.isna(row.value) else f"{{\\scriptsize {100 * row.low:.1f}--{100 * row.high:.1f}}}"


def _count(rows: Iterable[pd.Series]) -> str:
    """The n of a column; a range where the models do not share it (entities are those that a model found)."""
    counts = [int(row.n) for row in rows if pd.notna(row.n)]
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
