"""The answer of the study in words: question answering first, each number with the row it was read from."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from stiltcal.report.labels import SCALINGS, error_label, family_order
from stiltcal.report.limits import Checks, limits
from stiltcal.report.prose import (
    CLEAN,
    INTERACTION,
    Beside,
    answer_sentence,
    change_sentence,
    counts_clause,
    effect_sentences,
    errors_sentence,
    scores_sentences,
    split,
)
from stiltcal.report.quotes import Quotes
from stiltcal.report.results import LEVEL, rows_of
from stiltcal.report.summaries import paragraphs

QUESTION = (
    "Does English intermediate-task training improve or degrade the calibration of multilingual models when the "
    "syntax of the input is perturbed, above all in cross-lingual question answering?"
)


class Scope(NamedTuple):
    """What was asked of a study: its grid, and which of the results the finding is about.

    `targets` maps names to their task's `kind` and `metrics`; `controls` are the perturbations that need not keep
    the meaning of a text, `lexical` those that change words alone, which the question is not about.
    """

    intermediates: Sequence[str]
    targets: Mapping[str, dict]
    perturbations: Sequence[str]
    source_language: str
    seed: str
    metric: str
    scaling: str
    controls: Sequence[str] = ()
    lexical: Sequence[str] = ()

    @property
    def other_scaling(self) -> str:
        """What is told beside the scaling that the finding is about."""
        return "source" if self.scaling == "none" else "none"


class _Evidence(NamedTuple):
    """The rows that the finding is about: zero-shot, by each target's main unit."""

    errors: pd.DataFrame  #: comparisons of the calibration error
    scaled: pd.DataFrame  #: the same with the other scaling of the confidences
    beside: Beside  #: comparisons of the leading task metrics and of the parts of the error
    source: pd.DataFrame  #: comparisons of the error in the source language
    scores: pd.DataFrame  #: scores of the model without intermediate training on clean text
    leading: dict[str, str]  #: the leading task metric of each target


def write_finding(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    hierarchy: pd.DataFrame,
    strength: pd.DataFrame,
    scope: Scope,
    checks: Checks,
) -> dict:
    """The finding as a dictionary that is ready for JSON, from the tables of that name.

    Keys: `question`, `reading` (how to read the numbers), `answer` (a heading and a sentence for each family of
    targets), `sections` (title and paragraphs), `counts` (decided and undecided effects of each text and family, with
    a verdict: improves, degrades, mixed or no evidence), `effects` (every comparison that was counted), `limits`
    (what was not tested) and `numbers` (every number quoted, with its source).
    """
    quotes, evidence = Quotes(), _evidence(scores, comparisons, scope)
    families = {
        family: members
        for family, members in family_order(scope.targets).items()
        if evidence.errors.target.isin(members).any()
    }
    finding = {
        "question": QUESTION,
        "reading": _reading(scope),
        "answer": [
            {"family": family, "text": _answer(quotes, evidence, scope, members)}
            for family, members in families.items()
        ],
        "sections": [
            *(
                {"title": family, "paragraphs": _section(quotes, evidence, scope, members, full=not place)}
                for place, (family, members) in enumerate(families.items())
            ),
            {"title": "Languages and strength", "paragraphs": paragraphs(quotes, hierarchy, strength, scope.scaling)},
        ],
        "counts": _counts(quotes, evidence, scope, families),
        "effects": _effects(evidence, families),
        "limits": limits(quotes, scores, evidence.errors, evidence.scores, scope, checks),
    }
    return finding | {"numbers": quotes.quoted}


def _evidence(scores: pd.DataFrame, comparisons: pd.DataFrame, scope: Scope) -> _Evidence:
    leading = {target: task["metrics"][0] for target, task in scope.targets.items()}
    asked = {"target": list(scope.targets), "intermediate": list(scope.intermediates)}
    errors = rows_of(comparisons, **asked, metric=scope.metric)
    zero_shot = rows_of(errors, language="zero_shot")
    plain = scores[(scores.intermediate == "none") & (scores.perturbation == "clean") & (scores.seed == scope.seed)]
    unscaled = plain.metric.isin([*leading.values(), "guessing"]) & (plain.scaling == "none")
    plain = plain[unscaled | ((plain.metric == scope.metric) & (plain.scaling == scope.scaling))]
    return _Evidence(
        errors=rows_of(zero_shot, scaling=scope.scaling),
        scaled=rows_of(zero_shot, scaling=[scope.other_scaling]),
        beside=_beside(rows_of(comparisons, **asked, language="zero_shot"), leading, scope),
        source=rows_of(errors, language=[scope.source_language], scaling=scope.scaling),
        scores=rows_of(plain, target=list(scope.targets)),
        leading=leading,
    )


def _beside(rows: pd.DataFrame, leading: Mapping[str, str], scope: Scope) -> Beside:
    parts = (
        rows_of(rows, metric=[f"{scope.metric}_by_{cause}"], scaling=[scope.scaling])
        for cause in ("accuracy", "confidence")
    )
    tasks = rows[(rows.metric == rows.target.map(leading)) & (rows.scaling == "none")]
    return Beside(tasks, *parts)


