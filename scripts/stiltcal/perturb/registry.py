"""Look up perturbations by name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..support.language_codes import LanguageError, rules_of
from ..support.messages import suggestion
from ..syntax.word_order import MINIMUM, WordOrder
from ..tasks.kinds import KINDS
from .declaration import DECLARATIONS, FAMILIES, FIELDS, INVENTED, Declaration
from .edit import Setting
from .families import contrasts, controls, cropping, function_words, reordering, rewording, typos  # noqa: F401  (importing a family registers it)

_ENDING = re.compile(r"(?:(?P<argument>.+?)-)?(?P<strength>-?[0-9]+(?:\.[0-9]+)?)")


class PerturbationError(ValueError):
    """A perturbation is unknown or not available. The message names it, and what is allowed."""


@dataclass(frozen=True)
class Perturbation:
    """A declared perturbation with an argument and a strength.

    name: as in the configuration. argument: "" for none. strength: in [0, 1]. matched: for `typos`, the perturbation
    that its argument names.
    """

    name: str
    declaration: Declaration
    argument: str
    strength: float
    matched: "Perturbation | None" = None

    @property
    def needs_tree(self) -> bool:
        """True if it or the matched perturbation needs dependency trees."""
        return self.declaration.needs_tree or (self.matched is not None and self.matched.needs_tree)

    @property
    def meaning(self) -> str:
        """Key of `declaration.MEANINGS`: kept, entailed, altered or destroyed."""
        return self.declaration.meaning

    @property
    def family(self) -> str:
        """Key of `declaration.FAMILIES`."""
        return self.declaration.family

    @property
    def level(self) -> str:
        """Level of the units that change: word, phrase, clause or sentence."""
        return self.declaration.level

    @property
    def graded(self) -> bool:
        """True if strengths between 0 and 1 differ."""
        return self.declaration.graded

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """Fields that it can perturb, by kind of task; with a matched perturbation, the fields of both."""
        if not self.matched:
            return self.declaration.fields
        shared = {kind: self.matched.fields_of(kind, fields) for kind, fields in self.declaration.fields.items()}
        return {kind: fields for kind, fields in shared.items() if fields}

    def fields_of(self, kind: str, sides: Sequence[str]) -> tuple[str, ...]:
        """Return the members of `sides` that it can perturb in items of a kind of task."""
        return tuple(side for side in sides if side in self.fields.get(kind, ()))

    def relabels(self, labels: Sequence[str]) -> bool:
        """Tell whether it keeps all gold labels or has a rule for at least one of `labels`."""
        return not self.declaration.labels or any(label in self.declaration.labels for label in labels)

    def word_order_of(self, language: str) -> str | None:
        """Return the language whose word order it needs for text in `language`; None if it needs none.

        That is the language in the argument of `reorder_like`, or `language` itself (`Declaration.counted`).
        """
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
        """Kinds of task that it can perturb."""
        return tuple(self.fields)

    def check_word_order(self, language: str, statistics: WordOrder | None) -> None:
        """Raise PerturbationError unless `statistics` are those of `word_order_of`, with passives if it needs them."""
        wanted, given = self.word_order_of(language), statistics.language if statistics else "none"
        if wanted and (not statistics or rules_of(wanted) != rules_of(given)):
            raise PerturbationError(
                f"{self.name} needs the word order of {wanted}, as measure_word_order counts it (on the command line:"
                f" --word-order FILE); found: {given}"
            )
        if statistics and self._is_counted(language) and len(statistics.passive) < 2:
            raise PerturbationError(f"{self.name} needs {MINIMUM} passives in the treebank of {language}; it has fewer")

    def setting(self, language: str = "", *, statistics: WordOrder | None = None, may_insert: bool = True) -> Setting:
        """Return the setting for its function.

        statistics: word order of the language of `word_order_of`. may_insert: False if new words are not allowed.
        Raises LanguageError for an invalid code.
        """
        matched = None
        if self.matched:
            setting = self.matched.setting(language, statistics=statistics, may_insert=may_insert)
            matched = partial(self.matched.declaration.function, setting=setting)
        return Setting(rules_of(language), self.argument, statistics, may_insert, matched)

    def unavailable(self, language: str, *, has_trees: bool, kind: str | None = None) -> str | None:
        """Return why it is not available in a language (for a kind of task), with what is; None if it is available.

        has_trees: True if the text has dependency trees.
        """
        if kind is not None and kind not in self.fields:
            return f"{self.name} does not apply to items of kind {kind}; it does to {', '.join(self.fields)}"
        if self.needs_tree and not has_trees:
            return f"{self.name} needs trees, and there are none in {language}; without: {', '.join(without_trees())}"
        known, ruled, code = self.declaration.languages, self.declaration.invented, rules_of(language)
        if known and code not in known and not (ruled and re.fullmatch(INVENTED, code)):
            invented = " and invented languages (qaa to qaz)" if ruled else ""
            return f"{self.name} has rules for {', '.join(known)}{invented} only, not for {language}"
        return self.matched.unavailable(language, has_trees=has_trees) if self.matched else None

    def __str__(self) -> str:
        return self.name


def check_sides(kind: str, sides: Sequence[str] | None) -> tuple[str, ...]:
    """Return the perturbed fields of a kind of task, or for retrieval and mining the perturbed side of the pair.

    sides: value of the key `sides` of the configuration; None: the default of the kind. Raises PerturbationError.
    """
    if kind not in FIELDS:
        raise PerturbationError(f"items of kind {kind} cannot be perturbed; allowed: {', '.join(FIELDS)}")
    if sides is None:
        return KINDS[kind].default_sides
    if unknown := [side for side in sides if side not in FIELDS[kind]]:
        raise PerturbationError(f"{kind}: unknown side {unknown[0]!r}; allowed: {', '.join(FIELDS[kind])}")
    if KINDS[kind].is_bitext and len(sides) != 1:
        raise PerturbationError(f"{kind}: found sides {', '.join(sides)}; one side of a pair is perturbed, not both")
    return tuple(sides)


def names() -> list[str]:
    """Return the names of all perturbations, ordered by family, `clean` first."""
    families = list(FAMILIES)
    return sorted(DECLARATIONS, key=lambda name: families.index(DECLARATIONS[name].family))


def without_trees() -> list[str]:
    """Return the names of the perturbations that need no dependency trees."""
    return [name for name in names() if not DECLARATIONS[name].needs_tree]


def parse_perturbation(text: str) -> Perturbation:
    """Parse `clean`, `{name}-{strength}` or `{name}-{argument}-{strength}`; raises PerturbationError."""
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
    ending = _ENDING.fullmatch(rest)
    if not ending:
        raise PerturbationError(f"{text!r}: a strength in [0, 1] ends the name, e.g. {_usage(declaration)}")
    argument = _argument(text, declaration, ending["argument"] or "")
    strength = _strength(text, declaration, ending["strength"])
    matched = parse_perturbation(f"{argument}-{ending['strength']}") if name == "typos" and argument else None
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
