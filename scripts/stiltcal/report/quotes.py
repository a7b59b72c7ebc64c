"""Numbers as sentences quote them; every one is remembered with the row of the results it was read from."""

from collections.abc import Iterable, Sequence

import pandas as pd

from stiltcal.report.labels import number
from stiltcal.report.results import CELL

#: By a column that no other table has.
_FILES = {
    "slope": "hierarchy.csv",
    "rho": "strength.csv",
    "effect": "comparisons.csv",
    "las": "parsers.csv",
    "closest": "contamination.csv",
}
_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_none_of(rows: pd.DataFrame, total: str) -> str:
    """What follows a "not": `in any of three targets`, or `in the one target`, for as many rows."""
    return f"in {'the' if len(rows) == 1 else 'any of'} {total}"


def listing(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = list(items)
    return f"{', '.join(most)} and {last}" if most else last


class Quotes:
    """Turns rows of the results into text; `quoted` lists what was said, in order, for `finding.json`.

    An entry has the `text`, its `value`, the `file` and either the `line` and `column` that hold it, with the `row`'s
    keys, or, for a count, the `lines` counted. Lines are numbered from 1, the header's.
    """

    def __init__(self) -> None:
        self.quoted: list[dict] = []

    def value(self, row: pd.Series, column: str, signed: bool = False) -> str:
        """One number of a row with three decimals, or a count with its thousands set apart."""
        is_count = column in ("n", "languages")
        value = int(row[column]) if is_count else float(row[column])
        text = f"{value:,}" if is_count else number(value, signed=signed)
        keys = {key: row[key] for key in ("effect", *CELL, "seed", "metric", "measure") if key in row.index}
        source = {"file": _file(row.index), "line": int(row.line), "column": column, "row": keys}
        self.quoted.append({"text": text, "value": value, **source})
        return text

    def estimate(self, row: pd.Series, n: bool = False) -> str:
        """A score or a difference with its interval: `0.211 [0.196, 0.227]`, with `n` as well `; n = 1,000`."""
        column = "difference" if "effect" in row.index else "value"
        value = self.value(row, column, signed=column == "difference")
        text = f"{value} [{self.value(row, 'low')}, {self.value(row, 'high')}]"
        return f"{text}, n = {self.value(row, 'n')}" if n else text

    def count(self, rows: pd.DataFrame, digits: bool = False) -> str:
        """How many rows there are: a word up to twelve, else (or with `digits`) a number."""
        text = str(len(rows)) if digits or len(rows) >= len(_WORDS) else _WORDS[len(rows)]
        lines = {"file": _file(rows.columns), "lines": [int(line) for line in rows.line]}
        self.quoted.append({"text": text, "value": len(rows), **lines})
        return text

    def total(self, rows: pd.DataFrame, noun: str) -> str:
        """`two combinations of task and target`: how many, with the first word of `noun` in the right number."""
        first, _, rest = noun.partition(" ")
        return f"{self.count(rows)} {first}{'' if len(rows) == 1 else 's'} {rest}".rstrip()


def _file(columns: Sequence[str]) -> str:
    """The table that has these columns."""
    return next((name for column, name in _FILES.items() if column in columns), "scores.csv")
