"""What a perturbation declares about itself; the families declare their functions with `declare`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from ..syntax.sentence import Sentence
from ..tasks.kinds import KINDS
from .edit import Edit, Function, Setting

#: The codes of invented languages, as a pattern.
INVENTED = "qa[a-z]"
#: The fields of each kind of task that may be perturbed; those of retrieval and mining are the sides of a pair.
SIDES: Mapping[str, tuple[str, ...]] = {name: kind.sides for name, kind in KINDS.items()}
FAMILIES = {
    "none": "Nothing",
    "control": "Controls",
    "tree": "Tree-consistent orders",
    "rewording": "Meaning-keeping",
    "contrast": "Meaning-changing",
    "function": "Function words",
    "lexical": "Lexical control",
}
LEVELS = ("word", "phrase", "clause", "sentence")
MEANINGS = {
    "kept": "the dependency relations and the gold label stay",
    "entailed": "the original entails the perturbed text, not the other way round",
    "altered": "gold labels follow the rule that is declared",
    "destroyed": "a control: nothing is claimed of the meaning",
}


@dataclass(frozen=True)
class Argument:
    """The part of a name between name and strength.

    name: what it is. pattern, example: how it looks. default: what stands for it when missing. names_language: whether
    it begins with the code of a language, before an `@`.
    """

    name: str
    pattern: str
    example: str
    default: str | None = None
    names_language: bool = False

    def fits(self, text: str) -> bool:
        """Whether a text may stand for the argument."""
        return bool(re.fullmatch(self.pattern, text))


@dataclass(frozen=True)
class Declaration:
    """A perturbation: its function and what a study must know of it.

    meaning: one of MEANINGS. graded: whether strengths between 0 and 1 differ. languages: the only ones it has rules
    for, besides the invented ones where `invented` says so; () means any. counted: whether in those it needs the
    language's own statistics (`stiltcal.syntax.word_order`). sides: the fields it applies to, by kind of task. labels:
    the new label of each old one that has a known one, where not all stay. source: what it follows.
    """

    name: str
    family: str
    level: str
    meaning: str
    description: str
    function: Function
    needs_tree: bool = False
    graded: bool = True
    argument: Argument | None = None
    languages: tuple[str, ...] = ()
    invented: bool = False
    counted: bool = False
    sides: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SIDES)
    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


DECLARATIONS: dict[str, Declaration] = {}


def declare(**metadata) -> Callable[[Function], Function]:
    """Declare the decorated function as the perturbation of its name; its docstring is the description.

    The keys are those of `Declaration`. Raises ValueError for a family, level or meaning that there is not.
    """
    for key, allowed in (("family", FAMILIES), ("level", LEVELS), ("meaning", MEANINGS)):
        if metadata.get(key) not in allowed:
            raise ValueError(f"declare: {key} is {metadata.get(key)!r}; allowed: {', '.join(allowed)}")

    def register(function: Function) -> Function:
        description = " ".join((function.__doc__ or "").split())
        DECLARATIONS[function.__name__] = Declaration(
            name=function.__name__, description=description, function=function, **metadata
        )
        return function

    return register


@declare(family="none", level="sentence", meaning="kept", graded=False)
def clean(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """Nothing changes."""
    return None
