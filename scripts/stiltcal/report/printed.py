"""Numbers as tables print them: an estimate with its interval, n and mark, times 100."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..formats.results import LEVEL
from .numbers import decimals_of


class PrintedNumber(NamedTuple):
    """An estimate with its interval, n and mark. estimate: None if not run. low, high: None without an interval.

    mark: a significant change, "up", "down" or "lost" (down, but the task is lost); a verdict may also be "same"; else
    "". is_best: True for the best number of its column, which is printed bold.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int | None
    mark: str
    is_best: bool = False

    def percent(self, column: str, signed: bool = False) -> str:
        """Format a field times 100, with enough decimals to tell the estimate from the ends of its interval.

        signed: with a plus sign. A number that rounds to zero has no sign.
        """
        decimals = 1
        if self.estimate is not None and self.low is not None and self.high is not None:
            decimals = decimals_of(100 * self.estimate, 100 * self.low, 100 * self.high, least=1)
        rounded = round(100 * getattr(self, column), decimals)
        return f"{rounded or 0.0:{'+' if signed and rounded else ''}.{decimals}f}"


NOT_RUN = PrintedNumber(None, None, None, None, "")
Lines = list[tuple[str, list[PrintedNumber]]]
"""Lines of a table: the label of each with its numbers, one a column."""


def printed_numbers(rows: pd.DataFrame, keys: Sequence[str], change: str = "estimate") -> dict[tuple, PrintedNumber]:
    """Return the printed number of each row, by its keys.

    rows: with `estimate`, `low`, `high`, `n` and `p_holm`, and `lost` where a task may be lost. change: the column
    whose sign a mark gives.
    """
    is_significant = rows.p_holm < LEVEL
    is_lost = rows.lost.eq(True) if "lost" in rows.columns else pd.Series(False, index=rows.index)
    mark = np.select(
        [is_significant & is_lost, is_significant & (rows[change] > 0), is_significant], ["lost", "up", "down"], ""
    )
    table = rows.assign(mark=mark)[["estimate", "low", "high", "n", "mark"]].astype(object)
    cells = table.where(table.notna(), None).itertuples(index=False, name=None)
    return {
        key: PrintedNumber(*cell)
        for key, cell in zip(rows[list(keys)].itertuples(index=False, name=None), cells, strict=True)
    }


def best_of(numbers: Sequence[PrintedNumber], highest: bool = False) -> list[PrintedNumber]:
    """Mark the lowest of the numbers (or the highest) as the best, and those that are equal to it.

    A number of a lost task is never the best; among fewer than two numbers none is.
    """
    known = [each.estimate for each in numbers if each.estimate is not None and each.mark != "lost"]
    if len(known) < 2:
        return list(numbers)
    best = max(known) if highest else min(known)
    return [each._replace(is_best=each.estimate == best and each.mark != "lost") for each in numbers]


def best_of_columns(lines: Lines, highest: bool = False) -> Lines:
    """Mark the best number of each column (`best_of`)."""
    columns = [best_of(column, highest) for column in zip(*(numbers for _, numbers in lines), strict=True)]
    rows = zip(*columns, strict=True) if columns else [[] for _ in lines]
    return [(label, list(numbers)) for (label, _), numbers in zip(lines, rows, strict=True)]
