"""Rows of primary.csv (a verdict a hypothesis) and of contrasts.csv (the quantities beside it)."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..calibration.estimate import (
    NO_SURPLUS,
    Estimate,
    Subtracted,
    effect_interval,
    level_interval,
    p_value,
    wald_interval,
)
from ..formats.results import NEAR_PERFECT
from ..tasks.kinds import FAMILY_KEYS
from .effects import NONE
from .pooled import Pool
from .simultaneous import Simultaneous, max_t
from .target import BESIDE
from .verdicts import equivalence_p, smallest_detectable, verdict

#: (quantity in contrasts.csv, quantity of `Pool.estimate`, whether on clean text): differences to `none`.
_DIFFERENCES = (
    ("error", "error", False),
    ("error_clean", "error", True),
    ("error_interaction", "error_interaction", False),
    ("task_score", "task_score", False),
    ("task_score_clean", "task_score", True),
    *((name, name, False) for name in BESIDE),
    ("error_matched", "error_matched", False),
)
#: The same of `none` itself.
_LEVELS = (
    ("error", "error", False),
    ("error_clean", "error", True),
    ("task_score", "score", False),
    ("task_score_clean", "score", True),
    *((name, name, False) for name in BESIDE),
)


def primary_rows(pool: Pool, family: str, class_: str, intermediates: Sequence[str], declared: Mapping) -> list[dict]:
    """One row for each intermediate task, in their order; intervals and p values are simultaneous over them."""
    found = {name: estimate for name in intermediates if (estimate := pool.estimate("error", name)) is not None}
    if not found:
        return []
    together = max_t(list(found.values()), declared["level"])
    keys = {"family": family, "class": class_, "metric": declared["metric"], "scaling": declared["scaling"]}
    keys |= {"margin": declared["margin"], "level": declared["level"]}
    counts = {"clusters": pool.clusters, "languages": pool.languages(), "targets": len(pool.results)}
    counts |= {"perturbations": pool.n_texts(), "seeds": pool.results[0].n_seeds}
    return [
        {
            "name": f"{FAMILY_KEYS[family]}/{class_}/{intermediate}",
            "intermediate": intermediate,
            **keys,
            **_judged(pool, intermediate, estimate, together, number, declared),
            "n": pool.n("error", intermediate),
            **counts,
        }
        for number, (intermediate, estimate) in enumerate(found.items())
    ]


def _judged(
    pool: Pool, intermediate: str, estimate: Estimate, together: Simultaneous, number: int, declared: Mapping
) -> dict:
    """Numbers and verdict of one hypothesis."""
    critical, low, high, p, error, df = (float(part[number]) for part in together)
    is_equivalent = equivalence_p(estimate, declared["margin"]) < declared["level"]
    task = pool.estimate("task_score", intermediate)
    decision, reason = verdict(low, high, is_equivalent, pool.lost(intermediate), task, declared["level"])
    largest = float(np.max(np.abs(estimate.bounds)))
    smallest = smallest_detectable(error, critical, df, float(np.max(estimate.unseen)), largest)
    if decision == "inconclusive" and _is_decided_without_noise(estimate, critical, declared):
        reason = NEAR_PERFECT
    if smallest is None:
        single = "a single cluster says nothing of the variance"
        reason = reason or (f"80 % power would need an effect above {largest:g}" if np.isfinite(error) else single)
    return {
        "estimate": float(estimate.centre),
        "low": low,
        "high": high,
        "p": p,
        "smallest_detectable": smallest,
        "verdict": decision,
        "reason": reason,
    }


def _is_decided_without_noise(estimate: Estimate, critical: float, declared: Mapping) -> bool:
    """Tell whether there were a verdict if no model were so well calibrated that its error may be noise alone."""
    bare = estimate._replace(surplus=NO_SURPLUS, subtracted=Subtracted())
    low, high = wald_interval(bare, critical)
    return bool(low > 0 or high < 0) or equivalence_p(bare, declared["margin"]) < declared["level"]


def contrast_rows(pool: Pool, family: str, class_: str, intermediates: Sequence[str]) -> Iterator[dict]:
    """Levels of `none`, then differences to it of each intermediate task; what cannot be computed has no row."""
    keys = {"family": family, "class": class_}
    for intermediate in (NONE, *intermediates):
        is_none = intermediate == NONE
        where = keys | {"intermediate": intermediate}
        for quantity, name, clean in _LEVELS if is_none else _DIFFERENCES:
            if (found := pool.estimate(name, intermediate, clean)) is not None:
                yield where | _row(quantity, found, pool.n(name, intermediate, clean), pool.clusters, is_none)
        if (found := pool.estimate("guard_score", intermediate)) is not None:
            yield where | _row("guard_score", found, pool.n("guard_score", intermediate), pool.clusters, is_level=True)
        if is_none and (found := pool.estimate("guessing", intermediate)) is not None:
            row = _row("guessing", found, pool.n("guessing", intermediate), pool.clusters, is_level=True)
            yield where | row | {"low": row["estimate"], "high": row["estimate"]}  # a level, not an estimate
        for quantity, found in pool.corp(intermediate).items():
            row = _row(quantity, found, pool.n("error", intermediate), pool.clusters, is_none)
            # Isotonic regression fits noise, in a resample more than in the sample: percentiles miss the true level.
            yield where | row | ({"low": None, "high": None} if is_none else {})
        if not is_none and (model := pool.logit_interaction(intermediate)).estimate is not None:
            numbers = {name: getattr(model, name) for name in ("estimate", "low", "high", "p", "n", "clusters")}
            yield where | {"quantity": "logit_interaction", **numbers}


def _row(quantity: str, estimate: Estimate, n: int, clusters: int, is_level: bool) -> dict:
    low, high = level_interval(estimate) if is_level else effect_interval(estimate)
    return {
        "quantity": quantity,
        "estimate": float(estimate.centre),
        "low": float(low),
        "high": float(high),
        "p": None if is_level else float(p_value(estimate)),
        "n": n,
        "clusters": clusters,
    }
