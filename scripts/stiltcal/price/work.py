"""Count the work of a job: operations of the encoder, and units of which the rates are measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..study.encoder_size import ASSUMED, known_size
from ..study.grid import Study
from ..study.load import Parameters
from ..study.resources import BATCH, MASKED
from ..tasks.kinds import KINDS
from . import flops
from .rules import Rule
from .sizes import Sizes
from .tables import Tables, TokenCounts

#: What `models.training.Hyperparameters` sets where a configuration does not.
DEV_EXAMPLES = 500


@dataclass
class Work:
    """Operations by kind of work (train, predict), and numbers of units by name."""

    operations: dict[str, float] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)

    def add(self, other: "Work") -> "Work":
        """Add the work of another job to this one, and return it."""
        for mine, theirs in ((self.operations, other.operations), (self.units, other.units)):
            for name, number in theirs.items():
                mine[name] = mine.get(name, 0) + number
        return self


class Works:
    """The work of the jobs of a study."""

    def __init__(self, study: Study, tables: Tables):
        """Raises TaskError for a broken lock."""
        self.study, self.tables, self.parameters = study, tables, Parameters(study)
        self.sizes = Sizes(study)
        known = known_size(self.parameters)
        self.encoder, self.is_assumed = known or ASSUMED, known is None
        kinds = {name: task.kind for name, task in study.tasks.items()}
        self.tokens = TokenCounts(tables.tokens, self.encoder.vocabulary, kinds)
        self._declared = {each.name: each for each in study.texts.perturbations}

    def of(self, rule: Rule, wildcards: Mapping[str, str]) -> Work:
        """Return the work of a job. Jobs of a rule that is not named here start, and do nothing that was measured."""
        study = self.study
        if rule.name == "train_intermediate":
            return self.training("intermediate", wildcards["intermediate"])
        if rule.name == "train_target":
            return _sum(self.training("target", each) for each in study.trained_together[_job(wildcards, "train_set")])
        if rule.name == "predict":
            return _sum(map(self.prediction, study.answered_together[_job(wildcards, "target")]))
        if rule.name == "generate_items":
            return Work(units={"item": self.sizes.all_items(rule.task)})
        if rule.name == "prepare_items":
            return Work(units={"item": self.sizes.all_there(rule.task), "kept": self.sizes.all_items(rule.task)})
        if rule.name in ("perturb_items", "perturb_dev_items"):
            return Work(units={"text": self._texts(rule.task, "dev" if "dev" in rule.name else "test")})
        if rule.name == "train_parser":
            return Work(units={"step": sum(study.parsers.source(wildcards["language"]).steps.values())})
        if rule.name in ("parse_text", "parse_dev_text"):
            split = "dev" if "dev" in rule.name else "test"
            return Work(units={"text": self.sizes.items(wildcards["target"], split, wildcards["language"])})
        if rule.name == "score_predictions":
            return self.scoring(wildcards["target"])
        if rule.name in ("judge_hypotheses", "bin_reliability", "summarize_languages"):
            return _sum(map(self.scoring, study.targets))
        return Work()

    # -- trainings -----------------------------------------------------------------------------------------------------

    def training(self, phase: str, name: str) -> Work:
        """Return the work of a training that runs to its end: one that stops early does less."""
        settings, tasks = self.parameters.hyperparameters(phase, name), self.parameters.variants.trained_on(phase, name)
        examples = {task: self._examples(phase, name, task) for task in tasks}
        batch, there = settings.get("batch_size") or BATCH, sum(examples.values())
        epoch, most = there / batch, settings.get("max_steps") or float("inf")
        steps = min((settings.get("epochs") or float("inf")) * epoch, most)
        work = Work(units={"encoded": sum(self._rows(task) * number for task, number in examples.items())})
        for task, number in examples.items():
            work.add(self._updates(task, steps * batch * number / there))
        evaluations = steps // (settings.get("evaluate_every") or float("inf")) + 1
        work.add(_sum(self._evaluation(task, evaluations, settings) for task in tasks))
        return work.add(self._masked(phase, name, tasks, steps * batch))

    def _examples(self, phase: str, name: str, task: str) -> float:
        """Return the training examples: items, or in tagging and question answering windows, in all languages."""
        items = self.sizes.items(task, "train", self.study.source_language)
        languages = self.parameters.variants.trained_languages(phase, name, task)
        return items * languages * (1 if self._has_choices(task) else self._of(task).rows)

    def _has_choices(self, task: str) -> bool:
        return KINDS[self.study.kind(task)].head == "choices"

    def _of(self, task: str):
        return self.tokens.of(task, self.study.source_language)

    def _rows(self, task: str) -> float:
        """Return the rows of a training example: one, or one for each choice."""
        return self._of(task).rows if self._has_choices(task) else 1

    def _updates(self, task: str, examples: float) -> Work:
        """Return the work of updates over examples of a task."""
        tokens, rows = self._of(task)
        tokens_seen = examples * self._rows(task) * tokens / rows
        return Work({"train": flops.training(self.encoder, tokens_seen, tokens / rows)})

    def _evaluation(self, task: str, evaluations: float, settings: Mapping) -> Work:
        limit = settings.get("dev_examples") or DEV_EXAMPLES
        items = min(limit, self.sizes.items(task, "dev", self.study.source_language))
        tokens, rows = self._of(task)
        return Work({"predict": flops.forward(self.encoder, evaluations * items * tokens, tokens / rows)})

    def _masked(self, phase: str, name: str, tasks: Iterable[str], examples: float) -> Work:
        """Return the work of the masked-LM updates between those over `examples` examples."""
        if phase != "intermediate" or not self.study.phase(name).has_mlm:
            return Work()
        share = self.study.config["mlm"]["share"]
        rows = examples * share / (1 - share)
        length = max(self.parameters.lengths(task)["maximum"] for task in tasks)
        operations = flops.training(self.encoder, rows * length, length)
        operations += flops.vocabulary(self.encoder, MASKED * rows * length)
        return Work({"train": operations})

    # -- predictions ---------------------------------------------------------------------------------------------------

    def prediction(self, target: str) -> Work:
        """Return the work of predicting a target with one model: all texts, of which equal ones are computed once."""
        work = Work()
        for split, cells in (("test", self.study.cells(target)), ("dev", self.study.dev_cells(target))):
            for perturbation, language in cells:
                items = self.sizes.items(target, split, language)
                work.add(self._computed(target, language, items * self._changed(target, perturbation, language)))
                work.add(Work(units={"text": items}))
        if KINDS[self.study.kind(target)].is_bitext:  # the sentences of the source side, once a language
            for language in self.study.languages(target):
                items = sum(self.sizes.items(target, split, language) for split in ("test", "dev"))
                work.add(self._computed(target, self.study.source_language, items))
        return work

    def _computed(self, target: str, language: str, items: float) -> Work:
        tokens, rows = self.tokens.of(target, language)
        return Work({"predict": flops.forward(self.encoder, items * tokens, tokens / rows)})

    def _changed(self, target: str, perturbation: str, language: str) -> float:
        """Return the share of the texts of a cell that a perturbation changes; `clean` counts as all of them."""
        if perturbation == "clean":
            return 1
        if self.study.texts.unavailable(self._declared[perturbation], self.study.tasks[target], language):
            return 0
        shares = self.tables.changed
        return shares.get(perturbation.partition("-")[0], sum(shares.values()) / len(shares))

    # -- other jobs ----------------------------------------------------------------------------------------------------

    def _texts(self, target: str, split: str) -> float:
        return sum(self.sizes.items(target, split, language) for _, language in self.study.cells(target, split))

    def scoring(self, target: str) -> Work:
        """Return the scored cells of a target, those of every scaling and criterion, and the items drawn for them."""
        copies, resamples = self.sizes.needs.scored_copies(target), self.study.config["scores"]["resamples"]
        cells, texts = len(self.study.cells(target)), self._texts(target, "test")
        return Work(units={"cell": copies * cells, "draw": copies * texts * resamples})


def _sum(works: Iterable[Work]) -> Work:
    total = Work()
    for work in works:
        total.add(work)
    return total


def _job(wildcards: Mapping[str, str], name: str) -> str:
    return wildcards.get(name, "all")
