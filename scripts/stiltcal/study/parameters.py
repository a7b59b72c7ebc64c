"""Parameters of the jobs of a study by stage: each job gets what it needs, never the whole configuration."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..support.reuse import digest
from ..tasks.kinds import KINDS
from ..tasks.phases import NONE
from ..tasks.spec import HUB, SPLITS, Task
from .defaults import DEFAULT, of_task
from .grid import Study
from .hypotheses import Hypotheses
from .variants import Variants


class Parameters:
    """Parameters of jobs, in the order of the stages."""

    def __init__(self, study: Study):
        """study: a checked study."""
        self.study, self.config = study, study.config

    # -- data ----------------------------------------------------------------------------------------------------------

    @property
    def lock(self) -> str:
        """Path of the lock file: what was fetched, with checksums."""
        return str(self.study.root / self.config["data"]["lock"])

    @property
    def task_folder(self) -> str:
        """Folder of the task files."""
        return str(self.study.root / "tasks")

    def data_source(self, task: str) -> str:
        """Return the origin of the files of a task: `hub`, or a folder with the Hub's layout."""
        source = of_task(self.config["data"]["source"], task)
        return source if source == HUB else str(self.study.root / source)

    def asked(self, task: str) -> dict:
        """Return what decides which files are fetched for a task: its source, and parts of the task files."""
        return {"source": of_task(self.config["data"]["source"], task), "files": self._files(task)}

    def _files(self, task: str) -> list[list]:
        parts = ("hub_id", "config", "revision", "splits", "languages", "codes", "format", "disjoint_from")
        return [
            [each.kind, each.parallel, each.holdout, *([getattr(s, part) for part in parts] for s in each.sources)]
            for each in self._read_with(task)
        ]

    def task_files(self, task: str) -> list[str]:
        """Return the task files on which the items of a task depend."""
        return [f"{self.task_folder}/{each.name}.yaml" for each in self._read_with(task)]

    def _read_with(self, task: str) -> list[Task]:
        """Return a task, and the tasks whose test items must not be among its dev items."""
        tasks = self.study.tasks
        others = [tasks[source.disjoint_from] for source in tasks[task].sources if source.disjoint_from]
        return [tasks[task], *(each for each in others if each.name != task)]

    def caps(self, task: str) -> dict[str, int | None]:
        """Return the largest number of items of each split of a task by `max_{split}`; None for all items."""
        caps = of_task(self.config["data"]["caps"], task)
        return {f"max_{split}": caps.get(split) for split in SPLITS}

    def sizes(self, task: str) -> dict[str, int]:
        """Return the number of items that the miniature generates for each split of a task."""
        return of_task(self.config["miniature"]["sizes"], task)

    @cached_property
    def variants(self) -> Variants:
        """The data of variants of intermediate phases."""
        return Variants(self.study)

    # -- encoder -------------------------------------------------------------------------------------------------------

    @property
    def asked_encoder(self) -> dict[str, dict[str, str]]:
        """Request for the encoder: its source, without the keys that are null; another request is fetched again."""
        source = self.config["encoder"]["source"]
        return {"source": {key: value for key, value in source.items() if value is not None}}

    @property
    def encoder_source(self) -> dict[str, str]:
        """Source of the encoder, with the path of a folder."""
        source = self.asked_encoder["source"]
        return source | ({"folder": str(self.study.root / source["folder"])} if "folder" in source else {})

    @property
    def encoder_digest(self) -> str:
        """SHA-256 of the local folder that the encoder is copied from; empty for other sources.

        Rules compare it instead of dates, because all files of a fresh clone are newer than results copied into it.
        """
        if "folder" not in self.encoder_source:
            return ""
        files = sorted(path for path in Path(self.encoder_source["folder"]).iterdir() if path.is_file())
        return digest({"names": [path.name for path in files]}, map(str, files))

    # -- training and prediction ---------------------------------------------------------------------------------------

    def lengths(self, task: str) -> dict[str, int]:
        """Return the token limits of a task (`models.encoding.Lengths`)."""
        return of_task(self._own("lengths"), task)

    def hyperparameters(self, phase: str, name: str) -> dict[str, Any]:
        """Return the hyper-parameters of a training.

        phase: `intermediate` or `target`. name: an intermediate or a train set. A chain has those of its last
        phase, a variant those of its task, but for an entry of its own.
        """
        settings = self._own("training")[phase]
        if phase == "target":
            return of_task(settings, name)
        last = self.study.phase(name)
        return of_task(settings, last.task) | settings.get(last.name, {})

    def masked_lm(self, intermediate: str) -> dict:
        """Return share and languages of the masked-LM updates of an intermediate's last phase; {} without any."""
        if not self.study.phase(intermediate).has_mlm:
            return {}
        return {"share": self.config["mlm"]["share"], "languages": self.variants.text_languages}

    def _own(self, key: str) -> Mapping:
        """Return a part of the configuration; the miniature has its own `lengths` and `training`."""
        return self.config["miniature"][key] if self.study.is_miniature else self.config[key]

    def head(self, task: str) -> dict:
        """Return what a training job must know of a task."""
        spec = self.study.tasks[task]
        return {"name": task, "kind": spec.kind, "labels": list(spec.labels), "lengths": self.lengths(task)}

    def prediction(self, target: str) -> dict:
        """Return what a prediction job must know of a target.

        `right`, the correctness criterion, matters to Platt scaling only.
        """
        study, names = self.study, self.study.scalings(target)
        settings = {
            "kind": study.kind(target),
            "lengths": self.lengths(target),
            "layer": self.config["retrieval_layer"] if KINDS[study.kind(target)].head is None else -1,
            "normalization": self._normalization(target),
            "right": self.criteria(target)[0] if "platt" in names else "exact_match",
            "scalings": names,
            "dev_languages": study.scaling_languages(target),
        }
        return {"dev_cells": study.dev_cells(target), "cells": study.cells(target), "settings": settings}

    def _normalization(self, target: str) -> str:
        """Return the rules by which answers are normalised; invented languages have those of English."""
        return "english" if self.study.is_miniature else self.study.tasks[target].normalization or "english"

    # -- scores --------------------------------------------------------------------------------------------------------

    @property
    def metric(self) -> str:
        """The calibration error of figures and tables."""
        return self.config["scores"]["metrics"][0]

    @property
    def correctness(self) -> str:
        """The correctness criterion of answers in question answering, for figures and tables."""
        return self.config["scores"]["correctness"][0]

    def criteria(self, target: str) -> list[str]:
        """Return the correctness criteria of a target; only answers that may be partly right have others."""
        return self.config["scores"]["correctness"] if KINDS[self.study.kind(target)].is_graded else ["exact_match"]

    def scoring(self, target: str) -> dict:
        """Return the parameters of the job that scores a target."""
        return {
            "kind": self.study.kind(target),
            "source_language": self.study.source_language,
            "resamples": self.config["scores"]["resamples"],
            "correctness": self.criteria(target),
            "scalings": [NONE, *self.study.scalings(target)],
            "metrics": self.config["scores"]["metrics"],
            "metric": self.metric,
            "guessing": self._guessing(target),
        }

    def _guessing(self, target: str) -> float | None:
        """Return the exact match of the right part of a random fact; None if the number of facts is not known."""
        is_known = self.study.is_miniature and self.study.kind(target) == "qa"
        return 1 / self.config["miniature"]["facts"] if is_known else None

    @cached_property
    def hypotheses(self) -> Hypotheses:
        """The primary hypotheses."""
        return Hypotheses(self.study)

    @property
    def judged(self) -> dict[str, dict]:
        """Targets of the hypotheses, with what the job that judges them must know (`scoring.target.TargetSpec`)."""
        return {
            target: {
                "kind": self.study.kind(target),
                "leading": self.study.tasks[target].metrics[0],
                "guessing": self._guessing(target),
                "correctness": self.criteria(target)[0],
            }
            for target in self.hypotheses.targets
        }

    # -- report --------------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> dict[str, str]:
        """The seed (`all`: the mean over several), metric and scaling of figures, tables and the finding."""
        seeds = self.study.seeds
        return {
            "seed": "all" if len(seeds) > 1 else str(seeds[0]),
            "metric": self.metric,
            "scaling": self.config["report"]["scaling"],
        }

    @property
    def targets(self) -> dict[str, dict]:
        """Kind, metrics and label of each target; another label makes tables and figures anew."""
        tasks = {name: self.study.tasks[name] for name in self.study.targets}
        return {
            name: {"kind": task.kind, "metrics": list(task.metrics), "label": task.label or name}
            for name, task in tasks.items()
        }

    @property
    def controls(self) -> list[str]:
        """Perturbations that destroy meaning: a model should lose confidence under them."""
        return [each.name for each in self.study.texts.perturbations if each.meaning == "destroyed"]

    @property
    def lexical(self) -> list[str]:
        """Perturbations of words alone, with which perturbations of word order are compared."""
        return [each.name for each in self.study.texts.perturbations if each.family == "lexical"]

    @property
    def description(self) -> dict:
        """The study in the words of the report."""
        encoder = self.asked_encoder["source"]
        copied = ("intermediates", "external", "perturbations", "trees", "seeds")
        return {
            "data": self.config["data"]["source"][DEFAULT],
            "encoder": ", ".join(f"{key}: {value}" for key, value in encoder.items()),
            "source language": self.study.source_language,
            "languages": self.study.all_languages,
            **{key: self.config[key] for key in copied if self.config[key]},
        }
