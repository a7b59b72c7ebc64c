"""Derive the experiment grid from a configuration that `load.load_study` checked: tasks, languages, evaluated cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..tasks.kinds import KINDS
from ..tasks.phases import MULTI, NONE, Phase, chain, chain_name
from ..tasks.spec import MINIATURE, Task
from .defaults import DEFAULT, of_task
from .parsers import Parsers
from .texts import Texts

#: Stands for a train set where targets have none: they use the encoder as it is.
ENCODER = "encoder"

Cell = tuple[str, str]  # perturbation, language


@dataclass(frozen=True)
class Study:
    """The grid of a configuration. root: the clone. tasks: all task files by name."""

    config: Mapping
    root: Path
    tasks: Mapping[str, Task]

    # -- named in the configuration, in its order ----------------------------------------------------------------------

    @property
    def is_miniature(self) -> bool:
        """True if the data is generated."""
        return self.config["data"]["source"][DEFAULT] == MINIATURE

    @property
    def source_language(self) -> str:
        """Language of all training data."""
        return self.config["source_language"]

    @property
    def all_languages(self) -> list[str]:
        """Languages of evaluation of targets that have no languages of their own."""
        return self.config["languages"][DEFAULT]

    @property
    def intermediates(self) -> list[str]:
        """Intermediates: `none`, and names of phases and chains of phases (`tasks.phases`)."""
        return self.config["intermediates"]

    @property
    def shown_intermediate(self) -> str:
        """Intermediate phase of the reliability diagrams, next to `none`; `none` in a study without any other."""
        return self.config["report"]["intermediate"] if self.intermediates != [NONE] else NONE

    @property
    def targets(self) -> list[str]:
        """Names of the target tasks."""
        return self.config["targets"]

    @property
    def seeds(self) -> list[int]:
        """Seeds; each is one run of the grid."""
        return self.config["seeds"]

    @property
    def perturbations(self) -> list[str]:
        """Names of the perturbations, with `clean`."""
        return self.config["perturbations"]

    @cached_property
    def parsers(self) -> Parsers:
        """Parsers and treebanks."""
        return Parsers(self.config, self.root)

    @cached_property
    def texts(self) -> Texts:
        """Perturbations by target."""
        return Texts(self.config, self.parsers)

    # -- tasks and models ----------------------------------------------------------------------------------------------

    def kind(self, task: str) -> str:
        """Return the kind of a task."""
        return self.tasks[task].kind

    def train_set(self, target: str) -> str | None:
        """Return the task that a target is fine-tuned on; None if the encoder is used as it is."""
        return self.tasks[target].train_set

    @cached_property
    def intermediate_models(self) -> list[str]:
        """Intermediates that are trained: those of the study, and those that their chains begin with."""
        chains = (chain(name) for name in self.intermediates)
        return list(dict.fromkeys(chain_name(phases[: i + 1]) for phases in chains for i in range(len(phases))))

    def phase(self, intermediate: str) -> Phase:
        """Return the last phase of an intermediate, the one that its own training job runs."""
        return chain(intermediate)[-1]

    def trained_after(self, intermediate: str) -> str:
        """Return the intermediate whose model the last phase of a chain starts from; `none` for a single phase."""
        return chain_name(chain(intermediate)[:-1])

    def trained_on(self, intermediate: str) -> list[str]:
        """Return the tasks that the last phase of an intermediate trains on."""
        if intermediate == NONE:
            return []
        task = self.phase(intermediate).task
        return sorted(self.config["mix"]) if task == MULTI else [task]

    @cached_property
    def data_tasks(self) -> list[str]:
        """All tasks whose items are needed: targets, their train sets, and intermediate tasks."""
        train_sets = (self.train_set(target) for target in self.targets)
        names = {*self.targets, *(name for name in train_sets if name is not None)}
        for intermediate in self.intermediate_models:
            names |= set(self.trained_on(intermediate))
        return sorted(names)

    @cached_property
    def answered(self) -> dict[str, list[str]]:
        """Targets that one model answers, by its train set; `encoder` for targets without one."""
        found: dict[str, list[str]] = {}
        for target in self.targets:
            found.setdefault(self.train_set(target) or ENCODER, []).append(target)
        return found

    @cached_property
    def trained_together(self) -> dict[str, list[str]]:
        """Train sets of each training job by the job's name: all in one job in the miniature, else one per job.

        A start of torch and transformers takes four seconds of a core, as long as a short training of a tiny encoder.
        """
        return self._jobs([train_set for train_set in self.answered if train_set != ENCODER])

    @cached_property
    def answered_together(self) -> dict[str, list[str]]:
        """Targets of each prediction job by the job's name: all in one job in the miniature, else one per job."""
        return self._jobs(self.targets)

    def _jobs(self, names: list[str]) -> dict[str, list[str]]:
        if self.is_miniature:
            return {"all": names} if names else {}
        return {name: [name] for name in names}

    # -- languages -----------------------------------------------------------------------------------------------------

    def offered_languages(self, task: str) -> list[str]:
        """Return the languages in which the data source has evaluation data of a task, and the source language."""
        if self.is_miniature:
            return list(self.config["miniature"]["languages"])
        return [*self.tasks[task].languages, self.source_language]

    def languages(self, target: str) -> list[str]:
        """Return the languages that a target is evaluated in; for retrieval and mining, those of the foreign side."""
        task = self.tasks[target]
        offered = self.offered_languages(target) if self.is_miniature else task.languages
        found = [code for code in of_task(self.config["languages"], target) if code in offered]
        return [code for code in found if code != self.source_language] if KINDS[task.kind].is_bitext else found

    def split_languages(self, task: str, split: str) -> list[str]:
        """Return the languages in which a split of a task is made; [] if the split does not exist."""
        if split == "test" and task not in self.targets:
            return []
        if not self.is_miniature:
            return list(self.tasks[task].split_languages(split, self.fetched_languages(task)))
        if task not in self.targets:
            return [self.source_language]
        if split == "train":
            return [self.source_language] if self.train_set(task) == task else []
        fits = split == "dev" and not KINDS[self.kind(task)].is_bitext  # temperatures, in the source language
        return list(dict.fromkeys([*([self.source_language] if fits else []), *self.languages(task)]))

    def fetched_languages(self, task: str) -> list[str]:
        """Return the languages whose files a task needs from the Hub."""
        return self.languages(task) if task in self.targets else [self.source_language]

    @cached_property
    def measured_languages(self) -> list[str]:
        """Languages whose word order is measured: those with a treebank, the source language among them."""
        codes = dict.fromkeys([self.source_language, *self.all_languages])
        return [code for code in codes if code in self.parsers.treebank_languages]

    # -- perturbed items -----------------------------------------------------------------------------------------------

    @property
    def perturbed_splits(self) -> list[str]:
        """Perturbed splits: test, and dev if scalings are fitted on perturbed items."""
        return ["test", "dev"] if "perturbed" in self.config["scores"]["scalings"] else ["test"]

    def perturbed_fields(self, target: str) -> list[str]:
        """Return the perturbed fields of a target."""
        return list(self.texts.fields(self.tasks[target]))

    def perturbed_languages(self, target: str, split: str = "test") -> list[str]:
        """Return the languages of the items files of a target that are perturbed."""
        return self.languages(target) if split == "test" else self.scaling_languages(target)

    def perturbed_language(self, target: str, language: str) -> str:
        """Return the language of the perturbed fields in the items file of a language (`Texts.perturbed_language`)."""
        return self.texts.perturbed_language(self.tasks[target], language)

    def tree_languages(self, target: str, split: str = "test") -> list[str]:
        """Return the languages of the perturbed items files of a target that have trees."""
        codes = self.perturbed_languages(target, split)
        return [code for code in codes if self.parsers.has_trees(self.perturbed_language(target, code))]

    def tree_cells(self, target: str) -> list[tuple[str, str]]:
        """Return (split, language) of the perturbed items files of a target that have trees."""
        return [(split, code) for split in self.perturbed_splits for code in self.tree_languages(target, split)]

    def word_orders(self, target: str, split: str = "test") -> list[str]:
        """Return the languages whose word-order statistics the perturbations of a split of a target need."""
        return self.texts.word_orders(self.tasks[target], self.perturbed_languages(target, split))

    def applicable(self, target: str, split: str = "test") -> list[str]:
        """Return the perturbations that apply to a target, in the order of the configuration.

        `dev` has no `clean`: scalings read the clean dev items directly.
        """
        found = [each.name for each in self.texts.applicable(self.tasks[target])]
        return found if split == "test" else [name for name in found if name != "clean"]

    def cells(self, target: str, split: str = "test") -> list[Cell]:
        """Return all cells of a split of a target, perturbation by perturbation."""
        languages = self.perturbed_languages(target, split)
        return [(name, code) for name in self.applicable(target, split) for code in languages]

    # -- scalings of confidences ---------------------------------------------------------------------------------------

    def scalings(self, target: str) -> list[str]:
        """Return the scalings of a target, without `none`; `vector` needs fixed labels."""
        is_fixed = KINDS[self.kind(target)].label_field is not None
        return [name for name in self.config["scores"]["scalings"] if name != NONE and (is_fixed or name != "vector")]

    def scaling_languages(self, target: str) -> list[str]:
        """Return the languages of the dev items that scalings of all cells are fitted on.

        The source language; for retrieval and mining, which have no such items, all languages.
        """
        return self.split_languages(target, "dev") if KINDS[self.kind(target)].is_bitext else [self.source_language]

    def dev_cells(self, target: str) -> list[Cell]:
        """Return the cells of the dev items that scalings and mining thresholds are fitted on."""
        needs_all = {"target", "mixed"} & set(self.config["scores"]["scalings"])
        clean = self.split_languages(target, "dev") if needs_all else self.scaling_languages(target)
        perturbed = self.cells(target, "dev") if "dev" in self.perturbed_splits else []
        return [("clean", code) for code in clean] + perturbed
