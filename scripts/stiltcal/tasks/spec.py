"""Define a task and the sources of its data, as its file (tasks/*.yaml) describes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SPLITS = ("train", "dev", "test")
#: Values of `data.source` that are not folders: the Hugging Face Hub, and the generator of the miniature.
HUB, MINIATURE = "hub", "miniature"
#: Language of the training data of real tasks; the miniature has its own.
SOURCE_LANGUAGE = "en"


class TaskError(ValueError):
    """An invalid task file, or data that does not fit it. The message names the file, what was found and is allowed."""


@dataclass(frozen=True)
class Source:
    """A repository from which a task is read. schemas/task.schema.yaml explains the fields."""

    id: str
    revision: str
    splits: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str | tuple[str, ...]]
    licence: str
    citation: str
    format: str = "parquet"
    config: str = "default"
    languages: tuple[str, ...] = (SOURCE_LANGUAGE,)
    codes: Mapping[str, str] = field(default_factory=dict)
    language_column: str | None = None
    language_prefix: str | None = None
    unlabelled: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    disjoint_from: str | None = None
    moved_to: str | None = None

    @property
    def hub_id(self) -> str:
        """The repository on the Hub."""
        return self.moved_to or self.id

    def code(self, language: str) -> str:
        """Return the source's code of a language."""
        return self.codes.get(language, language)

    def config_name(self, language: str) -> str:
        """Return the source's configuration that holds a language."""
        return self.config.replace("{code}", self.code(language))


@dataclass(frozen=True)
class Task:
    """A task. schemas/task.schema.yaml explains the fields.

    labels: () if the kind has no labels, or if they are read from the train split.
    """

    name: str
    version: int
    description: str
    kind: str
    roles: tuple[str, ...]
    metrics: tuple[str, ...]
    sources: tuple[Source, ...]
    label: str | None = None
    labels: tuple[str, ...] = ()
    normalization: str | None = None
    unanswerable: bool = False
    train_set: str | None = None
    parallel: bool = False
    holdout: float | None = None

    @property
    def has_train(self) -> bool:
        """True if the task has training data (in the source language)."""
        return any("train" in source.splits for source in self.sources)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the test sets (of retrieval and mining, the foreign ones); without a test set the source
        language."""
        return self._languages_with("test") or (SOURCE_LANGUAGE,)

    def split_languages(self, split: str, languages: Iterable[str]) -> tuple[str, ...]:
        """Return the languages that a split has in a study; () if there is no such split.

        languages: those in which the study evaluates the task. `train` and `dev` have the source language alone. If
        `dev` is held out from `test`, as for retrieval and mining, it has every language. Raises TaskError for a
        language without data.
        """
        if unknown := [language for language in languages if language not in self.languages]:
            raise TaskError(
                f"{self.name} has no data in {', '.join(unknown)}; its languages: {', '.join(self.languages)}"
            )
        evaluated = tuple(languages) if self._languages_with("test") else ()
        if split == "test" or (split == "dev" and self.held_out_from == "test"):
            return evaluated
        there = self.has_train if split == "train" else self.held_out_from or self._languages_with("dev")
        return (SOURCE_LANGUAGE,) if there else ()

    @property
    def held_out_from(self) -> str | None:
        """The split from which `dev` is held out; None if nothing is held out."""
        if not self.holdout:
            return None
        return "train" if self.has_train else "test"

    def _languages_with(self, split: str) -> tuple[str, ...]:
        found = [language for source in self.sources if split in source.splits for language in source.languages]
        return tuple(dict.fromkeys(found))
