"""Properties of perturbations. Each family declares its functions with `@declare`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from ..syntax.sentence import Sentence
from ..tasks.kinds import KINDS
from .edit import Edit, Function, Setting

#: Regular expression for the codes of invented languages.
INVENTED = "qa[a-z]"
#: Perturbable fields by kind of task. For retrieval and mining they name the side of the pair (`foreign`, `source`).
FIELDS: Mapping[str, tuple[str, ...]] = {name: kind.sides for name, kind in KINDS.items()}
FAMILIES = {
    "none": "Nothing",
    "control": "Controls",
    "tree": "Reordered: orders that keep the tree",
    "rewording": "Reworded: usual sentences that keep the meaning, or a part of it",
    "contrast": "Meaning-changing",
    "function": "Function words",
    "lexical": "Misspellings",
}
LEVELS = ("word", "phrase", "clause", "sentence")
MEANINGS = {
    "kept": "dependency relations and gold label stay the same",
    "entailed": "the original entails the perturbed text, not the other way round",
    "altered": "the gold label changes by the declared rule",
    "destroyed": "a control: the meaning may be lost",
}


@dataclass(frozen=True)
class Argument:
    """Argument of a perturbation, between its name and its strength (`3` in `shuffle_ngrams-3-1.0`).

    name: description for messages. pattern: regular expression for allowed values. example: an allowed value. default:
    value of a missing argument; None: the argument is required. names_language: True if the value begins with a
    language code, followed by nothing or by `@`.
    """

    name: str
    pattern: str
    example: str
    default: str | None = None
    names_language: bool = False

    def fits(self, text: str) -> bool:
        """Tell whether a text is an allowed value."""
        return bool(re.fullmatch(self.pattern, text))


@dataclass(frozen=True)
class Declaration:
    """A perturbation: its function and its properties.

    family, level, meaning: keys of FAMILIES, LEVELS and MEANINGS. description: the function's docstring. needs_tree:
    True if it needs dependency trees. graded: True if strengths between 0 and 1 differ. argument: None if it takes
    none. languages: codes of the languages that it has rules for; (): any language. invented: True if it also has
    rules for invented languages. counted: True if it needs the word order of an invented language
    (`stiltcal.syntax.word_order`). fields: perturbable fields by kind of task. labels: new gold label by old one; an
    item whose label is missing here is not evaluated; {}: all labels stay. source: publication that it follows.
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
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: FIELDS)
    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


DECLARATIONS: dict[str, Declaration] = {}


def declare(**metadata) -> Callable[[Function], Function]:
    """Register the decorated function as a perturbation of the same name, with its docstring as the description.

    metadata: the other attributes of `Declaration`. Raises ValueError for an unknown family, level or meaning.
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
