"""Compare the change of the calibration error with the changes of CORP's miscalibration, Brier score and NLL."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import LEVEL, cell
from .labels import intermediate_label, metric_label
from .quotes import Quotes, listing

#: Proper scores and their parts, lower is better; reported beside the error.
PROPER = {"miscalibration": "CORP's miscalibration", "brier": "the Brier score", "nll": "the NLL"}
_MOVES = {1: "rises", -1: "falls", 0: "does not change significantly"}


class Agreement(NamedTuple):
    """Direction of the error (1: it degrades, -1: it improves, 0: neither), and the names of the proper scores.

    same, opposite: scores that move with and against the error. alone: those that move where the error does not.
    unclear: scores without a significant change.
    """

    direction: int
    same: list[str]
    opposite: list[str]
    alone: list[str]
    unclear: list[str]


def agreement(contrasts: pd.DataFrame, intermediate: str, verdict: str) -> Agreement | None:
    """Compare the direction of an intermediate task's error, by its verdict, with those of the proper scores.

    Those are taken by their pointwise p values. Return None if the contrasts lack the error.
    """
    if cell(contrasts, intermediate=intermediate, quantity="error") is None:
        return None
    parts = Agreement({"degrades": 1, "improves": -1}.get(verdict, 0), [], [], [], [])
    for quantity, name in PROPER.items():
        if (row := cell(contrasts, intermediate=intermediate, quantity=quantity)) is not None:
            way = _direction(row)
            if not way:
                parts.unclear.append(name)
            elif not parts.direction:
                parts.alone.append(name)
            else:
                (parts.same if way == parts.direction else parts.opposite).append(name)
    return parts


def _direction(row: pd.Series) -> int:
    """Return the sign of a contrast (1 or -1), or 0 if its pointwise p value is not below LEVEL."""
    return 0 if not row.p < LEVEL else 1 if row.estimate > 0 else -1


def _said(parts: Agreement) -> str:
    if parts.opposite:
        error = _MOVES[parts.direction]
        return f"the scores do not agree (the error {error}, {listing(parts.opposite)} {_opposite(parts)})"
    if parts.alone:
        verb = "changes" if len(parts.alone) == 1 else "change"
        return f"the error {_MOVES[0]}, {listing(parts.alone)} {verb}"
    if parts.direction == 0:
        return "neither the error nor the proper scores change significantly"
    if parts.unclear:
        verb = "is" if len(parts.unclear) == 1 else "are"
        names = listing(parts.unclear)
        return f"{'the proper scores agree with the error, but ' if parts.same else ''}{names} {verb} not significant"
    return "the proper scores agree with the error"


def _opposite(parts: Agreement) -> str:
    """Return the verb for the scores that disagree: `falls` or `rises`, or the plural."""
    verb = {1: "fall", -1: "rise"}[parts.direction]
    return f"{verb}s" if len(parts.opposite) == 1 else verb


def scores_sentence(quotes: Quotes, part, shown: Sequence[str], tasks: Sequence[str]) -> str:
    """Return one sentence with a clause for each intermediate task in `shown`: agreement of the scores, and numbers.

    part: a `stiltcal.report.primary.Judged`. tasks: the leading task metrics of its targets.
    """
    clauses = [_clause(quotes, part, name, tasks) for name in shown]
    text = "; ".join(filter(None, clauses))
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _clause(quotes: Quotes, part, intermediate: str, tasks: Sequence[str]) -> str:
    parts = agreement(part.contrasts, intermediate, part.verdict(intermediate))
    if parts is None or not any(parts[1:]):
        return ""
    names = {"miscalibration": "CORP miscalibration", "brier": "Brier", "nll": "NLL"}
    names |= {"signed_gap": "confidence minus accuracy", "task_score": task_name(tasks)}
    rows = [(name, part.contrast(intermediate, key)) for key, name in names.items()]
    numbers = listing(f"{name} {quotes.estimate(row)}" for name, row in rows if row is not None)
    return f"with {intermediate_label(intermediate)} {_said(parts)}: {numbers}"


def task_name(tasks: Sequence[str]) -> str:
    """Return the label of the leading task metric if all targets of a family share it, else `task score`."""
    return metric_label(tasks[0]) if len(set(tasks)) == 1 else "task score"


def disagreements(part) -> str:
    """Return a sentence that names the intermediate tasks whose scores do not agree; "" if all agree."""
    found = [
        f"{intermediate_label(name)} ({listing(parts.opposite)} {_opposite(parts)} where the error "
        f"{_MOVES[parts.direction]})"
        for name in part.judgeable.intermediate
        if (parts := agreement(part.contrasts, name, part.verdict(name))) is not None and parts.opposite
    ]
    return f"The scores do not agree after {listing(found)}." if found else ""
