"""Draw samples and hold-outs that depend on a seed and on names, not on the order of the items."""

import hashlib
from collections.abc import Iterable, Sequence, Set


def rank(seed: int, name: str) -> str:
    """Return a number for a name, as hexadecimal digits: uniform over names, and the same on every machine."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def chosen(names: Iterable[str], count: int, seed: int) -> set[str]:
    """Return the `count` names of lowest rank, or all if there are fewer."""
    return set(sorted(set(names), key=lambda name: rank(seed, name))[:count])


def hold_out(items: Sequence[dict], share: float, seed: int) -> tuple[list[dict], list[dict]]:
    """Return (held out, rest): the items of a share of the clusters (rounded), and the others, both in their order."""
    names = {item["cluster"] for item in items}
    held = chosen(names, round(share * len(names)), seed)
    return [item for item in items if item["cluster"] in held], [item for item in items if item["cluster"] not in held]


def capped(items: Sequence[dict], cap: int | None, seed: int, *, first: Set[str] = frozenset()) -> list[dict]:
    """Return at most `cap` items in their order: whole clusters by rank, of which the last may be cut.

    Items whose id is in `first` are taken before others. This may cut further clusters.
    """
    if cap is None or len(items) <= cap:
        return list(items)
    place = [(item["id"] not in first, rank(seed, item["cluster"])) for item in items]
    order = sorted(range(len(items)), key=lambda number: (place[number], number))
    return [items[number] for number in sorted(order[:cap])]
