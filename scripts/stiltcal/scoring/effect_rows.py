"""Write scores and comparisons as rows of the result tables."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..calibration.combinations import combine, stack
from ..calibration.errors import NO_INTERVAL
from ..calibration.estimate import Estimate, effect_interval, level_interval, p_value
from .cells import Scores
from .effects import CLEAN, NONE

#: Cells whose intervals are computed at once: many small ones take as long as one.
TOGETHER = 64


class LanguageRows:
    """The rows of single languages, and of groups of them: the mean, each language counting once, and the sum of n.
    `languages` is the number of those in a mean, which not all cells have.

    columns_of: the numbers of a row, (cells, metrics) each. without: metrics that have no rows. Of the groups the sums
    alone are held, so that many languages need no more memory than one.
    """

    def __init__(
        self,
        groups: Mapping[str, Sequence[str]],
        columns_of: Callable[[Estimate], dict[str, np.ndarray]],
        without: Sequence[str] = (),
    ):
        self.groups, self.columns_of, self.without = groups, columns_of, without
        self.rows: list[dict] = []
        self.totals: dict[tuple, tuple[Scores, int]] = {}
        self.waiting: dict[tuple, list[tuple[dict, Scores]]] = defaultdict(list)

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
        """Return all rows."""
        for (group, _, *keys), (total, count) in self.totals.items():
            mean = total._replace(estimate=combine([1 / count], [total.estimate]))
            self._append(group, mean, dict(keys), count)
        for waiting in self.waiting.values():
            self._write(waiting)
        return self.rows

    def _append(self, language: str, scores: Scores, keys: dict, languages: int = 1) -> None:
        alike = self.waiting[scores.metrics, scores.estimate.df, scores.estimate.seeds is None]
        alike.append(({**keys, "language": language, "languages": languages}, scores))
        if len(alike) == TOGETHER:
            self._write(alike)

    def _write(self, waiting: list[tuple[dict, Scores]]) -> None:
        """Add the rows of cells with the same metrics; low, high and p are None where NO_INTERVAL says why."""
        if not waiting:
            return
        columns = self.columns_of(stack([scores.estimate for _, scores in waiting]))
        for cell, (keys, scores) in enumerate(waiting):
            for number, metric in enumerate(scores.metrics):
                numbers: dict[str, float | None] = {name: float(each[cell, number]) for name, each in columns.items()}
                if metric in NO_INTERVAL:
                    numbers |= dict.fromkeys({"low", "high", "p"} & numbers.keys())
                if metric not in self.without:
                    self.rows.append(keys | {"metric": metric, **numbers, "n": scores.n})
        waiting.clear()


def score_columns(estimate: Estimate) -> dict[str, np.ndarray]:
    """Return value, estimate, low and high, (...,) each."""
    low, high = level_interval(estimate)
    return {"value": np.asarray(estimate.value), "estimate": np.asarray(estimate.centre), "low": low, "high": high}


def effect_columns(estimate: Estimate) -> dict[str, np.ndarray]:
    """Return difference, estimate, low, high and p, (...,) each."""
    low, high = effect_interval(estimate)
    columns = {"difference": np.asarray(estimate.value), "estimate": np.asarray(estimate.centre)}
    return columns | {"low": low, "high": high, "p": p_value(estimate)}


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
