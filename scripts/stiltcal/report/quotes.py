"""Format numbers for sentences, and record each with the row of the result table that it comes from."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ..formats.results import CELL
from .numbers import DECIMALS, bracketed, decimals_of, interval_parts, number
from .places import marked

#: By a column that no other table has, in this order.
_FILES = {
    "slope_low": "hierarchy.csv",
    "measure": "strength.csv",
    "quantity": "contrasts.csv",
    "smallest_detectable": "primary.csv",
    "effect": "comparisons.csv",
    "las": "parsers.csv",
    "closest": "contamination.csv",
    "unknown_tokens": "unknown_tokens.csv",
}
_KEYS = ("name", "family", "class", "quantity", "effect", *CELL, "seed", "metric", "measure")
_COUNTS = ("n", "clusters", "languages", "targets", "perturbations", "seeds")
#: Quantities of contrasts.csv that are levels for every model.
_LEVELS = ("guard_score", "guessing")
_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
#: p values below this are printed as being below it.
SMALLEST_P = 0.001


def in_none_of(rows: pd.DataFrame, total: str) -> str:
    """Return `in any of three targets`, or `in the one target` for one row; it follows a negation."""
    return f"in {'the' if len(rows) == 1 else 'any of'} {total}"


def listing(items: Iterable[str], conjunction: str = "and") -> str:
    """Join as `a`, `a and b` or `a, b and c`; "" for no items."""
    *most, last = list(items) or [""]
    return f"{', '.join(most)} {conjunction} {last}" if most else last


class Quotes:
    """Formats rows of result tables; `quoted` lists the numbers of the text in order, for `finding.json`.

    An entry has the `text`, its `value`, the `file` and either the `line` and `column` that hold it, with the `row`'s
    keys, or, for a count, the `lines` counted, or the `key` of `finding.json` that holds it. Lines are numbered from 1,
    the header's. `below`: the value is smaller than the text.

    marks: surround each number with marks, which say later where in the finding it stands (`places.located`).
    """

    def __init__(self, marks: bool = False) -> None:
        self.quoted: list[dict] = []
        self._marks = marks

    def value(self, row: pd.Series, column: str, signed: bool = False, decimals: int = DECIMALS) -> str:
        """One number of a row with three decimals, or a count with its thousands set apart."""
        is_count = column in _COUNTS
        value = int(row[column]) if is_count else float(row[column])
        text = f"{value:,}" if is_count else number(value, decimals, signed)
        return self._note(text, value, row, column)

    def p(self, row: pd.Series, column: str = "p") -> str:
        """`= 0.012` or `< 0.001`; `not known` where there is no p value."""
        if pd.isna(row[column]):
            return "not known"
        if row[column] >= SMALLEST_P:
            return f"= {self.value(row, column)}"
        return f"< {self._note(number(SMALLEST_P), float(row[column]), row, column, below=True)}"

    def estimate(self, row: pd.Series, n: bool = False, columns: Sequence[str] = ("estimate", "low", "high")) -> str:
        """Return an estimate with its interval, `0.211 [0.196, 0.227]`; with `n` also `, n = 1,000`.

        `columns` holds the names of the estimate and of the ends of its interval.
        """
        numbers = [row[column] for column in columns]
        decimals = decimals_of(*numbers)
        value = self.value(row, columns[0], _is_difference(row), decimals)
        names = dict(zip(("low", "high"), columns[1:], strict=True))
        shown = {end: self.value(row, names[end], decimals=decimals) for end in interval_parts(*numbers)}
        text = f"{value} {bracketed(shown)}"
        return f"{text}, n = {self.value(row, 'n')}" if n else text

    def count(self, rows: pd.DataFrame) -> str:
        """Return the number of rows, as a word up to twelve, else in digits."""
        text = str(len(rows)) if len(rows) >= len(_WORDS) else _WORDS[len(rows)]
        return self._quote({"text": text, "value": len(rows), **_lines(rows)})

    def tally(self, rows: pd.DataFrame, at: Sequence[str | int]) -> None:
        """Record the number of rows as the value of the finding to which the keys and indices `at` lead."""
        self.quoted.append({"text": str(len(rows)), "value": len(rows), **_lines(rows), "at": list(at)})

    def total(self, rows: pd.DataFrame, noun: str, plural: str = "") -> str:
        """Return `two combinations of task and target`; without a `plural` the first word of `noun` gets an s."""
        first, _, rest = noun.partition(" ")
        several = plural or f"{first}s {rest}".rstrip()
        return f"{self.count(rows)} {noun if len(rows) == 1 else several}"

    def declared(self, hypotheses: Mapping, name: str) -> str:
        """Return a number (or the digest) of the declared hypotheses; its source is `hypotheses` of finding.json."""
        value = hypotheses[name]
        text = value if isinstance(value, str) else f"{value:,}"
        return self._quote({"text": text, "value": value, "file": "finding.json", "key": f"hypotheses.{name}"})

    def _note(self, text: str, value: float, row: pd.Series, column: str, **more: bool) -> str:
        keys = {key: row[key] for key in _KEYS if key in row.index}
        source = {"file": _file(row.index), "line": int(row.line), "column": column, "row": keys}
        return self._quote({"text": text, "value": value, **more, **source})

    def _quote(self, entry: dict) -> str:
        """Add an entry, and return its text as it stands in a sentence."""
        self.quoted.append(entry)
        return marked(len(self.quoted) - 1, entry["text"]) if self._marks else entry["text"]


def _lines(rows: pd.DataFrame) -> dict:
    return {"file": _file(rows.columns), "lines": [int(line) for line in rows.line]}


def _is_difference(row: pd.Series) -> bool:
    """Return True for a comparison, a contrast or a slope, False for a level."""
    if "quantity" in row.index:
        return row.intermediate != "none" and row.quantity not in _LEVELS
    return "effect" in row.index or "smallest_detectable" in row.index


def _file(columns: Sequence[str]) -> str:
    """Name the table that has these columns."""
    return next((name for column, name in _FILES.items() if column in columns), "scores.csv")
