"""Predict the number of test items by target and language before anything is fetched."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..data.lock import read_lock
from ..study.grid import Study
from ..study.parameters import Parameters
from ..tasks.spec import Source, Task

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
        rows: float | None = _locked_rows(lock, task, language)
        if rows is None:
            rows = _assumed(study.root)[target]
            is_assumed |= cap is None or cap > rows
        rows *= 1 - (task.holdout or 0) if task.held_out_from == "test" else 1
        counts.append(max(1, rows if cap is None else min(cap, rows)))
    return Items(len(counts) / sum(1 / count for count in counts), is_assumed)


def _locked_rows(lock: dict, task: Task, language: str) -> float | None:
    """Rows of a language's test data by the lock; of files that hold several languages an equal share."""
    for source in task.sources:
        if "test" not in source.splits or language not in source.languages:
            continue
        names = [
            f"{repository}:{source.config_name(language)}:{split}"
            for repository in dict.fromkeys((source.id, source.hub_id))
            for split in source.splits["test"]
        ]
        rows = [lock[name]["rows"] for name in names if "rows" in lock.get(name, {})]
        if rows:
            return sum(rows) / _languages_in_one_file(source)
    return None


def _languages_in_one_file(source: Source) -> int:
    return len(source.languages) if source.language_prefix or source.language_column else 1


def _assumed(root: Path) -> dict[str, int]:
    with open(root / ASSUMED, newline="", encoding="utf-8") as file:
        return {row["target"]: int(row["items"]) for row in csv.DictReader(file)}
