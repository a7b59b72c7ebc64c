"""The perturbations by name. Imports nothing heavy, for the Snakefile checks configurations with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..support.language_codes import LanguageError, rules_of
from ..support.messages import suggestion
from ..syntax.word_order import MINIMUM, WordOrder
from ..tasks.kinds import KINDS
from .declaration import DECLARATIONS, FAMILIES, INVENTED, SIDES, Declaration
from .edit import Setting
from .families import contrasts, controls, function_words, reordering, rewording, typos  # noqa: F401  (they declare themselves)

_ENDING = re.compile(r"(?:(?P<argument>.+?)-)?(?P<strength>-?\d+(?:\.\d+)?)")


class PerturbationError(ValueError):
    """A perturbation that does not exist or cannot be had; the message says what is allowed."""


@dataclass(frozen=True)
class Perturbation:
    """A declared perturbation with its argument, at a strength in [0, 1]; `name` is how the study calls it.

    matched: the perturbation that its argument names, for `typos`.
    """

    name: str
    declaration: Declaration
    argument: str
    strength: float
    matched: "Perturbation | None" = None

    @property
    def needs_tree(self) -> bool:
        """Whether it cannot do without a dependency tree."""
        return self.declaration.needs_tree or (self.matched is not None and self.matched.needs_tree)

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
        """The fields it applies to, by kind of task; for `typos` those that the matched perturbation changes, too."""
        if not self.matched:
            return self.declaration.sides
        shared = {kind: self.matched.sides_of(kind, fields) for kind, fields in self.declaration.sides.items()}
        return {kind: fields for kind, fields in shared.items() if fields}

    def sides_of(self, kind: str, sides: Sequence[str]) -> tuple[str, ...]:
        """Those of some sides of a kind of task that it applies to."""
        return tuple(side for side in sides if side in self.sides.get(kind, ()))

    def relabels(self, labels: Sequence[str]) -> bool:
        """Whether it knows what becomes of one of some labels: it keeps them all, or has a rule for one."""
        return not self.declaration.labels or any(label in self.declaration.labels for label in labels)

    def word_order_of(self, language: str) -> str | None:
        """The language whose statistics it needs for text in `language`: the one it is to be like (`reorder_like`), or
        its own, where its words are counted (`Declaration.counted`)."""
        if self.matched:
            return self.matched.word_order_of(language)
        if self.declaration.name == "reorder_like":
            return rules_of(self.argument.partition("@")[0])
        return language if self._is_counted(language) else None

    def _is_counted(self, language: str) -> bool:
        if self.matched:
            return self.matched._is_counted(language)
        return self.declaration.counted and bool(re.fullmatch(INVENTED, rules_of(language)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of task it applies to."""
        return tuple(self.sides)

    def check_word_order(self, language: str, statistics: WordOrder | None) -> None:
        """Raise PerturbationError unless the statistics are those of `word_order_of`, if it has one."""
        wanted, found = self.word_order_of(language), statistics.language if statistics else "none"
        if wanted and (not statistics or rules_of(wanted) != rules_of(found)):
            raise PerturbationError(
                f"{self.name} needs the word order of {wanted}, as measure_word_order counts it (on the command line:"
                f" --word-order FILE); found: {found}"
            )
        if statistics and self._is_counted(language) and len(statistics.passive) < 2:
            raise PerturbationError(f"{self.name} needs {MINIMUM} passives in the treebank of {language}; it has fewer")

    def setting(self, language: str = "", *, statistics: WordOrder | None = None, may_insert: bool = True) -> Setting:
        """What its function is told; `statistics` are those of `word_order_of`. Raises LanguageError."""
        matched = None
        if self.matched:
            told = self.matched.setting(language, statistics=statistics, may_insert=may_insert)
            matched = partial(self.matched.declaration.function, setting=told)
        return Setting(rules_of(language), self.argument, statistics, may_insert, matched)

    def unavailable(self, language: str, *, has_trees: bool, kind: str | None = None) -> str | None:
        """Why it cannot be had in a language (for a kind of task), with what can be had instead; None if it can."""
        if kind is not None and kind not in self.sides:
            return f"{self.name} does not apply to items of kind {kind}; it does to {', '.join(self.sides)}"
        if self.needs_tree and not has_trees:
            return f"{self.name} needs trees, and there are none in {language}; without: {', '.join(without_trees())}"
        known, ruled, code = self.declaration.languages, self.declaration.invented, rules_of(language)
        if known and code not in known and not (ruled and re.fullmatch(INVENTED, code)):
            invented = " and invented languages (qaa to qaz)" if ruled else ""
            return f"{self.name} has rules for {', '.join(known)}{invented} only, not for {language}"
        return self.matched and self.matched.unavailable(language, has_trees=has_trees)

    def __str__(self) -> str:
        return self.name


def check_sides(kind: str, sides: Sequence[str] | None) -> tuple[str, ...]:
    """The sides of a kind that are perturbed, the default ones for None; raises PerturbationError."""
    if kind not in SIDES:
        raise PerturbationError(f"items of kind {kind} cannot be perturbed; allowed: {', '.join(SIDES)}")
    if sides is None:
        return KINDS[kind].default_sides
    if unknown := [side for side in sides if side not in SIDES[kind]]:
        raise PerturbationError(f"{kind}: unknown side {unknown[0]!r}; allowed: {', '.join(SIDES[kind])}")
    if KINDS[kind].is_bitext and len(sides) != 1:
        raise PerturbationError(f"{kind}: found sides {', '.join(sides)}; one side of a pair is perturbed, not both")
    return tuple(sides)


def names() -> list[str]:
    """All perturbations, family by family, `clean` first."""
    families = list(FAMILIES)
    return sorted(DECLARATIONS, key=lambda name: families.index(DECLARATIONS[name].family))


def without_trees() -> list[str]:
    """The perturbations that need no tree."""
    return [name for name in names() if not DECLARATIONS[name].needs_tree]


def parse_perturbation(text: str) -> Perturbation:
    """`clean`, `{name}-{strength}` or `{name}-{argument}-{strength}`; raises PerturbationError."""
    name, dash, rest = text.partition("-")
    if name not in DECLARATIONS:
        raise PerturbationError(
            f"unknown perturbation {name!r}{suggestion(name, names())}; allowed: {', '.join(names())}"
        )
    declaration = DECLARATIONS[name]
    if name == "clean":
        if dash:
            raise PerturbationError(f"{text!r}: clean has no strength")
        return Perturbation(text, declaration, "", 0.0)
    found = _ENDING.fullmatch(rest)
    if not found:
        raise PerturbationError(f"{text!r}: a strength in [0, 1] ends the name, e.g. {_usage(declaration)}")
    argument = _argument(text, declaration, found["argument"] or "")
    strength = _strength(text, declaration, found["strength"])
    matched = parse_perturbation(f"{argument}-{found['strength']}") if name == "typos" and argument else None
    return Perturbation(text, declaration, argument, strength, matched)


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
    try:
        rules_of(given.partition("@")[0] if argument.names_language else "")
    except LanguageError as error:
        raise PerturbationError(f"{text!r}: {error}") from None
    return given


def _strength(text: str, declaration: Declaration, given: str) -> float:
    strength = float(given)
    if not 0 <= strength <= 1:
        raise PerturbationError(f"{text!r}: the strength is {given}; it must be in [0, 1]")
    if not declaration.graded and strength not in (0, 1):
        raise PerturbationError(f"{text!r}: {declaration.name} has no degrees; its strength is 0 or 1")
    return strength
