"""Declare memory, time and priorities of jobs without torch, from the sizes of the tasks and the study.

A scheduler kills a job that takes more memory or time than its rule declares. Memory is in MB, time in minutes. The
next attempt of a job that failed gets more of both. docs/cluster.md says how to set them;
benchmarks/compare_memory.py compares them with what the jobs of a finished study took.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from .parameters import Parameters

#: The processes of Snakemake around a job, and Python with the libraries of a job without torch.
SNAKEMAKE, PLAIN = 300, 300
#: Bytes of an item in Python.
ITEM = 2500
#: Items of a split that nothing says the size of.
ASSUMED_ITEMS = 10_000
#: Minutes of the shortest declaration: a busy node or disk may be ten times slower than ours.
SHORTEST = 30
#: Bytes of a resample of a cell and measure, in all tables of scores together (265 were measured); MB that a MB of
#: predictions takes; the most metrics of a task.
RESAMPLE, SCORED, TASK_METRICS = 300, 40, 2

#: Priorities of jobs. Most jobs wait for trainings, so that these go first. Where models are removed, jobs that remove
#: them go first, and those that these wait for: otherwise all models would be there before the first prediction.
ALL_KEPT = {"train_intermediate": 2, "train_target": 1, "predict": 0, "perturb": 0}
SOME_REMOVED = {"train_intermediate": 0, "train_target": 1, "predict": 2, "perturb": 2}

Needed = Callable[[Any, Any], float]


class PlainResources:
    """Declarations of jobs without torch, each a mapping for the directive `resources` of a rule.

    gpus: true if the caller of Snakemake says how many GPUs there are (`--resources gpu=N`). Otherwise no job asks for
    one.
    """

    def __init__(self, parameters: Parameters, gpus: bool):
        self.parameters, self.study, self.gpus = parameters, parameters.study, gpus

    @cached_property
    def _published(self) -> dict[str, int]:
        path = self.study.root / "resources" / "power" / "train_sizes.csv"
        with open(path, newline="", encoding="utf-8") as file:
            return {row["task"]: int(row["items"]) for row in csv.DictReader(file)}

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
        """Return the largest number of items of a split, in one language: generated, capped, published or assumed."""
        if self.study.is_miniature:
            return self.parameters.sizes(task)[split]
        return min(self.parameters.caps(task)[f"max_{split}"] or 10**9, self.read_items(task, split))

    def read_items(self, task: str, split: str) -> int:
        """Return the number of items in the files of a real task, of which a cap takes a sample."""
        return self._published.get(task, ASSUMED_ITEMS) if split == "train" else ASSUMED_ITEMS

    # -- declarations --------------------------------------------------------------------------------------------------

    def plain(
        self, stage: str, memory: float | Callable[[Any], float] = 0, minutes: float = 0, by_input: float = 0
    ) -> dict[str, Any]:
        """Declare a job without torch. memory: MB, or a function of the wildcards. by_input: MB that a MB of its input
        files takes."""

        def needed(wildcards, input):
            more = memory(wildcards) if callable(memory) else memory
            return SNAKEMAKE + PLAIN + more + (by_input * input.size_mb if by_input else 0)

        return self._declared(stage, needed, lambda wildcards, input: minutes)

    def read(self, stage: str, tasks: Iterable[str], item: float = ITEM) -> dict[str, Any]:
        """Declare a job that holds all items of all languages of tasks. item: bytes of each."""
        number = sum(
            self.read_items(task, split) * len(self.study.split_languages(task, split))
            for task in tasks
            for split in ("train", "dev", "test")
        )
        return self.plain(stage, number * item / 1e6, number / 10_000)

    def translations(self, task: str) -> dict[str, Any]:
        """Declare a job that holds the training items of a task, and their translation into one language at a time."""
        number = self.read_items(task, "train")
        languages = len(self.parameters.variants.translated_languages(task))
        return self.plain("data", 3 * number * ITEM / 1e6, languages * number / 10_000)

    def perturb(self, target: str) -> dict[str, Any]:
        """Declare a job that perturbs the items of a target in all languages."""
        number = self.items(target, "test") * len(self.study.languages(target))
        return self.plain("perturb", number * 2 * ITEM / 1e6, number * len(self.study.applicable(target)) / 10_000)

    def score(self) -> dict[str, Any]:
        """Declare the job that scores the wildcard `target`."""
        return self.plain("score", self._resamples, by_input=SCORED)

    def _resamples(self, wildcards) -> float:
        """Return the MB of the resamples of all cells and measures of a target, which are kept until the end."""
        scores, target = self.study.config["scores"], wildcards.target
        systems = len(self.study.intermediates) + len(self.study.config["external"])
        cells = systems * len(self.study.seeds) * len(self.study.applicable(target))
        measures = len(scores["metrics"]) * (1 + len(self.study.scalings(target))) + TASK_METRICS
        if self.study.kind(target) == "tagging":
            measures *= 2  # tokens and entities
        return cells * measures * len(scores["correctness"]) * scores["resamples"] * RESAMPLE / 1e6
