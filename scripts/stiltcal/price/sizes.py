"""Predict the numbers of items of a study, by task, split and language, before anything is fetched."""

from pathlib import Path

from ..data.lock import read_lock
from ..data.locked_rows import locked_rows
from ..study.grid import Study
from ..study.load import JobResources, Parameters
from ..tasks.kinds import KINDS


class Sizes:
    """Items of a study."""

    def __init__(self, study: Study):
        """Raises TaskError for a broken lock."""
        self.study, self.parameters = study, Parameters(study)
        self.needs = JobResources(self.parameters, gpus=False)
        self._lock = {} if study.is_miniature else read_lock(Path(self.parameters.lock))

    def items(self, task: str, split: str, language: str) -> float:
        """Return the number of items of a split in a language.

        Of the miniature `miniature.sizes`; of real data the cap, or what there is where that is less. In retrieval and
        mining an item is a sentence of the larger side.
        """
        if self.study.is_miniature:
            return self.parameters.sizes(task)[split]
        cap = self.parameters.caps(task)[f"max_{split}"]
        return min(float("inf") if cap is None else cap, self.there(task, split, language))

    def there(self, task: str, split: str, language: str) -> float:
        """Return the number of items that a real data set has: by the lock, published, or else assumed.

        Training data is in the source language, of which a file of several languages may hold any part: there the
        published number counts where it is less.
        """
        spec = self.study.tasks[task]
        if KINDS[spec.kind].is_bitext:  # a row of the lock is a pair, or a whole data set
            return self.needs.read_items(task, split, language)
        origin = spec.held_out_from if split == "dev" and spec.held_out_from else split
        rows = locked_rows(self._lock, spec, origin, language, whole=origin == "train")
        if rows is None:
            return self.needs.read_items(task, split, language)
        rows = min(rows, self.needs.read_items(task, "train", language)) if origin == "train" else rows
        share = spec.holdout or 0
        return rows * (share if origin != split else 1 - share if split == spec.held_out_from else 1)

    def all_items(self, task: str) -> float:
        """Return the items of all splits and languages of a task, as many as are written."""
        return sum(self.items(task, *each) for each in self._splits(task))

    def all_there(self, task: str) -> float:
        """Return the items of all splits and languages of a real task, as many as are read."""
        return sum(self.there(task, *each) for each in self._splits(task))

    def _splits(self, task: str) -> list[tuple[str, str]]:
        splits = ("train", "dev", "test")
        return [(split, language) for split in splits for language in self.study.split_languages(task, split)]

    def largest(self, task: str, split: str) -> float:
        """Return the items of a split in the language that has the most."""
        languages = self.study.split_languages(task, split) or [self.study.source_language]
        return max(self.items(task, split, language) for language in languages)
