"""The lexical control: misspelt words in their right order, to tell effects of order from effects of unknown words."""

import unicodedata
from random import Random

from ...syntax.sentence import Sentence
from ..declaration import Argument, declare
from ..edit import Edit, Setting, some, words_of

#: Of each kind of letter (marks or not), those of the sentence.
Alphabets = dict[bool, list[str]]


@declare(
    family="lexical",
    level="word",
    meaning="kept",
    argument=Argument("perturbation to match", "[a-z_]+(-[a-z0-9@NV]+)?", "mirror_tree", default=""),
    source="Belinkov & Bisk 2018; matched by Levenshtein distance",
)
def typos(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words gets one misspelt character; after a perturbation's name, as many as that edits."""
    letters, alphabets = _letters(sentence)
    if setting.edits is None:
        # A generator: place, kind and letter of one edit are drawn before those of the next, so that more edits do not
        # change the first ones.
        edits = ((unit, rng.choice(letters[unit])) for unit in some(list(letters), strength, rng))
        kinds = (_replace, _replace, _double, _leave_out)
    else:
        every = [(unit, place) for unit, places in letters.items() for place in places]
        edits = rng.sample(every, len(every))[: setting.edits]  # a letter is misspelt once: there may be too few
        kinds = (_replace,)  # edits of one kind do not undo each other: the distance is their number
    spelt: dict[int, list[str]] = {}
    for unit, place in edits:
        rng.choice(kinds)(spelt.setdefault(unit, list(sentence.forms[unit])), place, alphabets, rng)
    forms = {unit: "".join(characters) for unit, characters in spelt.items()}
    return Edit(list(range(len(sentence))), forms) if forms else None


def _letters(sentence: Sentence) -> tuple[dict[int, list[int]], Alphabets]:
    """Where the letters are that another of their kind can replace, in each word that is not protected; and all kinds.

    Figures stay, for they are facts.
    """
    forms = {unit: sentence.forms[unit] for unit in words_of(sentence) if unit not in sentence.protected}
    found = {c for form in forms.values() for c in form if c.isalpha() or _is_mark(c)}
    alphabets = {kind: sorted(c for c in found if _is_mark(c) == kind) for kind in (False, True)}
    usable = {c for alphabet in alphabets.values() if len(alphabet) > 1 for c in alphabet}
    places = {unit: [k for k, c in enumerate(form) if c in usable] for unit, form in forms.items()}
    return {unit: found for unit, found in places.items() if found}, alphabets


def _is_mark(character: str) -> bool:
    """Whether a character is written on or around another, as vowels are in Hindi or Thai."""
    return unicodedata.category(character).startswith("M")


def _replace(characters: list[str], place: int, alphabets: Alphabets, rng: Random) -> None:
    old = characters[place]
    while characters[place] == old:
        characters[place] = rng.choice(alphabets[_is_mark(old)])


def _double(characters: list[str], place: int, alphabets: Alphabets, rng: Random) -> None:
    characters[place] *= 2


def _leave_out(characters: list[str], place: int, alphabets: Alphabets, rng: Random) -> None:
    """Leave a character out; in a short word, which might vanish or become another, replace it."""
    if len(characters) > 3:
        characters[place] = ""
    else:
        _replace(characters, place, alphabets, rng)
