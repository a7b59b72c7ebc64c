"""Declare memory, time and priorities of jobs without torch, from the sizes of the tasks and the study.

A scheduler kills a job that takes more memory or time than its rule declares. Memory is in MB, time in minutes. The
next attempt of a job that failed gets more of both. docs/cluster.md says how to set them;
benchmarks/compare_memory.py compares them with what the jobs of a finished study took.
"""

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from .external import External
from .parameters import Parameters

#: The processes of Snakemake around a job, and Python with the libraries of a job without torch.
SNAKEMAKE, PLAIN = 300, 300
#: Bytes of an item in Python.
ITEM = 2500
#: Items of a split that nothing says the size of.
ASSUMED_ITEMS = 10_000
#: Minutes of the shortest declaration: a busy node or disk may be ten times slower than ours.
SHORTEST = 30
#: Bytes of a resample of a cell and measure, in all tables of scores together (265 were measured); the most metrics of
#: a task. MB that a MB of predictions takes whose rows are read, and of which only items and clusters are.
RESAMPLE, TASK_METRICS, READ, SURVEYED = 300, 2, 40, 5
#: Quantities of a model on a text whose resamples are kept until all hypotheses are judged.
CONTRASTS = 16
#: Seconds of a scored cell, of an item of a resample, and of a judged cell (resources/price/rates.csv), and the factor
#: for slower machines.
CELL, DRAW, JUDGED, SLOWER = 0.033, 1.5e-8, 0.012, 3
#: Seconds of a step of a parser's training, and of a parsed text (the same table).
PARSER_STEP, PARSED = 0.47, 0.11

#: Priorities of jobs. Most jobs wait for trainings, so that these go first. Where models are removed, jobs that remove
#: them go first, and those that these wait for: otherwise all models would be there before the first prediction.
ALL_KEPT = {"train_intermediate": 2, "train_target": 1, "predict": 0, "perturb": 0}
SOME_REMOVED = {"train_intermediate": 0, "train_target": 1, "predict": 2, "perturb": 2}

Needed = Callable[[Any, Any], float]
OfWildcards = float | Callable[[Any], float]
"""A number, or a function of the wildcards."""


def of(value: OfWildcards, wildcards: Any) -> float:
    """Return a number that may depend on the wildcards."""
    return value(wildcards) if callable(value) else value


