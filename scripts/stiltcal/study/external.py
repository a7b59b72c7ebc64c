"""Systems that are not ours: their names, their targets, and the files of their answers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..external.questions import kind_problem
from ..tasks.phases import MULTI, NONE
from .checks import unknown
from .grid import Study
from .parameters import Parameters

#: Endings of files of answers.
ENDINGS = (".jsonl", ".parquet")
#: Names that have another meaning where intermediates stand; the last two in tables of the report.
_RESERVED = (NONE, MULTI, "best_per_target", "all")


class External:
    """The key `external` of a configuration. A system stands where an intermediate stands, for targets it answers."""

    def __init__(self, study: Study):
        """study: a study that fits its schema."""
        self.study, self.given = study, study.config["external"]

    @property
    def names(self) -> list[str]:
        """Names of the systems, in the order of the configuration."""
        return list(self.given)

    @property
    def systems(self) -> list[str]:
        """All that is compared: intermediates, then systems that are not ours."""
        return [*self.study.intermediates, *self.names]

    def systems_of(self, *targets: str) -> list[str]:
        """Return the systems that answer all of some targets: every intermediate, and others with answers to each."""
        others = [name for name in self.names if set(targets) <= set(self.given[name])]
        return [*self.study.intermediates, *others]

    def folder(self, name: str, target: str) -> Path:
        """Return the folder of a system's answers to a target."""
        return self.study.root / self.given[name][target]

    def files(self, name: str, target: str) -> list[str]:
        """Return the files of a system's answers to a target, sorted; hidden ones are left out."""
        found = sorted(self.folder(name, target).glob("*"))
        return [str(each) for each in found if each.suffix in ENDINGS and not each.name.startswith(".")]

    def grading(self, target: str) -> dict[str, Any]:
        """Return what the job that grades the answers to a target must know."""
        told, labels = Parameters(self.study).prediction(target), list(self.study.tasks[target].labels)
        settings = {key: told["settings"][key] for key in ("kind", "normalization")}
        return {"cells": told["cells"], "labels": labels, **settings}


def external_problems(study: Study) -> Iterable[str]:
    """Yield one line for each wrong name, each target that cannot be answered and each folder without answers."""
    external = External(study)
    for name, targets in external.given.items():
        if name in study.tasks or name in _RESERVED:
            yield f"external.{name}: {name} has another meaning in this study; call the system something else"
        for target in targets:
            key = f"external.{name}.{target}"
            if target not in study.targets:
                yield from unknown(f"external.{name}", [target], study.targets)
            elif problem := kind_problem(study.kind(target)):
                yield f"{key}: {problem}; remove {target} here"
            elif not external.folder(name, target).is_dir():
                yield f"{key}: there is no folder {external.folder(name, target)}"
            elif not external.files(name, target):
                yield f"{key}: {external.folder(name, target)} holds no file that ends in {' or '.join(ENDINGS)}"
    for key in ("hypotheses", "report") if external.names else ():
        if (found := study.config[key]["scaling"]) != NONE:
            yield (
                f"{key}.scaling: found {found!r}, but answers of external have no scaled confidences; set it to none, "
                "or remove external"
            )
