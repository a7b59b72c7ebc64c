"""What a perturbation does to a sentence, and what it is told; helpers that several families share."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..syntax.sentence import Sentence
from ..syntax.word_order import WordOrder

T = TypeVar("T")


@dataclass(slots=True)
class Edit:
    """The units of a sentence in their new order; those left out are deleted.

    forms: new characters of a unit. inserted: new units; in `order`, number len(sentence) + k is inserted[k].
    """

    order: list[int]
    forms: dict[int, str] = field(default_factory=dict)
    inserted: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a perturbation knows besides the sentence.

    language: its code ("" if unknown). argument: the part of the name between name and strength. statistics: the word
    order of the language that `Perturbation.word_order_of` names (stiltcal.syntax.word_order). may_insert: whether
    new words may come in (not among tokens with tags). matched: the perturbation whose edit distance `typos` matches;
    edits: that distance for the sentence in hand (`perturb_text`).
    """

    language: str = ""
    argument: str = ""
    statistics: WordOrder | None = None
    may_insert: bool = True
    matched: "Callable[[Sentence, float, random.Random], Edit | None] | None" = None
    edits: int | None = None


#: (sentence, strength in [0, 1], random numbers, setting) -> edit, or None where there is nothing to change.
Function = Callable[[Sentence, float, random.Random, Setting], Edit | None]


def some(items: Sequence[T], strength: float, rng: random.Random) -> list[T]:
    """A share of items, at random: strength * len(items) on average.

    With equal random numbers, what a lower strength chooses is also chosen by a higher one.
    """
    count = int(strength * len(items) + rng.random())
    return rng.sample(items, len(items))[:count]


def shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    """The items in another order than they have, at random; the same for fewer than two."""
    items = list(items)
    new = items
    while len(items) > 1 and new == items:
        new = rng.sample(items, len(items))
    return new


def words_of(sentence: Sentence) -> list[int]:
    """The units that are no punctuation."""
    return [i for i, mark in enumerate(sentence.punctuation) if not mark]


def arranged(sentence: Sentence, places: Sequence[int], units: Sequence[int]) -> Edit | None:
    """The edit that puts `units` on `places` and leaves all others; None where that changes nothing."""
    order = list(range(len(sentence)))
    for place, unit in zip(places, units, strict=True):
        order[place] = unit
    return Edit(order) if any(place != unit for place, unit in zip(places, units, strict=True)) else None
