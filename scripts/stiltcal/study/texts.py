"""Derive the perturbed fields and their perturbations, and the sources of trees and word order.

Imports are light, for the Snakefile asks this module through `stiltcal.study.grid`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ..perturb.registry import Perturbation, PerturbationError, check_sides, parse_perturbation
from ..support.messages import suggestion
from ..tasks.kinds import KINDS
from ..tasks.spec import MINIATURE, Task


class Texts:
    """The keys `perturbations`, `sides`, `trees`, `parsers` and `treebanks` of a configuration."""

    def __init__(self, config: Mapping, root: Path):
        """Files of the configuration are relative to `root`, the clone."""
        self.config, self.root = config, root
        self.miniature = config["data"]["source"] == MINIATURE

    @cached_property
    def perturbations(self) -> list[Perturbation]:
        """In the order of the configuration; raises PerturbationError."""
        return list(map(parse_perturbation, self.config["perturbations"]))

    def sides(self, task: Task) -> tuple[str, ...]:
        """The fields of a target that are perturbed; raises PerturbationError."""
        return check_sides(task.kind, self.config["sides"].get(task.name))

    def applicable(self, task: Task) -> list[Perturbation]:
        """The perturbations of a target, `clean` among them; the others apply to none of its fields or labels."""
        return [each for each in self.perturbations if self._applies(each, task)]

    def _applies(self, perturbation: Perturbation, task: Task) -> bool:
        known = KINDS[task.kind].label_field != "label" or perturbation.relabels(task.labels)
        return known and bool(perturbation.fields_of(task.kind, self.sides(task)))

    def word_orders(self, task: Task, languages: Iterable[str]) -> list[str]:
        """The languages whose word order the perturbations of a target's text in some languages need."""
        spoken = {self.perturbed_language(task, language) for language in languages}
        return sorted({each.word_order_of(code) for each in self.applicable(task) for code in spoken} - {None})

    def perturbed_language(self, task: Task, language: str) -> str:
        """The language of what is perturbed: that of the file, but on the source side of bitext the source language."""
        return self.config["source_language"] if self.sides(task) == ("source",) else language

    def unavailable(self, perturbation: Perturbation, task: Task, language: str) -> str | None:
        """Why a target's items of a language cannot be perturbed so; None where they can."""
        code = self.perturbed_language(task, language)
        return perturbation.unavailable(code, has_trees=self.has_trees(code), kind=task.kind)

    def has_trees(self, language: str) -> bool:
        """Tell whether evaluation text in a language has trees."""
        return self.config["trees"] == "gold" or (
            self.config["trees"] == "stanza" and language in self.config["parsers"]
        )

    def parsed_with(self, language: str) -> tuple[str, object]:
        """Return the source of Stanza's models of a language: (`fetch`, None), (`train`, steps) or (`folder`, path)."""
        parser = self.config["parsers"][language]
        (how, value) = next(iter(parser.items())) if isinstance(parser, Mapping) else (parser, None)
        return (how, str(self.root / value)) if how == "folder" else (how, value or {})

    def treebank(self, language: str) -> dict[str, str]:
        """The files of a language's treebank, by train, dev and test; {} where it is generated, or there is none."""
        return {part: str(self.root / path) for part, path in self.config["treebanks"].get(language, {}).items()}

    def trains_parser(self, language: str) -> bool:
        """Tell whether the study trains the parser of a language."""
        return language in self.config["parsers"] and self.parsed_with(language)[0] == "train"

    @property
    def fetched_parsers(self) -> list[str]:
        """The languages whose parser is Stanza's own."""
        return [code for code in self.config["parsers"] if self.parsed_with(code)[0] == "fetch"]

    @property
    def tested_parsers(self) -> list[str]:
        """The languages whose parser can be tested on sentences that it was not trained on."""
        return [code for code in self.config["parsers"] if self.trains_parser(code) or "test" in self.treebank(code)]

    @property
    def treebank_languages(self) -> list[str]:
        """The languages that have a treebank."""
        generated = self.config["miniature"]["languages"] if self.miniature else {}
        return [*generated, *(language for language in self.config["treebanks"] if language not in generated)]


def text_problems(texts: Texts, targets: Sequence[Task], languages: Callable[[str], Sequence[str]]) -> list[str]:
    """List unavailable values of the keys of `Texts`, a line each; `languages`: of a target, by its name.

    What no cell of the study can have is told when the names are right.
    """
    targets = [task for task in targets if "target" in task.roles]
    problems = [*_perturbations(texts.config["perturbations"]), *_sides(texts, targets), *_trees(texts)]
    return problems or [*_unavailable(texts, targets, languages), *_word_orders(texts)]


def _perturbations(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        try:
            parse_perturbation(name)
        except PerturbationError as error:
            yield f"configuration: perturbations: {error}"


def _sides(texts: Texts, targets: Sequence[Task]) -> Iterable[str]:
    names = [task.name for task in targets]
    for name in texts.config["sides"]:
        if name not in names:
            hint, allowed = suggestion(name, names), ", ".join(names)
            yield f"configuration: sides: {name!r} is no target of this study{hint}; allowed: {allowed}"
    for task in targets:
        try:
            texts.sides(task)
        except PerturbationError as error:
            yield f"configuration: sides.{task.name}: {error}"


def _trees(texts: Texts) -> Iterable[str]:
    config, parsers = texts.config, texts.config["parsers"]
    if config["trees"] == "gold" and not texts.miniature:
        yield "configuration: trees: only the miniature brings gold trees; allowed here: stanza (with parsers), none"
    if (config["trees"] == "stanza") != bool(parsers):
        found = ", ".join(parsers) or "none"
        yield f"configuration: parsers: found {found}, and trees: {config['trees']}; parsers go with trees: stanza"
    for language in parsers:
        if language not in config["languages"]:
            allowed = ", ".join(config["languages"])
            yield f"configuration: parsers: {language!r} is no language of this study; allowed: {allowed}"
            continue
        how, value = texts.parsed_with(language)
        if how == "train" and "train" not in texts.treebank(language):
            yield f"configuration: parsers.{language}: train needs treebanks.{language}.train"
        if how == "folder" and not Path(value).is_dir():
            yield f"configuration: parsers.{language}: there is no folder {value}"


def _unavailable(texts: Texts, targets: Sequence[Task], languages: Callable[[str], Sequence[str]]) -> Iterable[str]:
    """Perturbations that no cell of the study can have, with the reason of the first."""
    for perturbation in texts.perturbations:
        reasons = []
        for task in targets:
            sides = ", ".join(texts.sides(task))
            other = f"{perturbation} does not apply to {task.name} ({sides}), nor to any other target"
            other = None if perturbation in texts.applicable(task) else other
            reasons += [texts.unavailable(perturbation, task, code) or other for code in languages(task.name)]
        if reasons and None not in reasons:
            yield f"configuration: perturbations: {reasons[0]}"


def _word_orders(texts: Texts) -> Iterable[str]:
    known = texts.treebank_languages
    for perturbation in texts.perturbations:
        needed = {perturbation.word_order_of(language): None for language in texts.config["languages"]}
        for language in (each for each in needed if each and each not in known):
            found = ", ".join(known) or "none"
            yield f"configuration: perturbations: {perturbation} needs treebanks.{language}; there are: {found}"
