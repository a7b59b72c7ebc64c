"""Primary hypotheses of a study, declared in its configuration before anything runs.

Imports are light, for the Snakefile asks this module through `stiltcal.study.grid`.
"""

from collections.abc import Iterable
from functools import cached_property

from ..calibration.errors import ERRORS
from ..support.messages import suggestion
from ..tasks.kinds import FAMILIES, KINDS

#: Classes of perturbation by the families that declare themselves (`perturb.declaration.FAMILIES`), the primary first.
CLASSES = {
    "syntax": ("rewording", "tree"),
    "reworded": ("rewording",),
    "reordered": ("tree",),
    "control": ("control",),
    "words": ("function", "lexical"),
}


class Hypotheses:
    """The key `hypotheses` of a configuration, with its defaults filled in from the grid of the study."""

    def __init__(self, study):
        """`study`: a `stiltcal.study.grid.Study`."""
        self.study, self.given = study, study.config["hypotheses"]

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """Targets of each family (by its heading), in the order of the report; without families that have none."""
        kinds = {target: self.study.tasks[target].kind for target in self.study.targets}
        chosen = FAMILIES if self.given["families"] is None else self.given["families"]
        found = {
            heading: [target for target, kind in kinds.items() if KINDS[kind].family == key]
            for key, heading in FAMILIES.items()
            if key in chosen
        }
        return {heading: targets for heading, targets in found.items() if targets}

    @cached_property
    def classes(self) -> dict[str, list[str]]:
        """Perturbations of each class, the primary class first; without classes that have none."""
        chosen = CLASSES if self.given["classes"] is None else self.given["classes"]
        found = {
            name: [each.name for each in self.study.texts.perturbations if each.family in families]
            for name, families in CLASSES.items()
            if name in chosen
        }
        return {name: perturbations for name, perturbations in found.items() if perturbations}

    @property
    def targets(self) -> list[str]:
        """The targets of all families."""
        return [target for targets in self.families.values() for target in targets]

    @property
    def metric(self) -> str:
        """The calibration error; by default the first of `scores.metrics`."""
        return self.given["metric"] or self.study.config["scores"]["metrics"][0]

    @property
    def declared(self) -> dict:
        """Everything that was declared, as finding.json records it."""
        settings = {name: self.given[name] for name in ("scaling", "margin", "level", "resamples")}
        return {"families": self.families, "classes": self.classes, "metric": self.metric, **settings}

    def problems(self) -> Iterable[str]:
        """Hypotheses that name what the grid lacks, a line each."""
        where, scores = "configuration: hypotheses", self.study.config["scores"]
        for key, allowed, found, kind in (
            ("families", [*FAMILIES], self.families, "target"),
            ("classes", [*CLASSES], self.classes, "perturbation"),
        ):
            for name in self.given[key] or []:
                if name not in allowed:
                    hint = suggestion(name, allowed)
                    yield f"{where}.{key}: unknown {name!r}{hint}; allowed: {', '.join(allowed)}"
                elif FAMILIES.get(name, name) not in found:
                    yield f"{where}.{key}: {name} has no {kind} in this study; add one, or leave {name} out"
        errors = [name for name in scores["metrics"] if name in ERRORS]
        if self.metric not in errors:
            yield f"{where}.metric: {self.metric!r} is no error of scores.metrics; allowed: {', '.join(errors)}"
        if (scaling := self.given["scaling"]) not in scores["scalings"]:
            yield f"{where}.scaling: {scaling!r} is not in scores.scalings; allowed: {', '.join(scores['scalings'])}"
        elif scaling == "vector" and (unfit := [t for t in self.targets if "vector" not in self.study.scalings.of(t)]):
            yield f"{where}.scaling: vector needs fixed labels, which {', '.join(unfit)} do not have"
