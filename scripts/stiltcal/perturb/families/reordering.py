"""Tree-consistent orders: heads and their dependents change places, and every subtree stays contiguous.

Conjuncts, names, fixed expressions and loosely joined parts (CLOSE, HEADLESS) stay on their side of the head.
Punctuation keeps its place among the dependents of its head; a comma at the edge of a phrase stays between the phrase
and its head. If anything moves, a non-projective tree becomes projective.
"""

from collections.abc import Callable
from itertools import pairwise
from random import Random

from ...syntax.sentence import ROOT, Sentence
from ...syntax.word_order import head_class
from ..declaration import Argument, declare
from ..edit import Edit, Setting, shuffled
from .phrases import between_separators, relation

#: Relations of units that keep their place at the edge of the phrase that they introduce.
INTRODUCING = frozenset({"case", "mark", "cc", "det", "clf"})
#: Relations of units that form one expression with their head and stay beside it.
ATTACHED = frozenset({"fixed", "flat", "compound", "goeswith", "aux", "cop", "expl"})
#: Relations whose head is a convention of the annotation, so that their direction has no meaning.
HEADLESS = frozenset(
    {"conj", "list", "parataxis", "discourse", "vocative", "dislocated", "orphan", "reparandum", "dep"}
)

#: Relations inside names and fixed expressions, whose order is fixed.
CLOSE = frozenset({"fixed", "flat", "goeswith"})

#: (dependents left of a head, dependents right of it) -> the same for the new order.
Flip = Callable[[list[int], list[int]], tuple[list[int], list[int]]]
#: (sentence, head, members: head and dependents in their order) -> members in a new order, or None for no change.
Choose = Callable[[Sentence, int, list[int]], list[int] | None]


