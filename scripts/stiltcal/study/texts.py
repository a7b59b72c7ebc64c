"""Perturbations of a study by target: which fields they change, and in which languages they are available."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from ..perturb.registry import Perturbation, check_sides, parse_perturbation
from ..tasks.kinds import KINDS
from ..tasks.spec import Task
from .parsers import Parsers


class Texts:
    """The keys `perturbations` and `sides` of a configuration."""

    def __init__(self, config: Mapping, parsers: Parsers):
        """config: a configuration that fits its schema. parsers: its parsers, which decide where trees exist."""
        self.config, self.parsers = config, parsers

    @cached_property
    def perturbations(self) -> list[Perturbation]:
        """Perturbations in the order of the configuration; raises PerturbationError."""
        return list(map(parse_perturbation, self.config["perturbations"]))

    def fields(self, task: Task) -> tuple[str, ...]:
        """Return the perturbed fields of a target; raises PerturbationError."""
        return check_sides(task.kind, self.config["sides"].get(task.name))

    def applicable(self, task: Task) -> list[Perturbation]:
        """Return the perturbations that apply to the perturbed fields and labels of a target; `clean` always does."""
        return [each for each in self.perturbations if self._applies(each, task)]

    def _applies(self, perturbation: Perturbation, task: Task) -> bool:
        known = KINDS[task.kind].label_field != "label" or perturbation.relabels(task.labels)
        return known and bool(perturbation.fields_of(task.kind, self.fields(task)))

    def word_orders(self, task: Task, languages: Iterable[str]) -> list[str]:
        """Return the languages whose word-order statistics the perturbations of a target need.

        languages: those of the perturbed items files.
        """
        perturbed = {self.perturbed_language(task, language) for language in languages}
        needed = {each.word_order_of(code) for each in self.applicable(task) for code in perturbed}
        return sorted(code for code in needed if code is not None)

    def perturbed_language(self, task: Task, language: str) -> str:
        """Return the language of the perturbed fields in the items file of a language.

        The two differ only in bitext whose source side is perturbed.
        """
        return self.config["source_language"] if self.fields(task) == ("source",) else language

    def unavailable(self, perturbation: Perturbation, task: Task, language: str) -> str | None:
        """Return the reason why a target's items of a language cannot be perturbed; None if they can."""
        code = self.perturbed_language(task, language)
        return perturbation.unavailable(code, has_trees=self.parsers.has_trees(code), kind=task.kind)
