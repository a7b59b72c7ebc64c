"""Derive the parameters of the jobs: each job gets those that it needs, and never the whole configuration.

Imports are light, for the Snakefile asks through `stiltcal.study.grid`.
"""

from collections.abc import Iterable
from pathlib import Path

from ..miniature.drawers import TASKS
from ..support.reuse import digest
from ..tasks.kinds import KINDS
from ..tasks.spec import HUB, Task


class Settings:
    """Paths, sizes, hyper-parameters and other parameters of jobs."""

    def __init__(self, study):
        """`study`: a `stiltcal.study.grid.Study`."""
        self.study = study

    @property
    def lock(self) -> str:
        """The study's lock file: what was fetched, with checksums."""
        return str(self.study.root / self.study.config["data"]["lock"])

    @property
    def encoder_source(self) -> dict[str, str]:
        """Where the encoder comes from, without the keys that are null; folders are relative to the clone."""
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

    def data_source(self, task: str) -> str:
        """Where the files of a task come from: `hub`, or a folder with its layout."""
        source = self.asked(task)["source"]
        return source if source == HUB else str(self.study.root / source)

    def asked(self, task: str) -> dict:
        """The source of a task's files in the configuration, and what in task files decides which are fetched."""
        data = self.study.config["data"]
        return {"source": data["folders"].get(task, data["source"]), "files": self._files(task)}

    @property
    def asked_encoder(self) -> dict:
        """The source of the encoder in the configuration, without the keys that are null."""
        source = self.study.config["encoder"]["source"]
        return {"source": {key: value for key, value in source.items() if value is not None}}

    def _files(self, task: str) -> list[list]:
        parts = ("hub_id", "config", "revision", "splits", "languages", "codes", "format", "disjoint_from")
        return [
            [each.kind, each.parallel, each.holdout, *([getattr(s, part) for part in parts] for s in each.sources)]
            for each in self._read_with(task)
        ]

    def specs(self, task: str) -> list[str]:
        """The task files on which the items of a task depend."""
        return [str(self.study.root / "tasks" / f"{each.name}.yaml") for each in self._read_with(task)]

    def _read_with(self, task: str) -> list[Task]:
        """A task, and those whose test sets its dev set must not hold."""
        tasks = self.study.tasks
        others = [tasks[source.disjoint_from] for source in tasks[task].sources if source.disjoint_from]
        return [tasks[task], *(each for each in others if each.name != task)]

    def problems(self) -> list[str]:
        """List unavailable data or encoders; a line each."""
        study = self.study
        missing = [name for name in study.data_tasks if study.miniature and name not in TASKS]
        lacking = [name for name in study.data_tasks if not study.miniature and self._is_not_there(name)]
        return [
            *(
                f"configuration: intermediates, mix, targets: the miniature has no {name}; it has {', '.join(TASKS)}"
                for name in missing
            ),
            *(
                f"configuration: data.folders.{name}: {name} is not on the Hub ({study.tasks[name].sources[0].licence}"
                "); name the folder of your own copy here, or leave it out of intermediates (with multi, of mix)"
                for name in lacking
            ),
            *self._cap_problems(),
            *self._encoder_problems(),
            *self._training_problems(),
        ]

    def _cap_problems(self) -> Iterable[str]:
        data = self.study.config["data"]
        if self.study.miniature and (data["overrides"] or any(data["caps"].values())):
            yield "configuration: data.caps, data.overrides: the miniature is generated; change miniature.sizes instead"

    def _encoder_problems(self) -> Iterable[str]:
        where, source = "configuration: encoder", self.study.config["encoder"]["source"]
        if self.study.config["encoder"].get("pretrain"):
            if not self.study.miniature:
                yield f"{where}.pretrain: only the miniature's encoder can be pretrained here"
            return
        given = [key for key in ("hub", "package", "folder") if source.get(key) is not None]
        if len(given) != 1:
            yield (
                f"{where}.source: gives {' and '.join(given) or 'nothing'}; one of hub, package and folder must be "
                "given, and the others be null"
            )
            return
        allowed = {"hub": ["revision"], "package": ["path"], "folder": []}[given[0]]
        for key in [key for key, value in source.items() if value is not None]:
            if key not in (given[0], "sha256", *allowed):
                yield f"{where}.source.{key}: says nothing about a {given[0]}; make it null"
        if given == ["folder"] and not (self.study.root / source["folder"]).is_dir():
            yield f"{where}.source.folder: there is no folder {source['folder']}"
        if given == ["package"] and not source.get("path"):
            yield f"{where}.source.path: is missing; the folder in the package that holds the model"

    def _training_problems(self) -> Iterable[str]:
        trained = {"intermediate": self.study.intermediates, "target": self.study.answered}
        for phase, names in trained.items():
            for name in (each for each in names if each not in ("none", "encoder")):
                settings = self.hyperparameters(phase, name)
                if not settings.get("epochs") and not settings.get("max_steps"):
                    where = f"{'miniature.' if self.study.miniature else ''}training.{phase}"
                    yield f"configuration: {where}: {name} has neither epochs nor max_steps; give one of them"

    def _is_not_there(self, task: str) -> bool:
        """Tell whether a task needs files of the user although the Hub is the source."""
        formats = {source.format for source in self.study.tasks[task].sources}
        return self.data_source(task) == HUB and "two_column" in formats

    def caps(self, task: str) -> dict[str, int | None]:
        """`max_train`, `max_dev`, `max_test` of a task."""
        data = self.study.config["data"]
        caps = {**data.get("caps", {}), **data.get("overrides", {}).get(task, {})}
        return {f"max_{split}": caps.get(split) for split in ("train", "dev", "test")}

    def sizes(self, task: str) -> dict[str, int]:
        """Items of each split that the miniature makes of a task."""
        sizes = self.study.config["miniature"]["sizes"]
        return sizes["default"] | sizes.get(task, {})

    def lengths(self, task: str) -> dict[str, int]:
        """Tokens of a row, of the overlap of windows, of a question."""
        lengths = self._own("lengths")
        return lengths["default"] | lengths.get(task, {})

    def hyperparameters(self, phase: str, name: str) -> dict:
        """Of the phase `intermediate` or `target`, for a task, train set or `multi`."""
        settings = self._own("training")[phase]
        return settings["default"] | settings.get("tasks", {}).get(name, {})

    def _own(self, key: str) -> dict:
        """A part of the configuration of which the miniature has its own."""
        return self.study.config["miniature"][key] if self.study.miniature else self.study.config[key]

    def head(self, task: str) -> dict:
        """Return the parameters of a training job that depend on the task."""
        spec = self.study.tasks[task]
        return {"name": task, "kind": spec.kind, "labels": list(spec.labels), "lengths": self.lengths(task)}

    def prediction(self, target: str) -> dict:
        """Return the parameters of a prediction job. Only Platt scaling needs the correctness criterion."""
        names, correctness = self.study.scalings.of(target), self.study.config["scores"]["correctness"]
        is_platt = KINDS[self.study.tasks[target].kind].is_graded and "platt" in names
        settings = {
            "kind": self.study.tasks[target].kind,
            "lengths": self.lengths(target),
            "layer": self.study.config["retrieval_layer"],
            "normalization": self.normalization(target),
            "right": correctness[0] if is_platt else "exact_match",
            "scalings": names,
            "dev_languages": self.study.scalings.languages(target),
        }
        return {"dev_cells": self.study.scalings.cells(target), "cells": self.study.cells(target), "settings": settings}

    def scoring(self, target: str) -> dict:
        """Parameters of the score and compare jobs of a target."""
        scores = self.study.config["scores"]
        kind = {"kind": self.study.tasks[target].kind, "source_language": self.study.source_language}
        settings = {name: scores[name] for name in ("metrics", "resamples", "correctness")}
        return kind | settings | {"scalings": ["none", *self.study.scalings.of(target)]}

    def judged(self, target: str) -> dict:
        """Parameters of a target for the job that judges the hypotheses (`scoring.target.TargetSpec`)."""
        task = self.study.tasks[target]
        first = self.study.config["scores"]["correctness"][0] if KINDS[task.kind].is_graded else "exact_match"
        return {
            "kind": task.kind,
            "leading": task.metrics[0],
            "guessing": self.guessing(target),
            "correctness": first,
        }

    def normalization(self, target: str) -> str:
        """Return the normalisation of answers: that of the task, but invented languages have no rules of their own."""
        return "english" if self.study.miniature else self.study.tasks[target].normalization or "english"

    def guessing(self, target: str) -> float | None:
        """The exact match of naming the right part of a fact drawn at random, where the number of facts is known."""
        if not self.study.miniature or self.study.tasks[target].kind != "qa":
            return None
        return 1 / self.study.config["miniature"]["facts"]