class PlainResources:
    """Declarations of jobs without torch, each a mapping for the directive `resources` of a rule.

    gpus: true if the caller of Snakemake says how many GPUs there are (`--resources gpu=N`). Otherwise no job asks for
    one.
    """

    def __init__(self, parameters: Parameters, gpus: bool):
        self.parameters, self.study, self.gpus = parameters, parameters.study, gpus

    @cached_property
    def _published(self) -> dict[tuple[str, ...], int]:
        """Items of whole data sets, by task and split; of dev and test sets also by language."""
        train, others = (self._table(*path) for path in (("power", "train_sizes.csv"), ("price", "items.csv")))
        found: dict[tuple[str, ...], int] = {(row["task"], "train"): int(row["items"]) for row in train}
        return found | {(row["task"], row["split"], row["language"]): int(row["items"]) for row in others}

    def _table(self, folder: str, name: str) -> list[dict[str, str]]:
        with open(self.study.root / "resources" / folder / name, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def threads(self, stage: str) -> int:
        """Return the threads of the jobs of a stage. Another number gives other last digits."""
        return self._own(stage)["threads"]

    def _own(self, stage: str) -> Mapping[str, int]:
        return self.study.config["resources"][stage]

    def _declared(self, stage: str, memory: Needed, minutes: Needed, uses_gpu: bool = False) -> dict[str, Any]:
        own = self._own(stage)

        def mem_mb(wildcards, input, attempt):
            return round(own["mem_mb"] or memory(wildcards, input)) * attempt

        def runtime(wildcards, input, attempt):
            return own["runtime"] or round(SHORTEST + minutes(wildcards, input)) * attempt

        gpu = own["gpu"] if uses_gpu and self.gpus else 0
        return {"mem_mb": mem_mb, "runtime": runtime} | ({"gpu": gpu} if uses_gpu else {})

    def keeps(self, phase: str) -> bool:
        """Tell whether models of a phase, `intermediate` or `target`, stay once no job needs them."""
        return self.study.config["keep_models"] in {"intermediate": ("all", "encoders"), "target": ("all",)}[phase]

    def priority(self, stage: str) -> int:
        """Return the priority of a job: a training, `predict`, or `perturb` for all that prediction waits for."""
        return (ALL_KEPT if self.keeps("target") else SOME_REMOVED)[stage]

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def items(self, task: str, split: str) -> int:
        """Return the items of a split in the language that has the most: generated, capped, published or assumed."""
        return max(self._by_language(task, split))

    def all_items(self, task: str, split: str) -> int:
        """Return the items of a split in all its languages."""
        return sum(self._by_language(task, split))

    def _by_language(self, task: str, split: str) -> list[int]:
        languages = self.study.split_languages(task, split) or [self.study.source_language]
        if self.study.is_miniature:
            return [self.parameters.sizes(task)[split]] * len(languages)
        cap = self.parameters.caps(task)[f"max_{split}"]
        known = [self._known(task, split, language) for language in languages]
        return [min(cap or 10**9, number or cap or ASSUMED_ITEMS) for number in known]

    def read_items(self, task: str, split: str, language: str) -> int:
        """Return the number of items in the files of a real task, of which a cap takes a sample."""
        return self._known(task, split, language) or ASSUMED_ITEMS

    def _known(self, task: str, split: str, language: str) -> int | None:
        return self._published.get((task, split) if split == "train" else (task, split, language))

    # -- declarations --------------------------------------------------------------------------------------------------

    def plain(
        self, stage: str, memory: OfWildcards = 0, minutes: OfWildcards = 0, by_input: float = 0
    ) -> dict[str, Any]:
        """Declare a job without torch. memory: MB. by_input: MB that a MB of its input files takes."""

        def needed(wildcards, input):
            return SNAKEMAKE + PLAIN + of(memory, wildcards) + (by_input * input.size_mb if by_input else 0)

        return self._declared(stage, needed, lambda wildcards, _: of(minutes, wildcards))

    def train_parser(self) -> dict[str, Any]:
        """Declare the job that trains the parser of the wildcard `language`, by its number of steps."""

        def minutes(wildcards):
            return SLOWER * PARSER_STEP * sum(self.study.parsers.source(wildcards.language).steps.values()) / 60

        return self.plain("trees", 2400, minutes)

    def read(self, stage: str, tasks: Iterable[str], translated: Iterable[str] = ()) -> dict[str, Any]:
        """Declare a job that holds all items of all languages of tasks, and the translations of `translated` ones."""
        number = sum(
            self.read_items(task, split, language)
            for task in tasks
            for split in ("train", "dev", "test")
            for language in self.study.split_languages(task, split)
        )
        number += sum(
            self.items(task, "train") * len(self.parameters.variants.translated_languages(task)) for task in translated
        )
        return self.plain(stage, number * ITEM / 1e6, number / 10_000)

    def translations(self, task: str) -> dict[str, Any]:
        """Declare a job that holds the training items of a task, and their translation into one language at a time."""
        number = self.read_items(task, "train", self.study.source_language)
        languages = len(self.parameters.variants.translated_languages(task))
        return self.plain("data", 3 * number * ITEM / 1e6, languages * number / 10_000)

    def perturb(self, target: str) -> dict[str, Any]:
        """Declare a job that perturbs the items of a target in all languages."""
        number = self.all_items(target, "test")
        return self.plain("perturb", number * 2 * ITEM / 1e6, number * len(self.study.applicable(target)) / 10_000)

    def score(self) -> dict[str, Any]:
        """Declare the job that scores the wildcard `target`."""
        return self._declared(
            "score",
            lambda wildcards, input: self._reading(input.predictions) + self._resamples(wildcards.target),
            lambda wildcards, _: self._scoring_minutes(wildcards.target),
        )

    def judge(self) -> dict[str, Any]:
        """Declare a job that reads the predictions of all targets, one target after the other."""
        resamples = self.study.config["hypotheses"]["resamples"]
        models = {target: self._models(target) for target in self.study.targets}
        kept = sum(number * len(self.study.applicable(target)) for target, number in models.items())
        draws = sum(
            number * len(self.study.cells(target)) * self.items(target, "test") for target, number in models.items()
        )
        cells = sum(map(self._cells, self.study.targets))
        minutes = SLOWER * (JUDGED * cells + DRAW * draws * resamples) / 60
        memory = kept * CONTRASTS * resamples * 8 / 1e6
        return self._declared("score", lambda _, input: self._reading(input) + memory, lambda *_: minutes)

    def _reading(self, predictions: Iterable[str]) -> float:
        """Return the MB of a job that reads predictions by target and language; a language may be half of a target."""
        sizes = Counter[str]()
        for path in predictions:
            sizes[Path(path).parent.name] += os.path.getsize(path)
        shares = {target: min(1, 2 / len(self.study.languages(target))) for target in sizes}
        held = (size * (READ * shares[target] + SURVEYED) for target, size in sizes.items())
        return SNAKEMAKE + PLAIN + max(held) / 1e6

    def _resamples(self, target: str) -> float:
        """Return the MB of the resamples of all cells and measures of a target, which are kept until the end."""
        scores, texts = self.study.config["scores"], len(self.study.applicable(target))
        measures = len(scores["metrics"]) * (1 + len(self.study.scalings(target))) + TASK_METRICS
        if self.study.kind(target) == "tagging":
            measures *= 2  # tokens and entities
        answered = self._models(target) * texts * len(self.parameters.criteria(target))
        return answered * measures * scores["resamples"] * RESAMPLE / 1e6

    def _scoring_minutes(self, target: str) -> float:
        draws = self.study.config["scores"]["resamples"] * self.items(target, "test")
        return SLOWER * self._cells(target) * (CELL + DRAW * draws) / 60

    def _cells(self, target: str) -> int:
        """Return the cells of a target with all models, scalings and criteria."""
        return self.scored_copies(target) * len(self.study.cells(target))

    def scored_copies(self, target: str) -> int:
        """Return how often each text of a target is scored: by model, scaling and criterion."""
        scalings = 1 + len(self.study.scalings(target))
        return self._models(target) * scalings * len(self.parameters.criteria(target))

    def _models(self, target: str) -> int:
        return len(External(self.study).systems_of(target)) * len(self.study.seeds)