def _reading(scope: Scope) -> str:
    return (
        f"The error is the {error_label(scope.metric)} of zero-shot predictions, its mean over all languages but the "
        f"source ({scope.source_language}), with confidences {SCALINGS[scope.scaling]}; lower is better. "
        "Differences are paired, brackets hold 95 % bootstrap intervals, and an effect is called decided where its p "
        "value, after Holm's correction within the target and the kind of effect, is below "
        f"{LEVEL}. The interaction is what a perturbation adds to the error with intermediate training minus what it "
        "adds without."
    )


def _answer(quotes: Quotes, evidence: _Evidence, scope: Scope, targets: Sequence[str]) -> str:
    rows = evidence.errors[evidence.errors.target.isin(targets) & ~evidence.errors.perturbation.isin(scope.lexical)]
    effects = (_clean(rows), CLEAN), (rows[rows.effect == "interaction"], INTERACTION)
    return " ".join(answer_sentence(quotes, part, words) for part, words in effects if len(part))


def _clean(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows.effect == "intermediate") & (rows.perturbation == "clean")]


def _section(quotes: Quotes, evidence: _Evidence, scope: Scope, targets: Sequence[str], full: bool) -> list[str]:
    """A paragraph each on where the models stand, the effect on clean text and the interaction.

    In `full`, with the effects on scaled confidences, in the source language and on the perturbed text itself.
    """
    tables = (evidence.errors, evidence.scaled, evidence.source)
    rows, scaled, source = (table[table.target.isin(targets)] for table in tables)
    misspelt = rows[(rows.effect == "interaction") & rows.perturbation.isin(scope.lexical)]
    rows, scaled = (table[~table.perturbation.isin(scope.lexical)] for table in (rows, scaled))
    clean, interaction = _clean(rows), rows[rows.effect == "interaction"]
    alone = rows[(rows.effect == "perturbation") & (rows.intermediate == "none")]
    zero_shot = evidence.scores[evidence.scores.language == "zero_shot"]
    standing = [
        errors_sentence(quotes, evidence.scores, targets, scope.metric, scope.source_language),
        scores_sentences(quotes, zero_shot, targets, evidence.leading),
    ]
    examples = {"beside": evidence.beside, "examples": 3 if full else 1}
    on_clean = [effect_sentences(quotes, clean, CLEAN, **examples)]
    perturbed = [change_sentence(quotes, alone), effect_sentences(quotes, interaction, INTERACTION, **examples)]
    if full:
        itself = rows[(rows.effect == "intermediate") & (rows.perturbation != "clean")]
        scaled_interaction = scaled[scaled.effect == "interaction"]
        scaling = f"With confidences {SCALINGS[scope.other_scaling]},"
        on_clean += [
            _differing(quotes, _clean(scaled), f"{scaling} it"),
            _differing(quotes, _clean(source), "In the source language it"),
        ]
        perturbed += [
            _differing(quotes, scaled_interaction, f"{scaling} that addition"),
            _differing(quotes, itself, "On the perturbed text itself, the error with intermediate training"),
        ]
    perturbed.append(_differing(quotes, misspelt, "What misspelt words in their right order add"))
    paragraphs = [standing, on_clean if len(clean) else [], perturbed if len(interaction) else []]
    return [" ".join(filter(None, sentences)) for sentences in paragraphs if sentences]


def _differing(quotes: Quotes, rows: pd.DataFrame, beginning: str) -> str:
    return f"{beginning} is {counts_clause(quotes, rows)}." if len(rows) else ""


def _counts(quotes: Quotes, evidence: _Evidence, scope: Scope, families: Mapping[str, list[str]]) -> list[dict]:
    counts = []
    for perturbation in scope.perturbations:
        effect = "intermediate" if perturbation == "clean" else "interaction"
        rows = evidence.errors[(evidence.errors.effect == effect) & (evidence.errors.perturbation == perturbation)]
        for family, members in families.items():
            parts = split(rows[rows.target.isin(members)])
            numbers = {name: int(quotes.count(part, digits=True)) for name, part in parts._asdict().items()}
            counts.append(
                {
                    "perturbation": perturbation,
                    "effect": effect,
                    "family": family,
                    **numbers,
                    "verdict": parts.verdict if sum(numbers.values()) else "not run",
                }
            )
    return counts


def _effects(evidence: _Evidence, families: Mapping[str, list[str]]) -> list[dict]:
    """The comparisons that answer the question, as rows of `comparisons.csv` with a verdict each."""
    clean, interaction = _clean(evidence.errors), evidence.errors[evidence.errors.effect == "interaction"]
    rows = pd.concat([clean, interaction])
    order = [target for members in families.values() for target in members]
    rows = rows.sort_values("target", key=lambda names: names.map(order.index), kind="stable")
    verdicts = pd.concat(
        part.assign(verdict=name) for name, part in zip(("improves", "degrades", "undecided"), split(rows), strict=True)
    )
    return verdicts.loc[rows.index].to_dict("records")
