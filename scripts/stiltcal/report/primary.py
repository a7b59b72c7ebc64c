"""The answer of the primary hypotheses in words: perturbed text, then clean text and interaction, then other scores."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import cell
from .agreement import scores_sentence
from .labels import CLASSES, intermediate_label
from .quotes import Quotes, listing

LOST = "task lost"
#: Intermediate tasks that sentences after the first show; the tables have all.
SHOWN = 2


class Judged(NamedTuple):
    """The primary hypotheses of one family and class, and the contrasts beside them."""

    family: str
    class_: str
    rows: pd.DataFrame
    contrasts: pd.DataFrame

    def contrast(self, intermediate: str, quantity: str) -> pd.Series | None:
        """One row of contrasts.csv, or None."""
        return cell(self.contrasts, intermediate=intermediate, quantity=quantity)

    @property
    def kept(self) -> pd.DataFrame:
        """The hypotheses whose models do the task."""
        return self.rows[self.rows.verdict != LOST]

    def of_verdict(self, verdict: str) -> pd.DataFrame:
        """The hypotheses with a verdict, the largest estimates first."""
        return by_size(self.rows[self.rows.verdict == verdict])


def by_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by the size of their estimates, the largest first."""
    return rows.sort_values("estimate", key=abs, ascending=False, kind="stable")


def judged(primary: pd.DataFrame, contrasts: pd.DataFrame, family: str, class_: str) -> Judged:
    """Choose the rows of a family and class."""
    return Judged(
        family,
        class_,
        *(table[(table.family == family) & (table["class"] == class_)] for table in (primary, contrasts)),
    )


def answer(quotes: Quotes, part: Judged, one_seed: bool, tasks: Sequence[str], full: bool) -> str:
    """The answer for a family: its first sentence is about perturbed text; in `full` two more.

    `tasks` are the leading task metrics of the family's targets.
    """
    if part.rows.empty:
        return f"On {CLASSES[part.class_]} no hypothesis could be judged: the study has no such cells."
    sentences = [_perturbed(quotes, part, one_seed)]
    shown = _shown(part)
    if full and shown:
        sentences += [_beside(quotes, part, shown), scores_sentence(quotes, part, shown, tasks)]
    return " ".join(filter(None, sentences))


def _shown(part: Judged) -> list[str]:
    """Intermediate tasks of the sentences after the first: decided ones, else the largest estimate."""
    decided = by_size(part.rows[part.rows.verdict.isin(["improves", "degrades"])])
    return list((decided if len(decided) else by_size(part.kept).head(1)).intermediate.head(SHOWN))


def _perturbed(quotes: Quotes, part: Judged, one_seed: bool) -> str:
    """Name the intermediate tasks of every verdict, with the estimates of the decided ones."""
    place, lost = f"On {CLASSES[part.class_]}", part.of_verdict(LOST)
    gone = f"after {listing(map(intermediate_label, lost.intermediate))} the task is lost" if len(lost) else ""
    if part.kept.empty:
        return f"{place}, nothing can be said of calibration: {gone}."
    others = (
        "the model without intermediate training, the calibration of these trained models"
        if one_seed
        else "no intermediate training, calibration"
    )
    clauses = [
        *_decided(quotes, part),
        *_named(quotes, part.of_verdict("equivalent"), "is equivalent, within a margin of {margin},"),
        *_named(quotes, part.of_verdict("inconclusive"), "is inconclusive"),
    ]
    *most, last = clauses
    joint = {0: "", 1: " and "}.get(len(most), ", and ")
    said = f"{place}, compared with {others} {', '.join(most)}{joint}{last}"
    return f"{said}; {gone}." if gone else f"{said}."


def _decided(quotes: Quotes, part: Judged) -> list[str]:
    """`degrades after multi (+0.077 [0.035, 0.119])`, and the same of improvements, the more frequent first."""
    ways = [(part.of_verdict(verdict), verdict) for verdict in ("degrades", "improves")]
    (most, way), (rest, other) = sorted(ways, key=lambda pair: -len(pair[0]))
    if most.empty:
        return ["is shown neither to improve nor to degrade after any intermediate task"]
    clauses = [f"{way} after {_with_estimates(quotes, most)}"]
    return [*clauses, f"{other} after {_with_estimates(quotes, rest) if len(rest) else 'none of them'}"]


def _with_estimates(quotes: Quotes, rows: pd.DataFrame) -> str:
    return listing(f"{intermediate_label(row.intermediate)} ({quotes.estimate(row)})" for _, row in rows.iterrows())


def _named(quotes: Quotes, rows: pd.DataFrame, words: str) -> list[str]:
    """A clause with all names, the first of which has its estimate, the largest; none without rows."""
    if rows.empty:
        return []
    if "{margin}" in words:
        words = words.format(margin=quotes.value(rows.iloc[0], "margin"))
    largest = "the largest estimate: " if len(rows) > 1 else ""
    first = f"{intermediate_label(rows.intermediate.iloc[0])} ({largest}{quotes.estimate(rows.iloc[0])})"
    return [f"{words} after {listing([first, *map(intermediate_label, rows.intermediate.iloc[1:])])}"]


def _beside(quotes: Quotes, part: Judged, shown: Sequence[str]) -> str:
    """Clean text, and the interaction: on the scale of log odds, then of the error."""
    clauses = []
    if clean := _of_each(quotes, part, shown, "error_clean"):
        clauses.append(f"on clean text the same difference is {clean}")
    logit = _of_each(quotes, part, shown, "logit_interaction")
    if logit:
        clauses.append(
            f"the interaction of intermediate training and perturbation is {logit} in log odds of a right answer at "
            "given confidence (below zero: perturbation adds more overconfidence than it does without)"
        )
    if second := _of_each(quotes, part, shown, "error_interaction"):
        opening = "as a second view it is" if logit else "the interaction of intermediate training and perturbation is"
        clauses.append(f"{opening} {second} in the error")
    return f"Beside it, {'; '.join(clauses)}." if clauses else ""


def _of_each(quotes: Quotes, part: Judged, shown: Sequence[str], quantity: str) -> str:
    """`+0.050 [0.021, 0.079] with multi and ...` of the intermediate tasks that have the quantity."""
    rows = [(name, part.contrast(name, quantity)) for name in shown]
    return listing(f"{quotes.estimate(row)} with {intermediate_label(name)}" for name, row in rows if row is not None)
