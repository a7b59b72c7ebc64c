"""The perturbations by name. Imports nothing heavy, for the Snakefile checks configurations with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ..syntax.word_order import WordOrder
from . import controls, function_words, reorder_like, reordering, typos  # noqa: F401  (importing declares them)
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
        """Whether it, or the perturbation that its argument names, cannot do without a dependency tree."""
        argument = self.declaration.argument
        named = DECLARATIONS[self.argument].needs_tree if argument and argument.perturbation else False
        return self.declaration.needs_tree or named

    @property
    def order_of(self) -> str | None:
        """The language whose word order it needs (stiltcal.syntax.word_order); None: of none."""
        argument = self.declaration.argument
        return self.argument.partition("@")[0] if argument and argument.language else None

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
    def kinds(self) -> tuple[str, ...]:
        """The kinds of task it applies to."""
        return tuple(self.declaration.sides)

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


def check_word_order(perturbation: Perturbation, order: WordOrder | None) -> None:
    """Raise PerturbationError unless `order` is that of the language which the perturbation needs, if it needs one."""
    wanted, found = perturbation.order_of, order.language if order else "none"
    if wanted and wanted != found:
        raise PerturbationError(
            f"{perturbation.name} needs the word order of {wanted} (measure_word_order makes it), found: {found}"
        )


def parse_perturbation(text: str) -> Perturbation:
    """`clean`, `{name}-{strength}` or `{name}-{argument}-{strength}`; raises PerturbationError."""
    name, dash, rest = text.partition("-")
    if name not in DECLARATIONS:
        raise PerturbationError(f"unknown perturbation {name!r}{_hint(name, names())}; allowed: {', '.join(names())}")
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
    if argument.perturbation and given not in _nameable():
        raise PerturbationError(
            f"{text!r}: found {argument.name} {given!r}{_hint(given, _nameable())}; allowed: {', '.join(_nameable())}"
        )
    return given


def _nameable() -> list[str]:
    """The perturbations that another's argument may name: those that need no argument and do not name one."""
    simple = [d for d in DECLARATIONS.values() if d.argument is None or d.argument.default is not None]
    return [d.name for d in simple if d.name != "clean" and not (d.argument and d.argument.perturbation)]


def _hint(name: str, allowed: list[str]) -> str:
    close = get_close_matches(name, allowed, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _strength(text: str, declaration: Declaration, given: str) -> float:
    strength = float(given)
    if not 0 <= strength <= 1:
        raise PerturbationError(f"{text!r}: the strength is {given}; it must be in [0, 1]")
    if not declaration.graded and strength not in (0, 1):
        raise PerturbationError(f"{text!r}: {declaration.name} has no degrees; its strength is 0 or 1")
    return strength
