"""Predict the number of test items by target and language before anything is fetched."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..data.lock import read_lock
from ..data.locked_rows import locked_rows
from ..study.grid import Study
from ..study.load import JobResources, Parameters

#: Gold pairs of the smallest test set of BUCC (Hu et al. 2020), for mining: the published sizes count its sentences.
PAIRS = 1896


class Items(NamedTuple):
    """Test items a language, the harmonic mean over the languages; `is_assumed`: no cap and no lock gives them."""

    number: float
    is_assumed: bool


def items_per_language(study: Study, target: str, languages: Sequence[str]) -> Items:
    """Predict the number of test items a language.

    The miniature: `miniature.sizes`. Real data: the cap, or the rows of the lock where those are fewer; of a language
    that the lock does not have, the published size. Raises TaskError for a broken lock.
    """
    parameters = Parameters(study)
    if study.is_miniature:
        return Items(parameters.sizes(target)["test"], False)
    cap, task = parameters.caps(target)["max_test"], study.tasks[target]
    lock, counts, is_assumed = read_lock(Path(parameters.lock)), [], False
    for language in languages:
        rows: float | None = locked_rows(lock, task, "test", language)
        if rows is None:
            rows = _published(parameters, target, language)
            is_assumed |= cap is None or cap > rows
        rows *= 1 - (task.holdout or 0) if task.held_out_from == "test" else 1
        counts.append(max(1, rows if cap is None else min(cap, rows)))
    return Items(len(counts) / sum(1 / count for count in counts), is_assumed)


def _published(parameters: Parameters, target: str, language: str) -> int:
    """Return the published number of test items, or what is assumed where none is."""
    if parameters.study.kind(target) == "mining":
        return PAIRS
    return JobResources(parameters, gpus=False).read_items(target, "test", language)
