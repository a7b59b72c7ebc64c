"""The part of a study that figures and tables show, and its look: the keys under `report`."""

from collections.abc import Iterable, Mapping

from ..tasks.families import by_family
from ..tasks.phases import NONE
from .checks import unknown
from .external import External
from .grid import Study

#: The folder of selections below the results.
SELECTIONS = "selections"


class Shown:
    """Names that are shown, in the order of the study; `none`, clean text and the source language always are."""

    def __init__(self, study: Study):
        """study: a checked study."""
        self.study, self.config = study, study.config["report"]

    @property
    def intermediates(self) -> list[str]:
        """Intermediate phases, then systems that are not ours; the latter only beside intermediate training."""
        trains = self.study.intermediates != [NONE]
        return self._chosen("intermediates", External(self.study).systems if trains else [NONE], NONE)

    @property
    def phases(self) -> list[str]:
        """Intermediate phases that are trained here."""
        return [name for name in self.intermediates if name in self.study.intermediate_models]

    @property
    def targets(self) -> list[str]:
        """Targets."""
        return self._chosen("targets", self.study.targets)

    @property
    def train_sets(self) -> list[str]:
        """Train sets of the targets; retrieval and mining train nothing."""
        found = dict.fromkeys(map(self.study.train_set, self.targets))
        return [name for name in found if name is not None]

    @property
    def perturbations(self) -> list[str]:
        """Perturbations, with `clean`."""
        return self._chosen("perturbations", self.study.perturbations, "clean")

    @property
    def languages(self) -> list[str]:
        """Languages of the targets that are shown, the source language first."""
        source, targets = self.study.source_language, self.targets
        found = dict.fromkeys([source, *(code for target in targets for code in self.study.languages(target))])
        return self._chosen("languages", [*found], source)

    @property
    def families(self) -> dict[str, list[str]]:
        """Targets of each family of the whole study by its heading, whose answers are pooled in curves.csv."""
        return by_family({target: self.study.kind(target) for target in self.study.targets})

    @property
    def look(self) -> dict:
        """Width and colours of figures."""
        return {"width": self.config["width"], **self.config["colours"]}

    @property
    def labels(self) -> dict[str, dict[str, str]]:
        """Displayed names of `tasks`, `intermediates`, `perturbations` and `languages`."""
        return {kind: dict(names) for kind, names in self.config["labels"].items()}

    def path(self, path: str) -> str:
        """Return the path of a figure, a table or the page below the results: a named selection has its own folder."""
        name = self.config["name"]
        return path if name is None else f"{SELECTIONS}/{name}/{path}"

    def _chosen(self, key: str, names: Iterable[str], always: str | None = None) -> list[str]:
        chosen = self.config["show"][key]
        return [name for name in names if chosen is None or name == always or name in chosen]


def shown_problems(study: Study) -> Iterable[str]:
    """Yield names of labels and selections that the study lacks, and selections that cannot be shown."""
    report = study.config["report"]
    names = {
        "intermediates": External(study).systems,
        "targets": study.targets,
        "perturbations": study.perturbations,
        "languages": study.all_languages,
    }
    allowed = {**names, "tasks": [*study.tasks]}
    for group in ("labels", "show"):
        for key, given in report[group].items():
            yield from unknown(f"report.{group}.{key}", given or (), allowed[key])
    if report["name"] is None and (chosen := [key for key, given in report["show"].items() if given is not None]):
        yield (
            f"report.name: is null, but report.show.{chosen[0]} selects; name it, so that its figures do not "
            "overwrite those of the whole study"
        )
    yield from _left_out(study, report)


def _left_out(study: Study, report: Mapping) -> Iterable[str]:
    """Yield the intermediate phase and the perturbation of the diagrams if a selection lacks them."""
    shown = Shown(study)
    for key, found, chosen in (
        ("intermediate", study.shown_intermediate, shown.intermediates),
        ("perturbation", report["perturbation"], shown.perturbations),
    ):
        if report["show"][f"{key}s"] is not None and found not in chosen:
            yield f"report.{key}: found {found!r}, which report.show.{key}s leaves out; allowed: {', '.join(chosen)}"
