"""Report single comparisons, which no hypothesis declared: perturbed text, then clean text, then interactions."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from ..formats.results import LEVEL
from .evidence import Evidence
from .labels import scaling_label
from .prose import (
    CLEAN,
    INTERACTION,
    PERTURBED,
    change_sentence,
    counts_clause,
    effect_sentences,
    errors_sentence,
    scores_sentences,
    split,
)
from .quotes import Quotes
from .scope import Scope

READING = (
    "No hypothesis of this part was declared before the run. Each row compares two models on a target and text; among "
    "so many comparisons some large ones are expected by chance. An effect is significant if its p value, adjusted by "
    f"Holm's method, is below {LEVEL}; brackets hold pointwise 95 % intervals. The adjustment is within a family: the "
    "comparisons of one target, scaling, metric and group of languages that are all effects of intermediate training "
    "on clean text, or on perturbed text, effects of perturbations on the model without intermediate training, or on "
    "the other models, or interactions. The interaction is the effect of a perturbation on the error with "
    "intermediate training minus that without. A lower error counts as task lost if the task score fell significantly "
    "in the same cell or a model is not above chance level there."
)

_MISSPELT = "On text with misspelt words in their right order it"


def section(quotes: Quotes, evidence: Evidence, scope: Scope, targets: Sequence[str], full: bool) -> list[str]:
    """Return paragraphs on the baseline model, on perturbed text, on clean text and on interactions.

    full: add the effects on scaled confidences and in the source language, and more examples.
    """
    tables = (evidence.errors, evidence.scaled, evidence.source)
    rows, scaled, source = (table[table.target.isin(targets)] for table in tables)
    misspelt = (_itself if scope.trained else _alone)(rows[rows.perturbation.isin(scope.lexical)])
    rows, scaled, source = (table[~table.perturbation.isin(scope.lexical)] for table in (rows, scaled, source))
    interaction = rows[rows.effect == "interaction"]
    told = partial(effect_sentences, quotes, beside=evidence.beside, examples=3 if full else 1)
    perturbed = [
        told(_itself(rows), PERTURBED),
        *(_others(quotes, _itself(scaled), _itself(source), scope) if full else ()),
        _differing(quotes, misspelt, _MISSPELT),
    ]
    clean = [
        told(_clean(rows), CLEAN),
        *(_others(quotes, _clean(scaled), _clean(source), scope) if full else ()),
    ]
    alone = _alone(rows)
    added = [change_sentence(quotes, alone)]
    if scope.trained:
        added.append(told(interaction, INTERACTION))
    else:
        added += _others(quotes, _alone(scaled), _alone(source), scope) if full else []
        added.append(_differing(quotes, misspelt, _MISSPELT))
    paragraphs = [
        _standing(quotes, evidence, scope, targets),
        perturbed if len(_itself(rows)) else [],
        clean if len(_clean(rows)) else [],
        added if len(interaction) or len(alone) else [],
    ]
    return [" ".join(filter(None, sentences)) for sentences in paragraphs if sentences]


def _standing(quotes: Quotes, evidence: Evidence, scope: Scope, targets: Sequence[str]) -> list[str]:
    zero_shot = evidence.scores[evidence.scores.language == "zero_shot"]
    return [
        errors_sentence(quotes, evidence.scores, targets, scope.metric, scope.source_language),
        scores_sentences(quotes, zero_shot, targets, scope.leading, scope.guard),
    ]


def _others(quotes: Quotes, scaled: pd.DataFrame, source: pd.DataFrame, scope: Scope) -> list[str]:
    return [
        _differing(quotes, scaled, f"With confidences {scaling_label(scope.other_scaling)}, it"),
        _differing(quotes, source, "In the source language it"),
    ]


def _clean(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows.effect == "intermediate") & (rows.perturbation == "clean")]


def _itself(rows: pd.DataFrame) -> pd.DataFrame:
    """Select the effects of intermediate training on perturbed text."""
    return rows[(rows.effect == "intermediate") & (rows.perturbation != "clean")]


def _alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Select the effects of perturbations on the model without intermediate training."""
    return rows[(rows.effect == "perturbation") & (rows.intermediate == "none")]


def _differing(quotes: Quotes, rows: pd.DataFrame, beginning: str) -> str:
    return f"{beginning} is {counts_clause(quotes, rows)}." if len(rows) else ""


def counts(quotes: Quotes, evidence: Evidence, scope: Scope, families: Mapping[str, list[str]]) -> list[dict]:
    """Count significant and other comparisons of each text and family (rows of `counts` in finding.json).

    Effects of intermediate training come first (perturbed texts, then clean text), then interactions.
    """
    perturbed = [name for name in scope.perturbations if name != "clean"]
    effects = [*(("intermediate", name) for name in [*perturbed, "clean"])]
    effects += [("interaction", name) for name in perturbed]
    if not scope.trained:
        effects = [("perturbation", name) for name in perturbed]
    cells = [(*each, family, members) for each in effects for family, members in families.items()]
    return [
        _counted(quotes, evidence.errors, members, {"perturbation": text, "effect": effect, "family": family}, row)
        for row, (effect, text, family, members) in enumerate(cells)
    ]


def _counted(quotes: Quotes, errors: pd.DataFrame, members: Sequence[str], keys: Mapping[str, str], row: int) -> dict:
    rows = errors[(errors.effect == keys["effect"]) & (errors.perturbation == keys["perturbation"])]
    parts = split(rows[rows.target.isin(members)])
    for name, part in parts._asdict().items():
        quotes.tally(part, ["counts", row, name])
    numbers = {name: len(part) for name, part in parts._asdict().items()}
    return {**keys, **numbers, "verdict": parts.verdict if sum(numbers.values()) else "not run"}


def effects(evidence: Evidence, scope: Scope, families: Mapping[str, list[str]]) -> list[dict]:
    """Return the comparisons that `counts` counts, as rows of `comparisons.csv` with a verdict each."""
    counted = ["intermediate", "interaction"] if scope.trained else ["perturbation"]
    rows = evidence.errors[evidence.errors.effect.isin(counted)]
    order = [target for members in families.values() for target in members]
    rows = rows.sort_values("target", key=lambda names: names.map(order.index), kind="stable")
    names = ("improves", "degrades", "task lost", "undecided")
    verdicts = pd.concat(part.assign(verdict=name) for name, part in zip(names, split(rows), strict=True))
    verdicts = verdicts.loc[rows.index].drop(columns="lost").astype(object)
    return verdicts.where(verdicts.notna(), None).to_dict("records")
