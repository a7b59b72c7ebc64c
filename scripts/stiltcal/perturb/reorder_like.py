"""The order of another language's treebank under the words of this one (Wang & Eisner 2016, Galactic Dependencies).

Each dependent of a noun or verb goes before its head as often as its relation does in that language; those on one side
stand as near to the head as there, on average. Relations that the treebank hardly has stay as they are.
"""

import random

from ..syntax.sentence import Sentence
from ..syntax.word_order import HEAD_CLASSES, UNORDERED, WordOrder, relation_of
from .declaration import Argument, declare
from .edit import Edit
from .reordering import rearranged

LEAST_COUNT = 10


@declare(
    family="tree",
    level="phrase",
    meaning="kept",
    needs_tree=True,
    argument=Argument("language with its heads (N, V or NV)", r"[a-z]{2,8}(@(N|V|NV))?", "hi@NV", language=True),
    source="Wang & Eisner 2016",
)
def reorder_like(sentence, strength, rng, setting) -> Edit | None:
    """At a share of the nouns and verbs (or those named after `@`), dependents stand as in a language's treebank."""
    classes = setting.argument.partition("@")[2] or "NV"

    def choose(sentence: Sentence, head: int, members: list[int]) -> list[int] | None:
        head_class = HEAD_CLASSES.get(sentence.upos[head], "")
        if not head_class or head_class not in classes or rng.random() >= strength:
            return None
        return _ordered(sentence, head, members, head_class, setting.statistics, rng)

    return rearranged(sentence, choose)


def _ordered(
    sentence: Sentence, head: int, members: list[int], head_class: str, like: WordOrder, rng: random.Random
) -> list[int]:
    place = members.index(head)
    before: list[tuple[float, int]] = []
    after: list[tuple[float, int]] = []
    core = [head]
    for k, member in enumerate(members):
        if member == head:
            continue
        relation, distance = relation_of(sentence, member), abs(k - place)
        if relation in ("fixed", "flat", "goeswith"):
            core.append(member)
            continue
        order = None if relation in UNORDERED else like.of(head_class, relation, LEAST_COUNT)
        goes_before = k < place if order is None else rng.random() < order.before
        mean = (order.distance_before if goes_before else order.distance_after) if order else 0.0
        (before if goes_before else after).append((mean or distance, k))
    left = [members[k] for _, k in sorted(before, key=lambda found: (-found[0], found[1]))]
    right = [members[k] for _, k in sorted(after)]
    return [*left, *sorted(core), *right]
