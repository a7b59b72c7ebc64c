"""A study: its configuration, checked, and the grid that follows from it. The Snakefile knows nothing else of either.

Imports are light, for the Snakefile imports this module as `scripts.stiltcal.study.grid`.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from ..support.yaml_files import YamlProblem, read_places
from ..tasks.kinds import KINDS
from ..tasks.load import load_tasks
from ..tasks.spec import MINIATURE, SOURCE_LANGUAGE, Task, TaskError
from .checks import MULTI, problems, schema_problems, source_problems
from .fetched import check_fetched
from .hypotheses import Hypotheses
from .parameters import Settings
from .reported import Reported
from .scalings import Scalings
from .texts import Texts, text_problems


class StudyError(ValueError):
    """A configuration that cannot be run; the message has one line a problem."""


class Study:
    """The grid of a configuration: which tasks, languages and cells there are, and what each job needs."""

    def __init__(self, config: dict, root: str | Path, files: Sequence[str | Path] = ()):
        """Check `config` against schemas/config.schema.yaml and tasks/*.yaml under `root`; raises StudyError.

        files: the files that were laid over each other to give `config`, the last one on top. They are checked
        themselves, and values that YAML 1.1 reads as another type than the schema's are mended in `config`.
        """
        self.config, self.root = config, Path(root)
        try:
            places = read_places(files)
        except YamlProblem as error:
            raise StudyError(str(error)) from None
        _refuse(schema_problems(config, self.root / "schemas" / "config.schema.yaml", places))
        _refuse(source_problems(config, self.root))
        try:
            self.tasks: dict[str, Task] = load_tasks(self.root / "tasks")
        except TaskError as error:
            raise StudyError(str(error)) from None
        self.texts = Texts(config, self.root)
        targets = [self.tasks[name] for name in self.targets if name in self.tasks]
        offered = sorted({code for task in targets for code in self._offered(task)})
        _refuse([*problems(config, self.tasks, offered), *text_problems(self.texts, targets, self.languages)])
        self.scalings, self.hypotheses = Scalings(self), Hypotheses(self)
        found = self.scalings.problems(), self.hypotheses.problems(), self.settings.problems()
        _refuse([*self._language_problems(), *(line for lines in found for line in lines)])

    def check_fetched(self) -> list[str]:
        """Raise StudyError where data, encoder or parsers were fetched, but are not what the lock holds; returns the
        names of what was fetched, had no entry in the lock, and was added to it."""
        try:
            return check_fetched(self)
        except TaskError as error:
            raise StudyError(str(error)) from None

    # -- the grid ----------------------------------------------------------------------------------------------------

    @property
    def miniature(self) -> bool:
        """True if the data are generated."""
        return self.config["data"]["source"] == MINIATURE

    @property
    def source_language(self) -> str:
        """Language of all training."""
        return self.config["source_language"]

    @property
    def intermediates(self) -> list[str]:
        """`none`, tasks, `multi`, in the order of the configuration."""
        return self.config["intermediates"]

    @property
    def shown_intermediate(self) -> str:
        """The intermediate phase of the reliability diagrams, beside `none`; `none` in a study without any other."""
        return self.config["report"]["intermediate"] if self.intermediates != ["none"] else "none"

    @property
    def targets(self) -> list[str]:
        """In the order of the configuration."""
        return self.config["targets"]

    @property
    def seeds(self) -> list[int]:
        """One run of the grid each."""
        return self.config["seeds"]

    @property
    def perturbations(self) -> list[str]:
        """With `clean`, in the order of the configuration."""
        return self.config["perturbations"]

    @cached_property
    def data_tasks(self) -> list[str]:
        """Every task whose items are needed: the targets, their train sets, and the intermediates."""
        names = {*self.targets, *(self.train_set(target) for target in self.targets)} - {None}
        for intermediate in self.intermediates:
            names |= set(self.trained_on(intermediate))
        return sorted(names)

    def trained_on(self, intermediate: str) -> list[str]:
        """The tasks that an intermediate phase trains on."""
        if intermediate == "none":
            return []
        return sorted(self.config["mix"]) if intermediate == MULTI else [intermediate]

    def train_set(self, target: str) -> str | None:
        """Return the task that a target is fine-tuned on; None if the encoder is used directly."""
        return self.tasks[target].train_set

    @cached_property
    def answered(self) -> dict[str, list[str]]:
        """The targets that one model answers, by its train set; `encoder` answers those that have none."""
        found: dict[str, list[str]] = {}
        for target in self.targets:
            found.setdefault(self.train_set(target) or "encoder", []).append(target)
        return found

    @cached_property
    def trained_together(self) -> dict[str, list[str]]:
        """The train sets of each training job, by its name: all in one job in the miniature, else one a job.

        A start of torch and transformers takes four seconds of a core, as long as a short training of a tiny encoder.
        """
        return self._grouped([train_set for train_set in self.answered if train_set != "encoder"])

    @cached_property
    def answered_together(self) -> dict[str, list[str]]:
        """The train sets whose models one prediction job asks, by its name; as `trained_together`, with `encoder`."""
        return self._grouped(list(self.answered))

    def _grouped(self, train_sets: list[str]) -> dict[str, list[str]]:
        if self.miniature:
            return {"all": train_sets} if train_sets else {}
        return {train_set: [train_set] for train_set in train_sets}

    def _offered(self, task: Task) -> list[str]:
        """The languages in which the data source has the task's evaluation data, the source language included."""
        return (
            list(self.config["miniature"]["languages"]) if self.miniature else [*task.languages, self.source_language]
        )

    def languages(self, target: str) -> list[str]:
        """The languages a target is evaluated in; for retrieval and mining the foreign ones."""
        task = self.tasks[target]
        offered = self._offered(task) if self.miniature else task.languages
        chosen = self.config["target_languages"].get(target, self.config["languages"])
        foreign = [code for code in chosen if code in offered]
        return [code for code in foreign if code != self.source_language] if KINDS[task.kind].is_bitext else foreign

    def _language_problems(self) -> Iterable[str]:
        """Languages that targets do not have, or are not trained in, and targets without a zero-shot one."""
        if not self.miniature and self.source_language != SOURCE_LANGUAGE:
            found = self.source_language
            yield f"configuration: source_language: {found!r}; real tasks are trained in {SOURCE_LANGUAGE}"
        for target, chosen in self.config["target_languages"].items():
            if lacking := [code for code in chosen if code not in self._offered(self.tasks[target])]:
                yield f"configuration: target_languages.{target}: {target} has no {', '.join(lacking)}"
        for target in self.targets:
            if not set(self.languages(target)) - {self.source_language}:
                yield f"configuration: languages: {target} has none of them that is zero-shot; leave {target} out"

    def split_languages(self, task: str, split: str) -> list[str]:
        """The languages in which a split of a task is made; [] where there is none."""
        if not self.miniature:
            return list(self.tasks[task].split_languages(split, self.languages(task)))
        if task not in self.targets:
            return [] if split == "test" else [self.source_language]
        if split == "train":
            return [self.source_language] if self.train_set(task) == task else []
        fits = split == "dev" and not KINDS[self.tasks[task].kind].is_bitext  # temperatures, in the source language
        return list(dict.fromkeys([*([self.source_language] if fits else []), *self.languages(task)]))

    def sides(self, target: str) -> list[str]:
        """The fields of a target that are perturbed."""
        return list(self.texts.sides(self.tasks[target]))

    def perturbed_languages(self, target: str, split: str = "test") -> list[str]:
        """The languages of the items files of a target that are perturbed."""
        return self.languages(target) if split == "test" else self.scalings.languages(target)

    def perturbed_language(self, target: str, language: str) -> str:
        """The language of what is perturbed in the items file of a language: of bitext, that of the perturbed side."""
        return self.texts.perturbed_language(self.tasks[target], language)

    def tree_cells(self, target: str) -> list[tuple[str, str]]:
        """(split, language) of the items files of a target whose perturbed text has trees."""
        splits = self.scalings.perturbed_splits
        return [(split, code) for split in splits for code in self.tree_languages(target, split)]

    def tree_languages(self, target: str, split: str = "test") -> list[str]:
        """The languages of the items files of a target whose perturbed text has trees."""
        codes = self.perturbed_languages(target, split)
        return [code for code in codes if self.texts.has_trees(self.perturbed_language(target, code))]

    def word_orders(self, target: str, split: str = "test") -> list[str]:
        """The languages whose word order the perturbations of a split of a target need."""
        return self.texts.word_orders(self.tasks[target], self.perturbed_languages(target, split))

    @property
    def measured_languages(self) -> list[str]:
        """The languages whose word order can be measured, the source language among them: those with a treebank."""
        codes = dict.fromkeys([self.source_language, *self.config["languages"]])
        return [code for code in codes if code in self.texts.treebank_languages]

    def applicable(self, target: str, split: str = "test") -> list[str]:
        """The perturbations that a target is evaluated under (of `dev`: that scalings are fitted under, which have the
        clean items as they are), in the order of the configuration."""
        found = [each.name for each in self.texts.applicable(self.tasks[target])]
        return found if split == "test" else [name for name in found if name != "clean"]

    def cells(self, target: str, split: str = "test") -> list[tuple[str, str]]:
        """(perturbation, language) of every evaluation of a target; of `dev`, of what is fitted on perturbed items."""
        languages = self.perturbed_languages(target, split)
        return [(text, code) for text in self.applicable(target, split) for code in languages]

    def fetched_languages(self, task: str) -> list[str]:
        """The languages of the files that a task needs from the Hub."""
        return self.languages(task) if task in self.targets else [self.source_language]

    # -- what jobs must know -----------------------------------------------------------------------------------------

    @cached_property
    def settings(self) -> Settings:
        """Parameters of the jobs before the report."""
        return Settings(self)

    @cached_property
    def reported(self) -> Reported:
        """Parameters of the report."""
        return Reported(self.config, self.tasks, self.texts)


def _refuse(found: list[str]) -> None:
    if found:
        raise StudyError("\n".join(found))
