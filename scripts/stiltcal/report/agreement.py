"""Agreement of the scores: does what the calibration error says also hold for CORP, Brier and NLL?"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import LEVEL, cell
from .labels import intermediate_label, metric_label
from .quotes import Quotes, listing

#: Scores of which less is better, beside the error.
PROPER = {"miscalibration": "CORP's miscalibration", "brier": "the Brier score", "nll": "the NLL"}


class Agreement(NamedTuple):
    """The error's direction (1, -1, or 0 where it is undecided), and the proper scores by what they say of it."""

    direction: int
    same: list[str]
    opposite: list[str]
    undecided: list[str]


def agreement(contrasts: pd.DataFrame, intermediate: str) -> Agreement | None:
    """Compare the directions of an intermediate task's contrasts, by their pointwise p; None without the error.

    Where the error is undecided, proper scores that are decided count as opposite.
    """
    error = cell(contrasts, intermediate=intermediate, quantity="error")
    if error is None:
        return None
    parts = Agreement(_direction(error), [], [], [])
    for quantity, name in PROPER.items():
        if (row := cell(contrasts, intermediate=intermediate, quantity=quantity)) is not None:
            way = _direction(row)
            if way == 0:
                (parts.undecided if parts.direction else parts.same).append(name)
            else:
                (parts.same if way == parts.direction else parts.opposite).append(name)
    return parts


def _direction(row: pd.Series) -> int:
    """1 where a contrast is above 0 at the pointwise level, -1 where it is below, else 0."""
    return 0 if not row.p < LEVEL else 1 if row.estimate > 0 else -1


def _verdict(parts: Agreement) -> str:
    if parts.opposite:
        error = {1: "rises", -1: "falls", 0: "is undecided"}[parts.direction]
        return f"the scores do not agree (the error {error}, {listing(parts.opposite)} {_opposite(parts)})"
    if parts.direction == 0:
        return "the proper scores are as undecided as the error"
    if parts.undecided:
        verb = "is" if len(parts.undecided) == 1 else "are"
        names = listing(parts.undecided)
        return f"{'the proper scores agree with the error, but ' if parts.same else ''}{names} {verb} undecided"
    return "the proper scores agree with the error"


def _opposite(parts: Agreement) -> str:
    """What the scores do that disagree: `falls`, `fall`, or `differs` where the error is undecided."""
    verb = {1: "fall", -1: "rise", 0: "differ"}[parts.direction]
    return f"{verb}s" if len(parts.opposite) == 1 else verb


def scores_sentence(quotes: Quotes, part, shown: Sequence[str], tasks: Sequence[str]) -> str:
    """One sentence: for each intermediate task shown, do the proper scores agree, and what did the task score do?

    `part` is a `stiltcal.report.primary.Judged`; `tasks` are the leading task metrics of its targets.
    """
    clauses = [_clause(quotes, part.contrasts, name, tasks) for name in shown]
    text = "; ".join(filter(None, clauses))
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _clause(quotes: Quotes, contrasts: pd.DataFrame, intermediate: str, tasks: Sequence[str]) -> str:
    parts = agreement(contrasts, intermediate)
    if parts is None or not (parts.same or parts.opposite or parts.undecided):
        return ""
    names = {"miscalibration": "CORP miscalibration", "brier": "Brier", "nll": "NLL"}
    names |= {"signed_gap": "confidence minus accuracy", "task_score": task_name(tasks)}
    rows = [(name, cell(contrasts, intermediate=intermediate, quantity=key)) for key, name in names.items()]
    numbers = listing(f"{name} {quotes.estimate(row)}" for name, row in rows if row is not None)
    return f"with {intermediate_label(intermediate)} {_verdict(parts)}: {numbers}"


def task_name(tasks: Sequence[str]) -> str:
    """The leading task metric where all targets of a family share it, else `task score`."""
    return metric_label(tasks[0]) if len(set(tasks)) == 1 else "task score"


def disagreements(part) -> str:
    """A sentence that names the intermediate tasks whose scores do not agree; "" where all do."""
    found = [
        f"{intermediate_label(name)} ({listing(parts.opposite)} {_opposite(parts)} where the error "
        f"{ {1: 'rises', -1: 'falls', 0: 'is undecided'}[parts.direction] })"
        for name in part.kept.intermediate
        if (parts := agreement(part.contrasts, name)) is not None and parts.opposite
    ]
    return f"The scores do not agree after {listing(found)}." if found else ""
