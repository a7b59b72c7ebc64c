"""Derive the parameters of the report. Imports are light, because the Snakefile imports this through `study`."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..tasks.spec import Task
from .texts import Texts


@dataclass(frozen=True)
class Reported:
    """A checked configuration, with its tasks by name and its texts."""

    config: Mapping
    tasks: Mapping[str, Task]
    texts: Texts

    @property
    def metric(self) -> str:
        """The calibration estimator of figures and tables."""
        return self.config["scores"]["metrics"][0]

    @property
    def seed(self) -> str:
        """The seed, or `all`: the mean over several."""
        return "all" if len(self.config["seeds"]) > 1 else str(self.config["seeds"][0])

    @property
    def controls(self) -> list[str]:
        """Perturbations that destroy meaning: a model should lose confidence under them."""
        return [each.name for each in self.texts.perturbations if each.meaning == "destroyed"]

    @property
    def lexical(self) -> list[str]:
        """Perturbations of words alone, beside which those of their order are looked at."""
        return [each.name for each in self.texts.perturbations if each.family == "lexical"]

    @property
    def targets(self) -> dict[str, dict]:
        """Kind, metrics and label of each target; with another label, tables and figures are made anew."""
        targets = {name: self.tasks[name] for name in self.config["targets"]}
        return {
            name: {"kind": task.kind, "metrics": list(task.metrics), "label": task.label or name}
            for name, task in targets.items()
        }

    @property
    def description(self) -> dict:
        """Describe the study in the words of the report."""
        copied = ("languages", "intermediates", "perturbations", "trees", "seeds")
        source = self.config["encoder"]["source"]
        return {
            "data": self.config["data"]["source"],
            "encoder": ", ".join(f"{key}: {value}" for key, value in source.items() if value is not None),
            "source language": self.config["source_language"],
            **{key: self.config[key] for key in copied},
        }
