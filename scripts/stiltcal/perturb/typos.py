"""The lexical control: misspelt words in their right order, to tell effects of order from effects of unknown words."""

from collections import Counter
from random import Random

from ..syntax.sentence import Sentence
from .declaration import Argument, declare
from .edit import Edit, Setting, some, words_of
from .measures import levenshtein


@declare(
    family="lexical",
    level="word",
    meaning="kept",
    argument=Argument("perturbation to match", "[a-z_]+(-[a-z0-9@]+)?", "mirror_tree", default=""),
    source="Belinkov & Bisk 2018; matched by Levenshtein distance",
)
def typos(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words gets one misspelt character; after a perturbation's name, as many as that edits."""
    words = [unit for unit in words_of(sentence) if unit not in sentence.protected]
    alphabet = sorted({character for unit in words for character in sentence.forms[unit]})
    if len(alphabet) < 2:
        return None
    if setting.matched is None:
        edits = Counter(some(words, strength, rng))
        kinds = (_replace, _replace, _double, _leave_out)
    else:
        places = [unit for unit in words for _ in sentence.forms[unit]]
        edits = Counter(rng.sample(places, min(_distance(sentence, strength, rng, setting), len(places))))
        kinds = (_replace,)  # edits of one kind do not undo each other: the distance is their number
    forms = {}
    for unit, count in sorted(edits.items()):
        characters = list(sentence.forms[unit])
        for place in rng.sample(range(len(characters)), count):
            rng.choice(kinds)(characters, place, alphabet, rng)
        forms[unit] = "".join(characters)
    return Edit(list(range(len(sentence))), forms) if forms else None


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