@declare(family="tree", level="phrase", meaning="kept", needs_tree=True, source="Sahin & Steedman 2018, at every head")
def rotate_subtrees(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """At a share of the heads, the head and its dependents change places at random; function words keep theirs."""

    def choose(sentence: Sentence, head: int, members: list[int]) -> list[int] | None:
        chosen = rng.random() < strength
        groups = _groups(sentence, head, members)
        fixed = [len(group) == 1 and relation(sentence, group[0]) in INTRODUCING for group in groups]
        free = [k for k, stays in enumerate(fixed) if not stays]
        if all(head in groups[k] for k in free):
            return None
        drawn = shuffled(free, rng)  # even if not used: keeps the random numbers equal at all strengths
        if not chosen:
            return None
        order = list(range(len(groups)))
        for place, group in zip(free, drawn, strict=True):
            order[place] = group
        return [member for k in order for member in groups[k]]

    return rearranged(sentence, choose)


@declare(family="tree", level="phrase", meaning="kept", needs_tree=True, source="Min et al. 2020, recursively")
def mirror_tree(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """At a share of the heads, dependents before the head come after it, and the reverse; conjuncts and names stay."""
    return rearranged(sentence, _at_some_heads(strength, rng, lambda left, right: (right, left)))


@declare(family="tree", level="phrase", meaning="kept", needs_tree=True, source="Deshpande et al. 2022")
def head_final(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """At a share of the heads, all dependents come before the head; conjuncts and names stay."""
    return rearranged(sentence, _at_some_heads(strength, rng, lambda left, right: (left + right, [])))


@declare(family="tree", level="phrase", meaning="kept", needs_tree=True, source="Deshpande et al. 2022")
def head_initial(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """At a share of the heads, all dependents come after the head; conjuncts and names stay."""
    return rearranged(sentence, _at_some_heads(strength, rng, lambda left, right: ([], left + right)))


@declare(
    family="tree",
    level="phrase",
    meaning="kept",
    needs_tree=True,
    argument=Argument("language and heads", r"[a-z]{2,3}(@(N|V|NV))?", "hi@NV", names_language=True),
    source="Wang & Eisner 2016 (Galactic Dependencies)",
)
def reorder_like(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """At a share of the nouns (@N), verbs (@V) or both (@NV, the default), dependents stand as in another language."""
    classes = setting.argument.partition("@")[2] or "NV"
    statistics = setting.statistics
    assert statistics is not None  # `Perturbation.check_word_order`

    def choose(sentence: Sentence, head: int, members: list[int]) -> list[int] | None:
        kind = head_class(sentence.upos[head])
        rates = statistics.left.get(kind, {}) if kind in classes else {}
        named = [(m, relation(sentence, m)) for m in members if m != head]
        draws = [rng.random() for _ in named]  # even if not used, as in `rotate_subtrees`
        if rng.random() >= strength or not rates:
            return None
        sides: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
        for (member, name), draw in zip(named, draws, strict=True):
            sides[draw < rates[name] if name in rates else member < head].append((member, name))
        nearer = statistics.nearer.get(kind, {})
        left = _by_nearness(head, sides[True], nearer.get("left", {}))
        right = _by_nearness(head, sides[False], nearer.get("right", {}))
        return [*reversed(left), head, *right]

    return rearranged(sentence, choose)


def _by_nearness(head: int, named: list[tuple[int, str]], shares: dict[tuple[str, str], float]) -> list[int]:
    """Sort the dependents on one side of a head from the nearest to the farthest.

    named: (dependent, relation). shares: of two relations, the share of cases in which the first is nearer (0.5 if
    unknown). Dependents are sorted by their sum of shares, then by their present distance.
    """
    if len(named) < 2:
        return [member for member, _ in named]
    scores = {
        member: sum(shares.get((relation, other), 0.5) for rival, other in named if rival != member)
        for member, relation in named
    }
    return sorted(scores, key=lambda member: (-scores[member], abs(member - head)))


def rearranged(sentence: Sentence, choose: Choose) -> Edit | None:
    """Return the edit that puts the members of each head in the order of `choose`; None if nothing changes.

    Members are the head and its dependents without punctuation.
    """
    local = _local_orders(sentence)
    changed = []
    for head, members in enumerate(local):
        if len(members) < 2:
            continue
        free = [k for k, member in enumerate(members) if member == head or not sentence.punctuation[member]]
        old = [members[k] for k in free]
        new = choose(sentence, head, old) if len(old) > 1 else None
        if new is not None and new != old:
            for k, member in zip(free, new, strict=True):
                members[k] = member
            changed.append(head)
    if not changed:
        return None
    for head in changed:
        _turn_separators(sentence, head, local)
    _keep_last(sentence, local)
    return Edit(_linear(sentence.heads.index(ROOT), local))


def _at_some_heads(strength: float, rng: Random, flip: Flip) -> Choose:
    """Return a function that flips the dependents of a share of the heads; HEADLESS dependents keep their side."""

    def choose(sentence: Sentence, head: int, members: list[int]) -> list[int] | None:
        if rng.random() >= strength:
            return None
        kinds = {member: relation(sentence, member) for member in members if member != head}
        core = [member for member in members if kinds.get(member, "fixed") in CLOSE]
        far = [member for member, kind in kinds.items() if kind in HEADLESS]
        free = [member for member in members if member not in core and member not in far]
        left, right = flip([m for m in free if m < head], [m for m in free if m > head])
        return [*(m for m in far if m < head), *left, *core, *right, *(m for m in far if m > head)]

    return choose


def _groups(sentence: Sentence, head: int, members: list[int]) -> list[list[int]]:
    """Group the members: units that form one expression with the head share its group; all others are alone."""
    attached = [member for member in members if member == head or relation(sentence, member) in ATTACHED]
    groups: list[list[int]] = []
    for member in members:
        if member == head:
            groups.append(attached)
        elif member not in attached:
            groups.append([member])
    return groups


def _local_orders(sentence: Sentence) -> list[list[int]]:
    """Return each unit together with its dependents, from left to right."""
    local: list[list[int]] = [[] for _ in sentence.heads]
    for unit, head in enumerate(sentence.heads):
        local[unit].append(unit)
        if head >= 0:
            local[head].append(unit)
    return local


def _turn_separators(sentence: Sentence, head: int, local: list[list[int]]) -> None:
    """Move separators at the edges of dependents that changed sides to the edge that now faces the head."""
    place = local[head].index(head)
    for k, member in enumerate(local[head]):
        if member != head and (k < place) != (member < head) and len(local[member]) > 1:
            members = local[member]
            first, last = between_separators(sentence, members)
            local[member] = members[last:] + members[first:last] + members[:first]


def _keep_last(sentence: Sentence, local: list[list[int]]) -> None:
    """Keep final punctuation last: move each phrase that contains it to the end of the phrase above."""
    unit = len(sentence) - 1
    if not sentence.punctuation[unit]:
        return
    path = [unit]
    while sentence.heads[path[-1]] != ROOT:
        path.append(sentence.heads[path[-1]])
    for below, above in pairwise(path):
        local[above].remove(below)
        local[above].append(below)


def _linear(root: int, local: list[list[int]]) -> list[int]:
    """Return the units below `root` in order. Iterative, because trees may be deeper than the recursion limit."""
    order, stack = [], [root]
    while stack:
        unit = stack.pop()
        if unit < 0:
            order.append(~unit)
        elif len(local[unit]) == 1:
            order.append(unit)
        else:
            stack += [~member if member == unit else member for member in reversed(local[unit])]
    return order
