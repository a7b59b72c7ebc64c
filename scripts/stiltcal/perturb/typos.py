"""The lexical control: typing errors as many as another perturbation would need edits, so that order stays whole.

Where a model loses more under a perturbation than under its typos, the loss is about syntax and not about the number
of characters that changed.
"""

import random
import unicodedata

from ..syntax.sentence import Sentence
from .declaration import DECLARATIONS, Argument, declare
from .edit import Edit, Setting, words_of
from .measures import levenshtein


@declare(
    family="lexical",
    level="word",
    meaning="kept",
    argument=Argument("perturbation to match", "[a-z_]+", "mirror_tree", default="shuffle_local", perturbation=True),
    source="own",
)
def typos(sentence, strength, rng, setting) -> Edit | None:
    """Typing errors in the words: as many character edits as a perturbation (shuffle_local, or the named) makes."""
    letters = _letters(sentence)
    count = min(_edits_of(sentence, strength, rng, setting), len(letters))
    forms = {i: list(sentence.forms[i]) for i, _ in letters}
    alphabet = sorted({sentence.forms[i][k].lower() for i, k in letters})
    touched = rng.sample(letters, count)
    for i, k in touched:
        marked = unicodedata.category(sentence.forms[i][k + 1 : k + 2] or " ")[0] == "M"
        forms[i][k] = _mistyped(sentence.forms[i][k], alphabet, marked, rng)
    new = {i: "".join(forms[i]) for i in sorted({i for i, _ in touched})}
    new = {i: form or sentence.forms[i] for i, form in new.items()}
    return Edit(list(range(len(sentence))), new) if new else None


def _letters(sentence: Sentence) -> list[tuple[int, int]]:
    """(word, character) of all letters that may change: those of words that are not protected."""
    words = [i for i in words_of(sentence) if i not in sentence.protected]
    return [(i, k) for i in words for k, character in enumerate(sentence.forms[i]) if character.isalpha()]


def _edits_of(sentence: Sentence, strength: float, rng: random.Random, setting: Setting) -> int:
    """How many character edits the perturbation to match makes on the words, joined by spaces."""
    declaration = DECLARATIONS[setting.argument]
    default = declaration.argument.default if declaration.argument else ""
    edit = declaration.function(sentence, strength, rng, Setting(setting.language, default))
    if edit is None:
        return 0
    forms = [*sentence.forms, *edit.inserted]
    for i, form in edit.forms.items():
        forms[i] = form
    return levenshtein(" ".join(sentence.forms), " ".join(forms[i] for i in edit.order))


def _mistyped(character: str, alphabet: list[str], marked: bool, rng: random.Random) -> str:
    """The character left out, typed twice, or another in its place: one edit; only the last if it carries a mark."""
    others = [letter for letter in alphabet if letter != character.lower()]
    kind = 2 if marked else rng.randrange(3)
    if kind == 0:
        return ""
    if kind == 1 or not others:
        return character * 2
    other = rng.choice(others)
    return other.upper() if character.isupper() and len(other.upper()) == 1 else other
