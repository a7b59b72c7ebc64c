"""Seeded samples and hold-outs that depend on names alone, not on the order of the items."""

import hashlib
from collections.abc import Iterable, Sequence, Set


def rank(seed: int, name: str) -> str:
    """A number for a name as hexadecimal digits, uniform over names, the same on every machine."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def chosen(names: Iterable[str], count: int, seed: int) -> set[str]:
    """The `count` names of lowest rank (all, where there are fewer)."""
    return set(sorted(set(names), key=lambda name: rank(seed, name))[:count])


def hold_out(items: Sequence[dict], share: float, seed: int) -> tuple[list[dict], list[dict]]:
    """(held out, rest): a share of the clusters, rounded, and the others; both in the order of the items."""
    names = {item["cluster"] for item in items}
    held = chosen(names, round(share * len(names)), seed)
    return [item for item in items if item["cluster"] in held], [item for item in items if item["cluster"] not in held]


def capped(items: Sequence[dict], cap: int | None, seed: int, *, first: Set[str] = frozenset()) -> list[dict]:
    """At most `cap` items in their order: whole clusters by rank, the last one cut where it does not fit.

    Items whose id is in `first` come before others, which may cut further clusters.
    """
    if cap is None or len(items) <= cap:
        return list(items)
    place = [(item["id"] not in first, rank(seed, item["cluster"])) for item in items]
    order = sorted(range(len(items)), key=lambda number: (place[number], number))
    return [items[number] for number in sorted(order[:cap])]
