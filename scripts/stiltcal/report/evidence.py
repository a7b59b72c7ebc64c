"""Select the zero-shot rows that the exploratory part reports, each target by its main unit of analysis."""

from typing import NamedTuple

import pandas as pd

from ..formats.results import rows_of
from .lost import mark_lost
from .prose import Beside
from .scope import Scope, Tables


class Evidence(NamedTuple):
    """Single comparisons and scores; tables of comparisons of the error have the column `lost` (`lost.mark_lost`)."""

    errors: pd.DataFrame  #: comparisons of the calibration error
    scaled: pd.DataFrame  #: the same with the other scaling of the confidences
    beside: Beside  #: comparisons of the leading task metrics and of the parts of the error
    source: pd.DataFrame  #: comparisons of the error in the source language
    scores: pd.DataFrame  #: scores of the model without intermediate training on clean text


def evidence_of(tables: Tables, scope: Scope) -> Evidence:
    """Select the rows of a scope from the result tables. Raises ValueError if a table lacks a name of the scope."""
    asked = {"target": list(scope.targets), "intermediate": list(scope.intermediates)}
    comparisons = rows_of(tables.comparisons, **asked, language=["zero_shot", scope.source_language])
    errors = rows_of(comparisons, metric=scope.metric)
    errors = mark_lost(errors, comparisons, tables.scores, scope.targets, scope.seed)
    zero_shot = rows_of(errors, language="zero_shot")
    return Evidence(
        errors=rows_of(zero_shot, scaling=scope.scaling),
        scaled=rows_of(zero_shot, scaling=[scope.other_scaling]),
        beside=_beside(rows_of(comparisons, language="zero_shot"), scope, tables.one_seed),
        source=rows_of(errors, language=[scope.source_language], scaling=[scope.scaling]),
        scores=_clean_scores(tables.scores, scope),
    )


def _clean_scores(scores: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    plain = scores[(scores.intermediate == "none") & (scores.perturbation == "clean") & (scores.seed == scope.seed)]
    names = {*scope.leading.values(), *scope.guard.values(), "guessing"}
    unscaled = plain.metric.isin(names) & (plain.scaling == "none")
    plain = plain[unscaled | ((plain.metric == scope.metric) & (plain.scaling == scope.scaling))]
    return rows_of(plain, target=list(scope.targets))


def _beside(rows: pd.DataFrame, scope: Scope, one_seed: bool) -> Beside:
    by_accuracy, by_confidence = (
        rows_of(rows, metric=[f"{scope.metric}_by_{cause}"], scaling=[scope.scaling])
        for cause in ("accuracy", "confidence")
    )
    tasks = rows[(rows.metric == rows.target.map(scope.leading)) & (rows.scaling == "none")]
    return Beside(tasks, by_accuracy, by_confidence, one_seed)
