"""Build the tables of primary results: verdicts by family, lost tasks, and the scores of one class side by side."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ..formats.results import cell
from .agreement import disagreements, task_name
from .labels import CLASSES, intermediate_label, with_labels
from .primary import LOST, Judged
from .quotes import Quotes

_DASH = "\N{EN DASH}"
_HEAD = ["class", "intermediate task", "verdict", "estimate", "p", "smallest detectable"]
#: Quantities of contrasts.csv in the table of scores, with their headings.
SCORES = {
    "error": "error",
    "miscalibration": "CORP miscalibration",
    "discrimination": "CORP discrimination",
    "brier": "Brier",
    "nll": "NLL",
    "signed_gap": "signed gap",
    "error_matched": "error on matched items",
    "task_score": "task score",
}


def verdict_tables(quotes: Quotes, primary: pd.DataFrame, families: Iterable[str]) -> list[dict]:
    """Return a table of verdicts for each family that has hypotheses, in the order of `families`."""
    parts = [(family, primary[primary.family == family]) for family in families]
    return [_verdicts(quotes, family, rows) for family, rows in parts if len(rows)]


def _verdicts(quotes: Quotes, family: str, rows: pd.DataFrame) -> dict:
    judgeable = rows[rows.verdict != LOST]
    lines = [
        [
            row["class"],
            intermediate_label(row.intermediate),
            row.verdict if pd.isna(row.reason) else f"{row.verdict} ({with_labels(row.reason)})",
            quotes.estimate(row),
            quotes.p(row).removeprefix("= "),
            _DASH if pd.isna(row.smallest_detectable) else quotes.value(row, "smallest_detectable"),
        ]
        for _, row in judgeable.iterrows()
    ]
    note = _sizes(quotes, rows)
    if len(judgeable) < len(rows):
        note += f" Listed under `{LOST}` instead: {quotes.count(rows[rows.verdict == LOST])} of {quotes.count(rows)}."
    return {"title": family, "note": note, "head": _HEAD, "rows": lines}


def _sizes(quotes: Quotes, rows: pd.DataFrame) -> str:
    """List items, clusters, languages, targets, perturbations and seeds of each class of a family."""
    parts = []
    for name, part in rows.groupby("class", sort=False):
        row = part.iloc[0]
        numbers = [
            _number(quotes, row, column, noun)
            for column, noun in (
                ("n", "item"),
                ("clusters", "cluster"),
                ("languages", "language"),
                ("targets", "target"),
                ("perturbations", "perturbation"),
                ("seeds", "training seed"),
            )
        ]
        parts.append(f"{name}: {', '.join(numbers)}")
    return f"{'; '.join(parts)}."


def _number(quotes: Quotes, row: pd.Series, column: str, noun: str) -> str:
    text = quotes.value(row, column)
    return f"{text} {noun}{'' if row[column] == 1 else 's'}"


def lost_table(quotes: Quotes, primary: pd.DataFrame) -> dict | None:
    """Return a table of the hypotheses with the verdict `task lost` and their reasons; None if there are none."""
    rows = primary[primary.verdict == LOST]
    if rows.empty:
        return None
    lines = [
        [row.family, row["class"], intermediate_label(row.intermediate), with_labels(row.reason), quotes.estimate(row)]
        for _, row in rows.iterrows()
    ]
    return {
        "title": "Task lost",
        "note": "No verdict on calibration rests on these numbers.",
        "head": ["family", "class", "intermediate task", "reason", "estimate"],
        "rows": lines,
    }


def scores_table(quotes: Quotes, part: Judged, tasks: Sequence[str]) -> dict | None:
    """Return a table of the scores of a family and class: levels of `none`, then differences from it; None if empty.

    Hypotheses with the verdict `task lost` are left out. tasks: the leading task metrics of the family's targets.
    """
    names = ["none", *part.judgeable.intermediate]
    shown = {key: head for key, head in SCORES.items() if (part.contrasts.quantity == key).any()}
    lines = [
        [intermediate_label(name) if name != "none" else "none (level)", *_cells(quotes, part.contrasts, name, shown)]
        for name in names
        if (part.contrasts.intermediate == name).any()
    ]
    if not shown or not lines:
        return None
    heads = [task_name(tasks) if key == "task_score" else head for key, head in shown.items()]
    left_out = part.rows[part.rows.verdict == LOST]
    note = f"On {CLASSES[part.class_]}: the first line holds levels, the others differences from it, with pointwise 95 "
    note += "% intervals. Matched items: both models right or both wrong. Signed gap: confidence minus accuracy."
    gone = f"Left out, as the task is lost: {', '.join(map(intermediate_label, left_out.intermediate))}."
    note = " ".join(filter(None, [note, gone if len(left_out) else "", disagreements(part)]))
    return {"title": f"Scores side by side: {part.family}", "note": note, "head": ["", *heads], "rows": lines}


def _cells(quotes: Quotes, contrasts: pd.DataFrame, name: str, shown: Mapping[str, str]) -> Sequence[str]:
    rows = (cell(contrasts, intermediate=name, quantity=key) for key in shown)
    return [_DASH if row is None else quotes.estimate(row) for row in rows]
