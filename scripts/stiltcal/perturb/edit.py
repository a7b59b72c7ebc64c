"""The input (`Setting`) and output (`Edit`) of perturbation functions, and helpers that several families share."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ..syntax.sentence import Sentence
from ..syntax.word_order import WordOrder

T = TypeVar("T")


@dataclass(slots=True)
class Edit:
    """A change of a sentence.

    order: numbers of the units in their new order; a unit that is missing is deleted. forms: new text of rewritten
    units, by number. inserted: new words; number len(sentence) + k in `order` stands for inserted[k].
    """

    order: list[int]
    forms: dict[int, str] = field(default_factory=dict)
    inserted: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """Input of a perturbation function besides the sentence.

    language: code of the language whose rules hold ("" or `und`: unknown). argument: part of the perturbation's name
    before the strength. statistics: word order of the language that `Perturbation.word_order_of` names
    (`stiltcal.syntax.word_order`). may_insert: False where new words would have no tags. matched, edits: for `typos`,
    the function of the perturbation whose edit distance it matches, and that distance in characters for this sentence;
    None: no match is asked for.
    """

    language: str = ""
    argument: str = ""
    statistics: WordOrder | None = None
    may_insert: bool = True
    matched: "Callable[[Sentence, float, random.Random], Edit | None] | None" = None
    edits: int | None = None


class Function(Protocol):
    """A perturbation function. It returns None for no change; strength is in [0, 1]."""

    __name__: str

    def __call__(self, sentence: Sentence, strength: float, rng: random.Random, setting: Setting) -> Edit | None:
        """Return the edit of a sentence."""


def sample_share(items: Sequence[T], strength: float, rng: random.Random) -> list[T]:
    """Sample items without replacement: strength * len(items) on average, strength in [0, 1].

    With the same random numbers, a higher strength chooses all items that a lower strength chooses, and more.
    """
    count = int(strength * len(items) + rng.random())
    return rng.sample(items, len(items))[:count]


def shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    """Return the items in a random order that differs from the present one; fewer than two stay as they are.

    Never ends for items that are all equal.
    """
    items = list(items)
    new = items
    while len(items) > 1 and new == items:
        new = rng.sample(items, len(items))
    return new


def words_of(sentence: Sentence) -> list[int]:
    """Return the numbers of the units that are not punctuation."""
    return [i for i, mark in enumerate(sentence.punctuation) if not mark]


def arranged(sentence: Sentence, places: Sequence[int], units: Sequence[int]) -> Edit | None:
    """Return the edit that puts `units` on `places` and moves no other unit; None if nothing changes."""
    order = list(range(len(sentence)))
    for place, unit in zip(places, units, strict=True):
        order[place] = unit
    return Edit(order) if any(place != unit for place, unit in zip(places, units, strict=True)) else None
