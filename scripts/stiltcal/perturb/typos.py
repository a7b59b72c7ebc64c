"""The lexical control: misspelt words in their right order, to tell effects of order from effects of unknown words."""

from random import Random

from ..syntax.sentence import Sentence
from .declaration import Argument, declare
from .distance import levenshtein
from .edit import Edit, Setting, some, words_of


@declare(
    family="lexical",
    level="word",
    meaning="kept",
    argument=Argument("perturbation to match", "[a-z_]+(-[a-z0-9@NV]+)?", "mirror_tree", default=""),
    source="Belinkov & Bisk 2018; matched by Levenshtein distance",
)
def typos(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words gets one misspelt character; after a perturbation's name, as many as that edits."""
    letters = _letters(sentence)
    alphabet = sorted({sentence.forms[unit][place] for unit, places in letters.items() for place in places})
    if len(alphabet) < 2:
        return None
    if setting.matched is None:
        edits = [(unit, rng.choice(letters[unit])) for unit in some(list(letters), strength, rng)]
        kinds = (_replace, _replace, _double, _leave_out)
    else:
        every = [(unit, place) for unit, places in letters.items() for place in places]
        edits = rng.sample(every, min(_distance(sentence, strength, rng, setting), len(every)))
        kinds = (_replace,)  # edits of one kind do not undo each other: the distance is their number
    spelt = {unit: list(sentence.forms[unit]) for unit, _ in edits}
    for unit, place in edits:
        rng.choice(kinds)(spelt[unit], place, alphabet, rng)
    forms = {unit: "".join(characters) for unit, characters in spelt.items()}
    return Edit(list(range(len(sentence))), forms) if forms else None


def _letters(sentence: Sentence) -> dict[int, list[int]]:
    """Where the letters are, in each word that has any and is not protected; figures stay, for they are facts."""
    words = [unit for unit in words_of(sentence) if unit not in sentence.protected]
    places = {unit: [k for k, c in enumerate(sentence.forms[unit]) if c.isalpha()] for unit in words}
    return {unit: found for unit, found in places.items() if found}


def _distance(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> int:
    """The characters that the matched perturbation edits in a sentence."""
    edit = setting.matched(sentence, strength, rng)
    if edit is None:
        return 0
    forms = [*sentence.forms, *edit.inserted]
    changed = [edit.forms.get(unit, forms[unit]) for unit in edit.order]
    return levenshtein(" ".join(sentence.forms), " ".join(changed))


def _replace(characters: list[str], place: int, alphabet: list[str], rng: Random) -> None:
    old = characters[place]
    while characters[place] == old:
        characters[place] = rng.choice(alphabet)


def _double(characters: list[str], place: int, alphabet: list[str], rng: Random) -> None:
    characters[place] *= 2


def _leave_out(characters: list[str], place: int, alphabet: list[str], rng: Random) -> None:
    """Leave a character out; in a short word, which might vanish or become another, replace it."""
    if len(characters) > 3:
        characters[place] = ""
    else:
        _replace(characters, place, alphabet, rng)
