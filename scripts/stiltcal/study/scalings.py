"""Which scalings the confidences of a study get, and the dev items that they are fitted on.

Imports are light, for the Snakefile asks this module through `stiltcal.study.grid`.
"""

from collections.abc import Iterable, Mapping

from ..support.messages import suggestion
from ..tasks.kinds import KINDS


class Scalings:
    """The key `scores.scalings` of a study's configuration."""

    def __init__(self, study):
        """`study`: a `stiltcal.study.grid.Study`."""
        self.study, self.names = study, study.config["scores"]["scalings"]

    def of(self, target: str) -> list[str]:
        """Return the scalings of the confidences of a target, besides `none`."""
        is_fixed = KINDS[self.study.tasks[target].kind].label_field
        return [name for name in self.names if name != "none" and (is_fixed or name != "vector")]

    @property
    def perturbed_splits(self) -> list[str]:
        """The splits that are perturbed: dev, too, where scalings are fitted on it."""
        return ["test", "dev"] if "perturbed" in self.names else ["test"]

    def languages(self, target: str) -> list[str]:
        """Of the dev items that serve all cells: the source language; of retrieval and mining, which lack it, all."""
        made = self.study.split_languages(target, "dev")
        return made if KINDS[self.study.tasks[target].kind].is_bitext else [self.study.source_language]

    def cells(self, target: str) -> list[tuple[str, str]]:
        """(perturbation, language) of the dev items that scalings (and mining thresholds) are fitted on."""
        wants_all = {"target", "mixed"} & set(self.names)
        clean = self.study.split_languages(target, "dev") if wants_all else self.languages(target)
        perturbed = self.study.cells(target, "dev") if "perturbed" in self.names else []
        return [("clean", code) for code in clean] + perturbed

    def problems(self) -> list[str]:
        """List unavailable values of `scores.scalings` and `report.scaling`, a line each."""
        study = self.study
        kinds = {target: study.tasks[target].kind for target in study.targets}
        made = {target: study.split_languages(target, "dev") for target in study.targets}
        lacking = {target: [code for code in study.languages(target) if code not in made[target]] for target in made}
        return [
            *_shown(study.config["report"]["scaling"], self.names, kinds),
            *(_without_dev(lacking) if "target" in self.names else []),
            *(self._never_perturbed() if "perturbed" in self.names else []),
        ]

    def _never_perturbed(self) -> Iterable[str]:
        """Perturbations of targets that exist in a language of their test items and in none of the dev items."""
        for target in self.study.targets:
            task = self.study.tasks[target]
            for perturbation in self.study.texts.applicable(task):
                tested, fitted = (
                    [self.study.texts.unavailable(perturbation, task, code) for code in codes]
                    for codes in (self.study.languages(target), self.languages(target))
                )
                if None in tested and None not in fitted:
                    yield f"configuration: scores.scalings: perturbed needs dev items of {target}, but {fitted[0]}"


def _shown(shown: str, names: list[str], kinds: Mapping[str, str]) -> Iterable[str]:
    unfit = [target for target, kind in kinds.items() if not KINDS[kind].label_field]
    if shown not in names:
        hint, allowed = suggestion(shown, names), ", ".join(names)
        yield f"configuration: report.scaling: {shown!r} is not in scores.scalings{hint}; allowed: {allowed}"
    if shown == "vector" and unfit:
        yield f"configuration: report.scaling: vector needs fixed labels, which {', '.join(unfit)} do not have"
    if "vector" in names and len(unfit) == len(kinds):
        yield "configuration: scores.scalings: vector needs fixed labels, which no target of this study has"


def _without_dev(lacking: Mapping[str, list[str]]) -> Iterable[str]:
    for target, languages in lacking.items():
        if languages:
            found = f"{target} has none in {', '.join(languages)}"
            yield f"configuration: scores.scalings: target needs dev items of every language; {found}"
