"""Bound the distance of a population value from a sample's due to outcomes that the sample may have missed."""

from math import sqrt

from scipy.special import ndtri

LEVEL = 0.95
Z = float(ndtri((1 + LEVEL) / 2))


def unseen_share(clusters: float, seen: int = 0) -> float:
    """Return the largest share of a population that `clusters` draws miss altogether with a chance above 2.5 %.

    The upper end of Clopper & Pearson's interval for 0 of `clusters`, 1 - 0.025^(1 / clusters): 0.018 for 200. Where
    `seen` clusters have it, less what their own scatter makes of an interval, 1.96 sqrt(seen) / clusters, and not below
    0: an interval then reaches as far as if four had it, whatever is seen of them.
    """
    return max(0.0, 1 - ((1 - LEVEL) / 2) ** (1 / clusters) - Z * sqrt(seen) / clusters)


def either_way(share: float) -> tuple[float, float]:
    """Return a reach of the same share down and up."""
    return share, share


def within(bounds: tuple[float, float], value: float, reach: tuple[float, float]) -> tuple[float, float]:
    """Limit a reach (down, up) to the distances of the value from the bounds."""
    return min(reach[0], value - bounds[0]), min(reach[1], bounds[1] - value)
