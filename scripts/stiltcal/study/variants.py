"""Data that variants of intermediate phases need: translations of training items, and text for masked-LM updates.

The miniature makes both itself; of real tasks they are the user's own files.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from ..tasks.phases import chain
from .grid import Study


class Variants:
    """The keys `translated` and `mlm` of a configuration, as far as intermediates of the study use them."""

    def __init__(self, study: Study):
        """study: its intermediates decide what is needed."""
        self.study, self.config = study, study.config

    @cached_property
    def translated_tasks(self) -> list[str]:
        """Tasks that some phase trains on in translation, sorted."""
        names = [name for name in self.study.intermediate_models if self.study.phase(name).is_translated]
        return sorted({task for name in names for task in self.study.trained_on(name)})

    @cached_property
    def has_mlm(self) -> bool:
        """True if masked language modelling goes on during some phase."""
        return any(self.study.phase(name).has_mlm for name in self.study.intermediate_models)

    @property
    def foreign_languages(self) -> list[str]:
        """Languages of evaluation but the source language: those that items are translated into."""
        return [code for code in self.study.all_languages if code != self.study.source_language]

    def translated_languages(self, task: str) -> list[str]:
        """Return the languages in which there are translations of a task."""
        if self.study.is_miniature:
            return self.foreign_languages
        given = self.config["translated"].get(task, {})
        return [code for code in self.foreign_languages if given.get(code)]

    @property
    def trims(self) -> bool:
        """True if trainings start from an encoder without the embeddings of tokens that the study has not."""
        return self.config["vocabulary"]["trim"] == "study"

    def first_encoder(self, intermediate: str) -> str:
        """Return the encoder that the first training of an intermediate starts from: `trimmed`, or the whole `encoder`.

        Masked language modelling chooses among all tokens. Where it goes on in a chain, all models of the chain have
        them, and so do models that the chain begins with.
        """
        if not self.trims:
            return "encoder"
        first = chain(intermediate)[:1]
        chains = [chain(name) for name in self.study.intermediate_models]
        masked = any(phase.has_mlm for phases in chains if first and phases[:1] == first for phase in phases)
        return "encoder" if masked else "trimmed"

    def trained_on(self, phase: str, name: str) -> list[str]:
        """Return the tasks of a training. phase: `intermediate`, or `target`, of which `name` is a train set."""
        return self.study.trained_on(name) if phase == "intermediate" else [name]

    def trained_languages(self, phase: str, name: str, task: str) -> int:
        """Return the number of languages in which a training has the items of one of its tasks."""
        is_translated = phase == "intermediate" and self.study.phase(name).is_translated
        return 1 + (len(self.translated_languages(task)) if is_translated else 0)

    def translation(self, task: str, language: str) -> str:
        """Return the path of the user's file of a translation."""
        return str(self.study.root / self.config["translated"][task][language])

    @property
    def text_languages(self) -> list[str]:
        """Languages in which there is text for masked language modelling."""
        given = self.config["mlm"]["text"]
        return [code for code in self.study.all_languages if self.study.is_miniature or given.get(code)]

    def text_files(self, language: str) -> list[str]:
        """Return the user's files of text in a language: one, or all of a folder, sorted; hidden files
        and folders are left out."""
        path = self.study.root / self.config["mlm"]["text"][language]
        if not path.is_dir():
            return [str(path)]
        found = [each for each in path.rglob("*") if each.is_file()]
        return sorted(str(each) for each in found if not any(part[0] == "." for part in each.relative_to(path).parts))


def variant_problems(study: Study) -> Iterable[str]:
    """Yield one line for each file that a variant needs and the study does not have."""
    variants = Variants(study)
    if study.is_miniature:
        for key, given in (("translated", study.config["translated"]), ("mlm.text", study.config["mlm"]["text"])):
            if given:
                yield f"{key}: the miniature makes its own; remove {', '.join(given)}"
        return
    for task in variants.translated_tasks:
        key, given = f"translated.{task}", study.config["translated"].get(task, {})
        if study.source_language in given:
            yield f"{key}.{study.source_language}: is the language of the original; remove it"
        yield from _lacking(key, given, variants.foreign_languages, "a parquet file of its translated training items")
        for language in variants.translated_languages(task):
            if not Path(path := variants.translation(task, language)).is_file():
                yield f"{key}.{language}: there is no file {path}"
    if variants.has_mlm:
        yield from _text_problems(variants)


def _text_problems(variants: Variants) -> Iterable[str]:
    given, wanted = variants.config["mlm"]["text"], variants.study.all_languages
    yield from _lacking("mlm.text", given, wanted, "a file or a folder of plain text")
    for language in variants.text_languages:
        files = variants.text_files(language)
        if missing := [path for path in files if not Path(path).is_file()]:
            yield f"mlm.text.{language}: there is no file or folder {missing[0]}"
        elif not sum(Path(path).stat().st_size for path in files):
            yield f"mlm.text.{language}: {given[language]} is empty; {language} needs text, or null"


def _lacking(key: str, given: Mapping[str, str | None], languages: list[str], what: str) -> Iterable[str]:
    """Yield languages that have no entry, and a mapping without any file."""
    if lacking := [code for code in languages if code not in given]:
        yield (
            f"{key}: has no entry for {', '.join(lacking)}; give each language of languages.default {what}, or null to "
            "do without"
        )
    elif not any(given[code] for code in languages):
        yield f"{key}: every language is null; give at least one {what}, or remove the variant from intermediates"
