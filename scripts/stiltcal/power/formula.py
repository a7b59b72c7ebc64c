"""Standard error and smallest detectable effect of a pooled contrast, from the sizes of a study (docs/power.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, roots_hermitenorm, stdtrit

from ..scoring.verdicts import smallest_detectable

_NODES, _WEIGHTS = roots_hermitenorm(80)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Components:
    """Variance components of one target under one class of perturbation.

    variance: of the paired difference of the error in one cell, times the number of its items, items drawn one by one.
    rho_perturbations, rho_languages, rho_both: correlation of two cells of one language, of one perturbation, and of
    two that differ in both.
    design_effect: the factor of that variance when whole clusters are drawn. items_per_cluster: >= 1.
    """

    variance: float
    rho_perturbations: float
    rho_languages: float
    rho_both: float
    design_effect: float
    items_per_cluster: float


@dataclass(frozen=True)
class Target:
    """Sizes of one target: test items a language, zero-shot languages, and perturbations a language (a mean)."""

    name: str
    items: float
    languages: float
    perturbations: float

    def variance(self, parts: Components) -> float:
        """Variance of the mean difference over its cells, of the choice of items alone."""
        texts, languages = self.perturbations - 1, self.languages - 1
        alike = 1 + texts * parts.rho_perturbations + languages * parts.rho_languages
        alike += texts * languages * parts.rho_both
        cells = self.perturbations * self.languages
        return parts.variance / self.items * parts.design_effect * max(alike, 0.0) / cells

    def clusters(self, parts: Components) -> float:
        """Expected number of clusters a language."""
        return self.items / parts.items_per_cluster


@dataclass(frozen=True)
class Design:
    """Everything that the power of a hypothesis depends on: `parts` has the components of each of `targets`.

    rho_intermediates: correlation of the contrasts of two intermediate tasks, in [0, 1). sigma_seed: standard deviation
    of the pooled contrast over training seeds; None where nobody measured it. largest: change of the error that there
    is.
    """

    targets: tuple[Target, ...]
    parts: tuple[Components, ...]
    intermediates: int
    rho_intermediates: float
    seeds: int
    sigma_seed: float | None
    level: float
    largest: float = 1.0

    def twice(self, key: str) -> "Design":
        """The same study with twice the `items`, `languages` or `seeds`."""
        if key == "seeds":
            return replace(self, seeds=2 * self.seeds)
        return replace(self, targets=tuple(replace(each, **{key: 2 * getattr(each, key)}) for each in self.targets))


class Power(NamedTuple):
    """Standard error, its degrees of freedom, critical value of |t| and smallest detectable effect of a design.

    effect: None with at most one cluster, and where it would be above the largest change. is_bound: the
    scatter of several seeds is unknown and left out, so that standard error and effect are lower bounds.
    """

    error: float
    df: float
    critical: float
    effect: float | None
    is_bound: bool


def power(design: Design) -> Power:
    """Predict what the primary analysis of a design can detect with 80 % power.

    One seed has no seed term: the statement is about the trained models. Degrees of freedom are those of the analysis:
    the fewest clusters of a target, minus 1; with several seeds Satterthwaite's (1946) sum of two variances.
    """
    pairs = list(zip(design.targets, design.parts, strict=True))
    items = sum(target.variance(parts) for target, parts in pairs) / len(pairs) ** 2
    df = min(target.clusters(parts) for target, parts in pairs) - 1
    between = 0.0
    if design.seeds > 1 and design.sigma_seed is not None:
        between = design.sigma_seed**2 / design.seeds
    if df <= 0:
        return Power(float("inf"), 0.0, float("inf"), None, False)
    if between:
        df = (between + items) ** 2 / (between**2 / (design.seeds - 1) + items**2 / df)
    error = sqrt(items + between)
    critical = max_t_critical(design.intermediates, design.rho_intermediates, design.level, df)
    is_bound = design.seeds > 1 and design.sigma_seed is None
    return Power(error, df, critical, smallest_detectable(error, critical, df, largest=design.largest), is_bound)


def max_t_critical(count: int, rho: float, level: float, df: float = np.inf) -> float:
    """Critical value of max |t| over `count` equicorrelated contrasts, as `scoring.simultaneous` would find it.

    The normal quantile solves the integral over z of phi(z) P(|sqrt(rho) z + sqrt(1 - rho) e| <= c)^count = 1 - level
    (Dunnett 1955), by Gauss-Hermite quadrature; it is then translated to Student's t with `df`. rho in [0, 1): below 0
    counts as 0, for more than two contrasts cannot all be that far apart.
    """
    shared, own = sqrt(max(rho, 0.0)), sqrt(1 - max(rho, 0.0))

    def excess(c: float) -> float:
        """Return the probability that no contrast is beyond c, minus (1 - level)."""
        inside = ndtr((c - shared * _NODES) / own) - ndtr((-c - shared * _NODES) / own)
        return float(_WEIGHTS @ inside**count) - (1 - level)

    normal = brentq(excess, 0.0, float(ndtri(1 - level / (2 * count))) + 1.0)
    return float(stdtrit(df, ndtr(normal))) if np.isfinite(df) else normal


def mean_correlation(covariance: np.ndarray) -> float:
    """Mean covariance of two different members over the mean variance, of a (k, k) matrix; 0 for k = 1."""
    k = len(covariance)
    if k < 2 or not np.trace(covariance):
        return 0.0
    off = covariance.sum() - np.trace(covariance)
    return float(off / (k - 1) / np.trace(covariance))


def average(parts: Sequence[Components]) -> Components:
    """Components of a group of targets: the mean variance, and the rest weighted by the variances."""
    weights = np.array([each.variance for each in parts])
    names = ("rho_perturbations", "rho_languages", "rho_both", "design_effect", "items_per_cluster")
    rest = {name: float(np.average([getattr(each, name) for each in parts], weights=weights)) for name in names}
    return Components(variance=float(weights.mean()), **rest)
