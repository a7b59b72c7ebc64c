"""Changes of calibration over languages, by their distance, and over perturbations, by their strength."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import cell, rows_of, significant
from .labels import report_order, target_label
from .numbers import decimals_of, number
from .quotes import Quotes, in_none_of

#: The measure of strength in the sentences; the table has all.
REACHED = "reached"
MEASURES = {
    "reached": "tokens moved or changed",
    "kendall_tau": "Kendall's tau of the order",
    "dnd": "direct neighbour displacement",
    "idc": "index displacement",
    "broken_neighbours": "broken neighbours",
    "dependency_length_change": "change of dependency length",
    "chrf": "chrF",
    "levenshtein": "edit distance of the text",
}
_CHANGES = {
    "intermediate": "the error with intermediate training minus without, on clean text,",
    "perturbation": "what a perturbation adds to the error without intermediate training",
    "interaction": "what it adds with intermediate training minus what it adds without",
}


class Grid(NamedTuple):
    """A table as it is printed: `head` are columns, `lines` (label, cells); a cell is (text, small text)."""

    head: list[str]
    lines: list[tuple[str, list[tuple[str, str]]]]


def paragraphs(quotes: Quotes, hierarchy: pd.DataFrame, strength: pd.DataFrame, scaling: str) -> list[str]:
    """Return a paragraph on distance (`hierarchy.csv`) and one on strength (`strength.csv`), for one scaling."""
    slopes = rows_of(hierarchy[hierarchy.scaling == scaling])
    rises = strength[(strength.scaling == scaling) & (strength.measure == REACHED)]
    return [_distance(quotes, slopes), _strength(quotes, rows_of(rises))]


def _distance(quotes: Quotes, slopes: pd.DataFrame) -> str:
    if slopes.empty:
        return (
            "There is no summary over languages: it needs a treebank of the source language and of at least three "
            "zero-shot languages."
        )
    most = quotes.value(slopes.loc[slopes.languages.idxmax()], "languages")
    opening = (
        f"In two-level models over at most {most} zero-shot languages, with the distance of their word order from "
        "the source's as covariate:"
    )
    sentences = []
    for effect, rows in _by_effect(slopes):
        steepest = rows.loc[rows.slope.abs().idxmax()]
        slope = quotes.estimate(steepest, columns=("slope", "slope_low", "slope_high"))
        sentences.append(
            f"{_CHANGES[effect]} {_tells(quotes, rows, rows.slope, 'with distance', 'target')} (the steepest slope, of "
            f"{target_label(steepest.target)}, is {slope} per unit)"
        )
    return f"{opening} {'; '.join(sentences)}."


def _strength(quotes: Quotes, slopes: pd.DataFrame) -> str:
    if slopes.empty:
        return "There is no summary over perturbations: a slope needs three of them in one target."
    sentences = []
    for effect, rows in _by_effect(slopes):
        noun = "target" if effect == "perturbation" else "combination of task and target"
        steepest = rows.loc[rows.slope.abs().idxmax()]
        slope = quotes.estimate(steepest, columns=("slope", "low", "high"))
        sentences.append(
            f"{_CHANGES[effect]} {_tells(quotes, rows, rows.slope, 'with the share of tokens moved or changed', noun)} "
            f"(most for {target_label(steepest.target)}: by {slope} per unit of that share, over "
            f"{quotes.value(steepest, 'n')} perturbations)"
        )
    return f"Over the perturbations: {'; '.join(sentences)}. One unit of it is the step from no token to all."


def _by_effect(rows: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    return [(effect, part) for effect in _CHANGES if len(part := rows[rows.effect == effect])]


def _tells(quotes: Quotes, rows: pd.DataFrame, sign: pd.Series, what: str, noun: str) -> str:
    """Count the rows in which something rises and falls significantly; `sign` has the direction of each row."""
    total = quotes.total(rows, noun)
    up, down = rows[significant(rows) & (sign > 0)], rows[significant(rows) & (sign < 0)]
    if up.empty and down.empty:
        return f"is not shown to change {what} {in_none_of(rows, total)}"
    return f"rises {what} in {quotes.count(up)} and falls in {quotes.count(down)} of {total}"


def distance_grid(hierarchy: pd.DataFrame, targets: Mapping[str, dict], scaling: str) -> Grid:
    """Return a line for each target with the slope and interval of each effect."""
    rows = rows_of(hierarchy[hierarchy.scaling == scaling])
    head = [effect for effect, _ in _by_effect(rows)]
    lines = [
        (target_label(target), [_slope(cell(rows, effect=effect, target=target)) for effect in head])
        for target in report_order(targets)
    ]
    return Grid(head, lines if head else [])


def strength_grid(strength: pd.DataFrame, targets: Mapping[str, dict], scaling: str) -> Grid:
    """Return a line for each measure of strength and a column for each target.

    Cells are slopes, with intervals, of the effects of perturbations on the error without intermediate training.
    """
    rows = rows_of(strength[(strength.scaling == scaling) & (strength.effect == "perturbation")])
    ordered = report_order(targets)
    lines = [
        (label, [_slope(cell(rows, measure=measure, target=target), ("slope", "low", "high")) for target in ordered])
        for measure, label in MEASURES.items()
    ]
    return Grid([target_label(target) for target in ordered], lines if len(rows) else [])


def _slope(row: pd.Series | None, columns: Sequence[str] = ("slope", "slope_low", "slope_high")) -> tuple[str, str]:
    """Format a slope, with a star if it is significant, and its interval."""
    if row is None:
        return "\N{EN DASH}", ""
    slope, low, high = (row[column] for column in columns)
    decimals = decimals_of(slope, low, high)
    return number(slope, decimals, signed=True) + _mark(row), f"{number(low, decimals)} to {number(high, decimals)}"


def _mark(row: pd.Series) -> str:
    """Return a star if the number differs significantly from zero."""
    return "*" if significant(row) else ""
