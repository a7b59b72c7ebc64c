"""Corrections of p values for the number of comparisons."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p values of one family (Holm 1979), in the order given."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    result = np.empty(len(p))
    result[order] = adjusted
    return result.tolist()


def add_holm(rows: Sequence[dict], family: Callable[[dict], Hashable]) -> None:
    """Add `p_holm` to rows that have `p`: Holm's within the rows of which `family` says the same. Rows whose p is None
    have no test, and count in no family."""
    families = defaultdict(list)
    for row in rows:
        if row["p"] is None:
            row["p_holm"] = None
        else:
            families[family(row)].append(row)
    for members in families.values():
        for row, p in zip(members, holm([row["p"] for row in members]), strict=True):
            row["p_holm"] = p
