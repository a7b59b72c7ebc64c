"""Trees of a study: the parsers and treebanks of its configuration."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..tasks.spec import MINIATURE
from .defaults import DEFAULT

#: Training steps of each processor where the configuration says none.
STEPS = {"tokenize": 800, "pos": 600, "depparse": 600}


class ParserSource(NamedTuple):
    """Origin of Stanza's models of a language. how: `fetch`, `train` or `folder`.

    folder: path of the models, for `folder`. steps: training steps by processor, for `train`.
    """

    how: str
    folder: str | None
    steps: dict[str, int]


class Parsers:
    """The keys `trees`, `parsers` and `treebanks` of a configuration."""

    def __init__(self, config: Mapping, root: Path):
        """config: a configuration that fits its schema. root: the clone; paths in `config` are relative to it."""
        self.config, self.root = config, root

    @cached_property
    def languages(self) -> list[str]:
        """Evaluated languages that have a parser: none unless `trees` is stanza."""
        evaluated = self.config["languages"][DEFAULT] if self.config["trees"] == "stanza" else []
        return [code for code in self.config["parsers"] if code in evaluated]

    def source(self, language: str) -> ParserSource:
        """Return the origin of the parser of a language that has one."""
        given = self.config["parsers"][language]
        how, value = next(iter(given.items())) if isinstance(given, Mapping) else (given, None)
        folder = str(self.root / value) if how == "folder" and value else None
        return ParserSource(how, folder, STEPS | dict(value or {}) if how == "train" else {})

    def treebank(self, language: str) -> dict[str, str]:
        """Return the given treebank files of a language by part (train, dev, test); {} if none is given."""
        return {part: str(self.root / path) for part, path in self.config["treebanks"].get(language, {}).items()}

    def has_trees(self, language: str) -> bool:
        """Return True if evaluation items in a language get trees."""
        return self.config["trees"] == "gold" or language in self.languages

    def is_trained(self, language: str) -> bool:
        """Return True if the study trains the parser of a language."""
        return language in self.languages and self.source(language).how == "train"

    @property
    def fetched(self) -> list[str]:
        """Languages whose parser is fetched from Stanza."""
        return [code for code in self.languages if self.source(code).how == "fetch"]

    @property
    def tested(self) -> list[str]:
        """Languages with test sentences that their parser was not trained on."""
        return [code for code in self.languages if self.is_trained(code) or "test" in self.treebank(code)]

    @cached_property
    def treebank_languages(self) -> list[str]:
        """Languages that have a treebank, given or (in the miniature) generated."""
        is_miniature = self.config["data"]["source"][DEFAULT] == MINIATURE
        generated = self.config["miniature"]["languages"] if is_miniature else {}
        return [*generated, *(language for language in self.config["treebanks"] if language not in generated)]
