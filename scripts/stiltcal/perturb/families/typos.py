"""Lexical control: misspelt words in their original order, to separate effects of word order and of unknown words."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from random import Random

from ...syntax.sentence import Sentence
from ...syntax.words import unspaced
from ..declaration import Argument, declare
from ..edit import Edit, Setting, sample_share, words_of

#: Characters for each misspelt one in scripts without spaces, where all words are misspelt.
_CHARACTERS_PER_TYPO = 4
#: The combining marks (True) and the other letters (False) of a sentence.
Alphabets = dict[bool, list[str]]
#: Misspells the character of a word (its characters) at a place.
Misspell = Callable[[list[str], int, Alphabets, Random], None]


@declare(
    family="lexical",
    level="word",
    meaning="kept",
    argument=Argument("perturbation to match", "[a-z_]+(-[a-z0-9@NV]+)?", "mirror_tree", default=""),
    source="Belinkov & Bisk 2018; matched by Levenshtein distance",
)
def typos(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words gets one misspelt character (in scripts without spaces, one in four characters at most);
    after a perturbation's name, as many as that edits."""
    letters, alphabets = _letters(sentence)
    edits: Iterable[tuple[int, int]]
    kinds: Sequence[Misspell]
    if setting.edits is None:
        # A generator, so that place, kind and letter of one edit are drawn before those of the next: a higher strength
        # then repeats the edits of a lower one.
        words = [unit for unit in letters if _is_drawn(sentence.forms[unit], rng)]
        edits = ((unit, rng.choice(letters[unit])) for unit in sample_share(words, strength, rng))
        kinds = (_replace, _replace, _double, _leave_out)
    else:
        every = [(unit, place) for unit, places in letters.items() for place in places]
        edits = rng.sample(every, len(every))[: setting.edits]  # each letter once, so there may be too few
        kinds = (_replace,)  # replacements do not undo each other: the distance is their number
    spelt: dict[int, list[str]] = {}
    for unit, place in edits:
        rng.choice(kinds)(spelt.setdefault(unit, list(sentence.forms[unit])), place, alphabets, rng)
    forms = {unit: "".join(characters) for unit, characters in spelt.items()}
    return Edit(list(range(len(sentence))), forms) if forms else None


def _is_drawn(form: str, rng: Random) -> bool:
    """Tell whether a word may be misspelt. In scripts without spaces words are short, often a single character: there
    every fourth character may be, about as many as in English."""
    return not unspaced(form[0]) or rng.random() < len(form) / _CHARACTERS_PER_TYPO


def _letters(sentence: Sentence) -> tuple[dict[int, list[int]], Alphabets]:
    """Return the places of the letters that can be misspelt in each unprotected word, and the letters of the sentence.

    A letter can be misspelt if the sentence has another of its kind. Digits stay, because they are facts.
    """
    forms = {unit: sentence.forms[unit] for unit in words_of(sentence) if unit not in sentence.protected}
    letters = {c for form in forms.values() for c in form if c.isalpha() or _is_mark(c)}
    alphabets = {is_mark: sorted(c for c in letters if _is_mark(c) == is_mark) for is_mark in (False, True)}
    usable = {c for alphabet in alphabets.values() if len(alphabet) > 1 for c in alphabet}
    places = {unit: [k for k, c in enumerate(form) if c in usable] for unit, form in forms.items()}
    return {unit: usable_places for unit, usable_places in places.items() if usable_places}, alphabets


def _is_mark(character: str) -> bool:
    """Tell whether a character is a combining mark (Unicode category M), as vowels are in Hindi or Thai."""
    return unicodedata.category(character).startswith("M")


def _replace(characters: list[str], place: int, alphabets: Alphabets, rng: Random) -> None:
    old = characters[place]
    while characters[place] == old:
        characters[place] = rng.choice(alphabets[_is_mark(old)])


def _double(characters: list[str], place: int, alphabets: Alphabets, rng: Random) -> None:
    characters[place] *= 2


def _leave_out(characters: list[str], place: int, alphabets: Alphabets, rng: Random) -> None:
    """Delete a character. In a word of up to three it is replaced, because the word might vanish or become another."""
    if len(characters) > 3:
        characters[place] = ""
    else:
        _replace(characters, place, alphabets, rng)
