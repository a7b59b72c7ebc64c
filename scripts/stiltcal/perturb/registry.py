"""The perturbations by name. Imports nothing heavy, for the Snakefile checks configurations with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from . import controls, reordering  # noqa: F401  (importing a family declares its perturbations)
from .declaration import DECLARATIONS, Declaration
from .edit import Function

_ENDING = re.compile(r"(?:(?P<argument>.+?)-)?(?P<strength>-?\d+(?:\.\d+)?)")


class PerturbationError(ValueError):
    """A perturbation that does not exist or cannot be had; the message says what is allowed."""


@dataclass(frozen=True)
class Perturbation:
    """A declared perturbation with its argument, at a strength in [0, 1]; `name` is how the study calls it."""

    name: str
    declaration: Declaration
    argument: str
    strength: float

    @property
    def function(self) -> Function:
        """What it does to one sentence."""
        return self.declaration.function

    @property
    def needs_tree(self) -> bool:
        """Whether it cannot do without a dependency tree."""
        return self.declaration.needs_tree

    @property
    def meaning(self) -> str:
        """kept, entailed, altered or destroyed."""
        return self.declaration.meaning

    @property
    def family(self) -> str:
        """The family, as `declaration.FAMILIES` names it."""
        return self.declaration.family

    @property
    def level(self) -> str:
        """word, phrase, clause or sentence."""
        return self.declaration.level

    @property
    def graded(self) -> bool:
        """Whether strengths between 0 and 1 differ."""
        return self.declaration.graded

    @property
    def sides(self) -> Mapping[str, tuple[str, ...]]:
        """The fields it applies to, by kind of task."""
        return self.declaration.sides

    def unavailable(self, language: str, *, has_trees: bool) -> str | None:
        """Why the perturbation cannot be had in a language, with what can be had instead; None if it can."""
        if self.needs_tree and not has_trees:
            return f"{self.name} needs trees, and there are none in {language}; without: {', '.join(without_trees())}"
        if self.declaration.languages and language not in self.declaration.languages:
            return f"{self.name} has rules for {', '.join(self.declaration.languages)} only, not for {language}"
        return None

    def __str__(self) -> str:
        return self.name


def names() -> list[str]:
    """All perturbations, family by family, `clean` first."""
    return list(DECLARATIONS)


def without_trees() -> list[str]:
    """The perturbations that need no tree."""
    return [name for name, declaration in DECLARATIONS.items() if not declaration.needs_tree]


def parse_perturbation(text: str) -> Perturbation:
    """`clean`, `{name}-{strength}` or `{name}-{argument}-{strength}`; raises PerturbationError."""
    name, dash, rest = text.partition("-")
    if name not in DECLARATIONS:
        close = get_close_matches(name, names(), n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise PerturbationError(f"unknown perturbation {name!r}{hint}; allowed: {', '.join(names())}")
    declaration = DECLARATIONS[name]
    if name == "clean":
        if dash:
            raise PerturbationError(f"{text!r}: clean has no strength")
        return Perturbation(text, declaration, "", 0.0)
    found = _ENDING.fullmatch(rest)
    if not found:
        raise PerturbationError(f"{text!r}: a strength in [0, 1] ends the name, e.g. {_usage(declaration)}")
    argument = _argument(text, declaration, found["argument"] or "")
    return Perturbation(text, declaration, argument, _strength(text, declaration, found["strength"]))


def _usage(declaration: Declaration) -> str:
    argument = f"-{declaration.argument.example}" if declaration.argument else ""
    return f"{declaration.name}{argument}-1.0"


def _argument(text: str, declaration: Declaration, given: str) -> str:
    argument = declaration.argument
    if argument is None:
        if given:
            raise PerturbationError(f"{text!r}: {declaration.name} takes no argument; e.g. {_usage(declaration)}")
        return ""
    if not given and argument.default is not None:
        return argument.default
    if not argument.fits(given):
        raise PerturbationError(
            f"{text!r}: found {argument.name} {given!r}; e.g. {_usage(declaration)} (pattern: {argument.pattern})"
        )
    return given


def _strength(text: str, declaration: Declaration, given: str) -> float:
    strength = float(given)
    if not 0 <= strength <= 1:
        raise PerturbationError(f"{text!r}: the strength is {given}; it must be in [0, 1]")
    if not declaration.graded and strength not in (0, 1):
        raise PerturbationError(f"{text!r}: {declaration.name} has no degrees; its strength is 0 or 1")
    return strength
