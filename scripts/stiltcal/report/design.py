"""Describe the statistical design of a study: hypotheses, estimand, correction, margin, power and digest."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .labels import CLASSES, error_label, perturbation_label, scaling_label, target_label
from .quotes import Quotes, listing
from .scope import Scope

FORMULA = "θ[i] = mean over t, p and l of (E[i, p, t, l] \N{MINUS SIGN} E[none, p, t, l])"


def design(quotes: Quotes, primary: pd.DataFrame, hypotheses: Mapping, scope: Scope) -> dict:
    """Return a table of two columns (label, text). hypotheses: as declared, with their `digest`."""
    if not scope.trained:
        return _table(_baseline_rows(quotes, hypotheses, scope))
    rows = [
        ("Hypotheses", _hypotheses(quotes, primary)),
        ("Estimand", _estimand(scope)),
        ("Families", _families(hypotheses["families"])),
        ("Classes", _classes(hypotheses["classes"])),
        ("Metric and scaling", _metric(hypotheses)),
        ("Estimates", _estimates(quotes, hypotheses)),
        ("Correction", _correction()),
        ("Level", f"{quotes.declared(hypotheses, 'level')}, two-sided, for each family and class"),
        ("Equivalence", _equivalence(quotes, hypotheses)),
        ("Task lost", _lost()),
        ("Power", _power()),
        ("Declared before the run", _digest(quotes, hypotheses)),
    ]
    return _table(rows)


def _baseline_rows(quotes: Quotes, hypotheses: Mapping, scope: Scope) -> list[tuple[str, str]]:
    """Describe a study without intermediate tasks."""
    of_systems = " but about systems that are not trained here" if scope.external else ""
    return [
        ("Hypotheses", f"none{of_systems}, because the study has no intermediate task to compare"),
        ("Comparisons", "the error on perturbed minus that on clean text, by target and perturbation"),
        ("Families", _families(hypotheses["families"])),
        ("Classes", _classes(hypotheses["classes"])),
        ("Metric and scaling", _metric(hypotheses)),
        (
            "Correction",
            "p values are adjusted by Holm's method over the perturbations of a target; intervals are pointwise",
        ),
        ("Declared before the run", _digest(quotes, hypotheses)),
    ]


def _table(rows: Sequence[tuple[str, str]]) -> dict:
    return {"title": "Design", "note": "", "head": ["", ""], "rows": [list(row) for row in rows]}


def _metric(hypotheses: Mapping) -> str:
    return f"{error_label(hypotheses['metric'])}; confidences {scaling_label(hypotheses['scaling'])}"


def _digest(quotes: Quotes, hypotheses: Mapping) -> str:
    return f"SHA-256 of the hypotheses: `{quotes.declared(hypotheses, 'digest')}`"


def _hypotheses(quotes: Quotes, primary: pd.DataFrame) -> str:
    return (
        f"{quotes.count(primary)}: one for each family of targets, class of perturbations and intermediate task i: on "
        "perturbed text the calibration error with i equals that without intermediate training (θ[i] is zero)"
    )


def _estimand(scope: Scope) -> str:
    return (
        "the mean difference of the calibration error E, with intermediate training minus without, both on the same "
        "perturbed text, over the targets t of the family, the perturbations p of the class and the zero-shot "
        f"languages l (all but {scope.source_language}); targets have equal weight, so have the perturbations of a "
        f"target, and the languages of a perturbation: {FORMULA}. Above zero, intermediate training makes calibration "
        "worse; below zero, better"
    )


def _families(families: Mapping) -> str:
    return "; ".join(f"{family}: {listing(map(target_label, targets))}" for family, targets in families.items())


def _classes(classes: Mapping) -> str:
    """List the classes with their perturbations; the first class is the primary one."""
    parts = []
    for place, (name, texts) in enumerate(classes.items()):
        label = f"{name} ({CLASSES[name]}{'; the primary class' if place == 0 else ''})"
        parts.append(f"{label}: {listing(map(perturbation_label, texts))}")
    return "; ".join(parts)


def _estimates(quotes: Quotes, hypotheses: Mapping) -> str:
    return (
        f"bias-reduced; errors from {quotes.declared(hypotheses, 'resamples')} bootstrap resamples of clusters "
        "of items, shared by all models and texts of a target"
    )


def _correction() -> str:
    return (
        "intervals and p values of the primary results are simultaneous over the intermediate tasks of a family and "
        "class, by the maximum of the shared bootstrap's t (Romano & Wolf 2005); families and classes are not "
        "corrected against each other"
    )


def _equivalence(quotes: Quotes, hypotheses: Mapping) -> str:
    return (
        f"margin {quotes.declared(hypotheses, 'margin')}: two one-sided tests (Schuirmann 1987) both reject an "
        "effect of that size or more. They are pointwise: a simultaneous interval may still reach beyond the margin"
    )


def _lost() -> str:
    return (
        "the model with or without intermediate training is not above chance level, or the task score fell "
        "significantly together with the error. Calibration is then not judged, and the numbers are in a separate table"
    )


def _power() -> str:
    return "the tables of verdicts give the smallest detectable effect of each hypothesis, at 80 % power and this level"
