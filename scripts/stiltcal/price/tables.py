"""Read the tables of resources/price: tokens of items, shares of changed texts, and measured rates."""

import csv
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from pathlib import Path
from typing import NamedTuple

from ..support.text_files import open_text
from .errors import PriceProblem

FOLDER = Path("resources") / "price"
COLUMNS = {
    "tokens": ("vocabulary", "task", "language", "items", "rows", "tokens", "source"),
    "changed": ("perturbation", "share", "items", "source"),
    "rates": ("rule", "unit", "seconds", "bytes", "jobs", "units", "source"),
    "speeds": ("work", "body", "flops_per_second", "source"),
    "slowdowns": ("body", "slowdown", "source"),
}


def read(root: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a table. Raises PriceProblem for a file that is missing or has other columns."""
    path = root / FOLDER / f"{name}.csv"
    try:
        with open_text(path) as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise PriceProblem(f"{path}: there is no such table; docs/plan.md says how it is measured") from None
    if not rows or tuple(rows[0]) != COLUMNS[name]:
        raise PriceProblem(f"{path}: must have rows, and the columns {', '.join(COLUMNS[name])}")
    return rows


def update(root: Path, name: str, rows: Iterable[Mapping[str, object]], keys: Sequence[str]) -> None:
    """Write rows into a table, in the place of those with the same values of `keys`; the table is sorted by them."""
    path = root / FOLDER / f"{name}.csv"
    known = read(root, name) if path.exists() else []
    merged = {tuple(str(row[key]) for key in keys): row for row in [*known, *rows]}
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS[name], lineterminator="\n")
        writer.writeheader()
        writer.writerows(merged[key] for key in sorted(merged))


class Rate(NamedTuple):
    """CPU seconds, and bytes that are written, for each unit of a rule."""

    seconds: float
    bytes: float


class Tables:
    """All tables of a clone. root: the clone."""

    def __init__(self, root: Path):
        """Read them. Raises PriceProblem."""
        self.tokens = read(root, "tokens")
        self.changed = {row["perturbation"]: float(row["share"]) for row in read(root, "changed")}
        self.rates: dict[str, dict[str, Rate]] = {}
        for row in read(root, "rates"):
            rate = Rate(float(row["seconds"]), float(row["bytes"]))
            self.rates.setdefault(row["rule"], {})[row["unit"]] = rate
        self.speeds: dict[str, list[tuple[float, float]]] = {}
        for row in read(root, "speeds"):
            self.speeds.setdefault(row["work"], []).append((float(row["body"]), float(row["flops_per_second"])))
        self.slowdowns = [(float(row["body"]), float(row["slowdown"])) for row in read(root, "slowdowns")]

    def seconds(self, rule: str, units: Mapping[str, float]) -> float:
        """Return the CPU seconds of the units of a rule; of rules that were not measured 0."""
        return sum(rate.seconds * units.get(unit, 0) for unit, rate in self.rates.get(rule, {}).items())

    def written(self, rule: str, units: Mapping[str, float]) -> float:
        """Return the bytes that the units of a rule write."""
        return sum(rate.bytes * units.get(unit, 0) for unit, rate in self.rates.get(rule, {}).items())

    def slowdown(self, body: float) -> float:
        """Return the time of the trainings of a study in the time that their operations take on full batches without
        padding. body: parameters of the layers; between the measured studies as `speed`."""
        return between(sorted(self.slowdowns), body)

    def ideal(self, operations: Mapping[str, float], body: float) -> float:
        """Return the CPU seconds of operations by kind of work at the measured speeds (`speed`)."""
        return sum(number / self.speed(kind, body) for kind, number in operations.items())

    def speed(self, work: str, body: float) -> float:
        """Return the operations a second of one core. work: train or predict. body: parameters of the layers.

        Between the measured encoders on a straight line of both logarithms; outside the nearest of them.
        """
        return between(sorted(self.speeds[work]), body)


def between(points: list[tuple[float, float]], x: float) -> float:
    """Return y at x on straight lines through sorted points (x, y) in logarithms; outside the nearest point's."""
    right = bisect([each for each, _ in points], x)
    if right in (0, len(points)):
        return points[min(right, len(points) - 1)][1]
    (x0, y0), (x1, y1) = points[right - 1 : right + 1]
    share = (log(x) - log(x0)) / (log(x1) - log(x0))
    return exp(log(y0) + share * (log(y1) - log(y0)))


class Tokens(NamedTuple):
    """Of an item: tokens in all its rows, and rows (windows or choices)."""

    tokens: float
    rows: float


class TokenCounts:
    """Tokens of items by task and language, for the vocabulary of an encoder.

    A vocabulary that was not measured has the numbers of that measured one which is nearest in size (by ratio); a task
    that was not measured with it has those of the next one, or if it was measured with none the mean of other tasks.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]], vocabulary: int, kinds: Mapping[str, str]):
        """rows: of the table tokens.csv. kinds: the kind of each task."""
        rows = list(rows)
        measured = sorted({int(row["vocabulary"]) for row in rows}, key=lambda size: abs(log(size / vocabulary)))
        self.is_measured, self.nearest = vocabulary in measured, measured[0]
        self._kinds = kinds
        self._found: dict[str, dict[str, Tokens]] = {}
        for size in measured:
            found: dict[str, dict[str, Tokens]] = {}
            for row in (row for row in rows if int(row["vocabulary"]) == size):
                numbers = Tokens(*(float(row[key]) / float(row["items"]) for key in ("tokens", "rows")))
                found.setdefault(row["task"], {})[row["language"]] = numbers
            self._found = found | self._found

    def of(self, task: str, language: str) -> Tokens:
        """Return the tokens and rows of an item; of a language that was not measured the mean of the others."""
        return _mean(self._measured(each, language) for each in self.stand_ins(task))

    def stand_ins(self, task: str) -> list[str]:
        """Return the measured tasks whose mean stands for a task: itself, else those of its kind, else all."""
        if task in self._found:
            return [task]
        measured = sorted(self._found)
        return [each for each in measured if self._kinds.get(each) == self._kinds[task]] or measured

    def _measured(self, task: str, language: str) -> Tokens:
        languages = self._found[task]
        return languages[language] if language in languages else _mean(languages.values())


def _mean(numbers: Iterable[Tokens]) -> Tokens:
    return Tokens(*(sum(column) / len(column) for column in zip(*numbers, strict=True)))
