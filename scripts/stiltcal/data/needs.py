"""List the splits of repositories that a study reads for a task."""

from collections.abc import Iterable
from typing import NamedTuple

from ..tasks.spec import SOURCE_LANGUAGE, SPLITS, Source, Task


class Need(NamedTuple):
    """One split of one configuration of a source."""

    source: Source
    config: str
    split: str


def needs(task: Task, tasks: dict[str, Task], languages: Iterable[str]) -> list[Need]:
    """List the splits that a study evaluating a task in `languages` reads, each once, in the order of the task file."""
    found = []
    for split in SPLITS:
        origin = task.held_out_from if split == "dev" and task.held_out_from else split
        for language in task.split_languages(split, languages):
            found += [need for source in task.sources for need in _source_needs(source, origin, language)]
    english = [tasks[source.disjoint_from] for source in task.sources if source.disjoint_from]
    if task.kind == "qa" and task.parallel:  # which names paragraphs and articles in all languages
        english.append(task)
    found += [need for each in english for s in each.sources for need in _source_needs(s, "test", SOURCE_LANGUAGE)]
    return list({entry_name(need.source.id, need.config, need.split): need for need in found}.values())


def _source_needs(source: Source, split: str, language: str) -> list[Need]:
    if language not in source.languages:
        return []
    return [Need(source, source.config_name(language), hub_split) for hub_split in source.splits.get(split, ())]


def entry_name(source_id: str, config: str, split: str) -> str:
    """Return the name of a split in records and locks."""
    return f"{source_id}:{config}:{split}"
