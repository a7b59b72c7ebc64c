"""Write scores and comparisons as rows of the result tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..calibration.errors import NO_INTERVAL
from ..calibration.estimate import combine, effect_interval, level_interval, p_value
from .cells import Scores
from .effects import CLEAN, NONE


class LanguageRows:
    """The rows of single languages, and of groups of them: the mean, each language counting once, and the sum of n.
    `languages` is the number of those in a mean, which not all cells have.

    Of the groups the sums alone are held, so that many languages need no more memory than one.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], rows_of: Callable[[Scores], Iterator[dict]]):
        self.groups, self.rows_of = groups, rows_of
        self.rows: list[dict] = []
        self.totals: dict[tuple, tuple[Scores, int]] = {}

    def add(self, language: str, scores: Scores, **keys: str) -> None:
        """The scores of a language. Languages come in a fixed order, for sums depend on it."""
        self._append(language, scores, keys)
        for group in (group for group, members in self.groups.items() if language in members):
            place = (group, scores.metrics, *keys.items())
            if place not in self.totals:
                self.totals[place] = (scores, 1)
                continue
            total, count = self.totals[place]
            both = combine([1, 1], [total.estimate, scores.estimate])
            self.totals[place] = (Scores(total.metrics, both, total.n + scores.n), count + 1)

    def finish(self) -> list[dict]:
        """Return the rows of single languages, then those of groups."""
        for (group, _, *keys), (total, count) in self.totals.items():
            mean = total._replace(estimate=combine([1 / count], [total.estimate]))
            self._append(group, mean, dict(keys), count)
        return self.rows

    def _append(self, language: str, scores: Scores, keys: dict, languages: int = 1) -> None:
        keys = {**keys, "language": language, "languages": languages}
        self.rows += [keys | row for row in self.rows_of(scores)]


def score_rows(scores: Scores) -> Iterator[dict]:
    """Yield metric, value, estimate, low, high and n of every metric; low and high are None where NO_INTERVAL says
    why."""
    columns = {"value": scores.estimate.value, "estimate": scores.estimate.centre}
    columns["low"], columns["high"] = level_interval(scores.estimate)
    return _rows(scores, columns)


def effect_rows(scores: Scores) -> Iterator[dict]:
    """Yield metric, difference, estimate, low, high, p and n of every metric; the chance level is no effect and is left
    out. low, high and p are None where NO_INTERVAL says why."""
    columns = {"difference": scores.estimate.value, "estimate": scores.estimate.centre}
    columns["low"], columns["high"] = effect_interval(scores.estimate)
    columns["p"] = p_value(scores.estimate)
    return (row for row in _rows(scores, columns) if row["metric"] != "guessing")


def _rows(scores: Scores, columns: dict) -> Iterator[dict]:
    for number, metric in enumerate(scores.metrics):
        numbers: dict[str, float | None] = {name: float(values[number]) for name, values in columns.items()}
        if metric in NO_INTERVAL:
            numbers |= dict.fromkeys({"low", "high", "p"} & numbers.keys())
        yield {"metric": metric, **numbers, "n": scores.n}


def question(row: dict, aggregates: Sequence[str]) -> tuple:
    """Return the family of comparisons within which p values are adjusted.

    Of one target, effect, unit, scaling and metric, over intermediates and perturbations, for one of the `aggregates`
    of languages, or for all single languages together. What intermediate training does to clean text is a family of its
    own, and so is what perturbations do to the model without it.
    """
    scope = row["language"] if row["language"] in aggregates else "single"
    part = {"intermediate": row["perturbation"] == CLEAN, "perturbation": row["intermediate"] == NONE}
    keys = (row[name] for name in ("target", "effect", "unit", "scaling", "metric"))
    return *keys, scope, part.get(row["effect"], False)
