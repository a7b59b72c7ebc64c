"""Predict the number of test items by target and language before anything is fetched."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..data.lock import read_lock
from ..data.locked_rows import locked_rows
from ..study.grid import Study
from ..study.parameters import Parameters

#: The size of the smallest language of each real test set; where neither cap nor lock says less, it is assumed.
ASSUMED = Path("resources") / "power" / "test_sizes.csv"


class Items(NamedTuple):
    """Test items a language, the harmonic mean over the languages; `is_assumed`: no cap and no lock gives them."""

    number: float
    is_assumed: bool


def items_per_language(study: Study, target: str, languages: Sequence[str]) -> Items:
    """Predict the number of test items a language.

    The miniature: `miniature.sizes`. Real data: the cap, or the rows of the lock where those are fewer; of a language
    that the lock does not have, the smallest published size. Raises TaskError for a broken lock.
    """
    parameters = Parameters(study)
    if study.is_miniature:
        return Items(parameters.sizes(target)["test"], False)
    cap, task = parameters.caps(target)["max_test"], study.tasks[target]
    lock, counts, is_assumed = read_lock(Path(parameters.lock)), [], False
    for language in languages:
        rows: float | None = locked_rows(lock, task, "test", language)
        if rows is None:
            rows = _assumed(study.root)[target]
            is_assumed |= cap is None or cap > rows
        rows *= 1 - (task.holdout or 0) if task.held_out_from == "test" else 1
        counts.append(max(1, rows if cap is None else min(cap, rows)))
    return Items(len(counts) / sum(1 / count for count in counts), is_assumed)


def _assumed(root: Path) -> dict[str, int]:
    with open(root / ASSUMED, newline="", encoding="utf-8") as file:
        return {row["target"]: int(row["items"]) for row in csv.DictReader(file)}
