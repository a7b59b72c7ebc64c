"""Primary hypotheses of a study, declared in its configuration before anything runs."""

from functools import cached_property

from ..tasks.families import by_family
from ..tasks.kinds import FAMILIES, FAMILY_KEYS
from .grid import Study

#: Classes of perturbations by the families that perturbations declare (`perturb.declaration.FAMILIES`), the primary
#: class first.
CLASSES = {
    "syntax": ("rewording", "tree"),
    "reworded": ("rewording",),
    "reordered": ("tree",),
    "control": ("control",),
    "words": ("function", "lexical"),
}


class Hypotheses:
    """The key `hypotheses` of a configuration; null is replaced by everything in the grid."""

    def __init__(self, study: Study):
        """study: its targets and perturbations are grouped into families and classes."""
        self.study, self.given = study, study.config["hypotheses"]

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """Targets of each family by its heading, in the order of the report; families without targets are left out."""
        chosen = FAMILIES if self.given["families"] is None else self.given["families"]
        found = by_family({target: self.study.kind(target) for target in self.study.targets})
        return {heading: targets for heading, targets in found.items() if FAMILY_KEYS[heading] in chosen}

    @cached_property
    def classes(self) -> dict[str, list[str]]:
        """Perturbations of each class, the primary class first; classes without perturbations are left out."""
        chosen = CLASSES if self.given["classes"] is None else self.given["classes"]
        found = {
            name: [each.name for each in self.study.texts.perturbations if each.family in families]
            for name, families in CLASSES.items()
            if name in chosen
        }
        return {name: perturbations for name, perturbations in found.items() if perturbations}

    @property
    def targets(self) -> list[str]:
        """Targets of all families."""
        return [target for targets in self.families.values() for target in targets]

    @property
    def metric(self) -> str:
        """The calibration error; by default the first of `scores.metrics`."""
        return self.given["metric"] or self.study.config["scores"]["metrics"][0]

    @property
    def declared(self) -> dict:
        """The whole declaration, as finding.json records it."""
        settings = {name: self.given[name] for name in ("scaling", "margin", "level", "resamples")}
        return {"families": self.families, "classes": self.classes, "metric": self.metric, **settings}
