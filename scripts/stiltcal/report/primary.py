"""Answer the primary hypotheses in words: perturbed text, then clean text and interaction, then proper scores."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import cell
from .agreement import scores_sentence
from .labels import CLASSES, intermediate_label
from .quotes import Quotes, listing

LOST = "task lost"
#: Number of intermediate tasks in the sentences after the first; the tables list all.
SHOWN = 2


class Judged(NamedTuple):
    """The primary hypotheses of one family and class, and the contrasts beside them."""

    family: str
    class_: str
    rows: pd.DataFrame
    contrasts: pd.DataFrame

    def contrast(self, intermediate: str, quantity: str) -> pd.Series | None:
        """Return one row of contrasts.csv, or None."""
        return cell(self.contrasts, intermediate=intermediate, quantity=quantity)

    def verdict(self, intermediate: str) -> str:
        """Return the verdict of an intermediate task."""
        return self.rows.verdict[self.rows.intermediate == intermediate].iloc[0]

    @property
    def judgeable(self) -> pd.DataFrame:
        """The hypotheses without the verdict `task lost`."""
        return self.rows[self.rows.verdict != LOST]

    def of_verdict(self, verdict: str) -> pd.DataFrame:
        """Select the hypotheses with a verdict, the largest absolute estimates first."""
        return by_size(self.rows[self.rows.verdict == verdict])


def by_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort rows by the absolute value of their estimates, the largest first."""
    return rows.sort_values("estimate", key=abs, ascending=False, kind="stable")


def judged(primary: pd.DataFrame, contrasts: pd.DataFrame, family: str, class_: str) -> Judged:
    """Select the rows of a family and class."""
    return Judged(
        family,
        class_,
        *(table[(table.family == family) & (table["class"] == class_)] for table in (primary, contrasts)),
    )


def answer(quotes: Quotes, part: Judged, one_seed: bool, tasks: Sequence[str], full: bool) -> str:
    """Return the answer for a family: one sentence on perturbed text; if `full`, two more on the contrasts.

    one_seed: the sentences are about these trained models. tasks: the leading task metrics of the family's targets.
    """
    if part.rows.empty:
        return f"On {CLASSES[part.class_]} no hypothesis could be judged: the study has no such cells."
    sentences = [_perturbed(quotes, part, one_seed)]
    shown = _shown(part)
    if full and shown:
        sentences += [_beside(quotes, part, shown), scores_sentence(quotes, part, shown, tasks)]
    return " ".join(filter(None, sentences))


def _shown(part: Judged) -> list[str]:
    """Choose the intermediate tasks of the later sentences: those with a changed error, else the largest."""
    changed = by_size(part.rows[part.rows.verdict.isin(["improves", "degrades"])])
    return list((changed if len(changed) else by_size(part.judgeable).head(1)).intermediate.head(SHOWN))


def _perturbed(quotes: Quotes, part: Judged, one_seed: bool) -> str:
    """Name the intermediate tasks of every verdict, with the estimates of those that improve or degrade."""
    place, lost = f"On {CLASSES[part.class_]}", part.of_verdict(LOST)
    gone = f"after {listing(map(intermediate_label, lost.intermediate))} the task is lost" if len(lost) else ""
    if part.judgeable.empty:
        return f"{place}, nothing can be said of calibration: {gone}."
    others = (
        "the model without intermediate training, the calibration of these trained models"
        if one_seed
        else "no intermediate training, calibration"
    )
    clauses = [
        *_changes(quotes, part),
        *_named(quotes, part, "equivalent", "is equivalent, within a margin of {margin},"),
        *_named(quotes, part, "inconclusive", "is inconclusive"),
    ]
    *most, last = clauses
    joint = {0: "", 1: " and "}.get(len(most), ", and ")
    said = f"{place}, compared with {others} {', '.join(most)}{joint}{last}"
    return f"{said}; {gone}." if gone else f"{said}."


def _changes(quotes: Quotes, part: Judged) -> list[str]:
    """Return `degrades after multi (+0.077 [0.035, 0.119])` and the same for `improves`, the more frequent first."""
    ways = [(part.of_verdict(verdict), verdict) for verdict in ("degrades", "improves")]
    (most, way), (rest, other) = sorted(ways, key=lambda pair: -len(pair[0]))
    if most.empty:
        return ["does not change significantly after any intermediate task"]
    clauses = [f"{way} after {_with_estimates(quotes, most)}"]
    return [*clauses, f"{other} after {_with_estimates(quotes, rest) if len(rest) else 'none of them'}"]


def _with_estimates(quotes: Quotes, rows: pd.DataFrame) -> str:
    return listing(f"{intermediate_label(row.intermediate)} ({quotes.estimate(row)})" for _, row in rows.iterrows())


def _named(quotes: Quotes, part: Judged, verdict: str, words: str) -> list[str]:
    """Return a clause with the intermediate tasks of a verdict, the largest estimate first; no clause without any."""
    rows = part.of_verdict(verdict)
    if rows.empty:
        return []
    if "{margin}" in words:
        words = words.format(margin=quotes.value(rows.iloc[0], "margin"))
    first, *others = map(intermediate_label, rows.intermediate)
    estimate = quotes.estimate(rows.iloc[0])
    if len(rows) == len(part.rows) > SHOWN:
        return [f"{words} after all {len(rows)} of them (the largest estimate: {estimate}, after {first})"]
    largest = "the largest estimate: " if others else ""
    return [f"{words} after {listing([f'{first} ({largest}{estimate})', *others])}"]


def _beside(quotes: Quotes, part: Judged, shown: Sequence[str]) -> str:
    """Report clean text and the interaction, on the scale of log odds and then of the error."""
    clauses = []
    if clean := _of_each(quotes, part, shown, "error_clean"):
        clauses.append(f"on clean text the same difference is {clean}")
    logit = _of_each(quotes, part, shown, "logit_interaction")
    if logit:
        clauses.append(
            f"the interaction of intermediate training and perturbation is {logit} in log odds of a right answer at "
            "given confidence (below zero: the perturbation adds more overconfidence with intermediate training than "
            "without)"
        )
    if second := _of_each(quotes, part, shown, "error_interaction"):
        opening = "the same interaction" if logit else "the interaction of intermediate training and perturbation"
        clauses.append(f"{opening} in the error is {second}")
    return f"For comparison, {'; '.join(clauses)}." if clauses else ""


def _of_each(quotes: Quotes, part: Judged, shown: Sequence[str], quantity: str) -> str:
    """Return `+0.050 [0.021, 0.079] with multi and ...` for the intermediate tasks that have the quantity."""
    rows = [(name, part.contrast(name, quantity)) for name in shown]
    return listing(f"{quotes.estimate(row)} with {intermediate_label(name)}" for name, row in rows if row is not None)
