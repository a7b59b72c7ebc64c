"""Compute the official scores of the tasks for each item; means and sums over items give the published figures.

Span QA: SQuAD v1.1 (Rajpurkar et al. 2016) and v2 (2018); MLQA's normalisation per language (Lewis et al. 2020).
Tagging: seqeval's entity F1. Mining and retrieval: `stiltcal.tasks.mining`.
"""

import re
import string
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import fmean

from .tagging import OUTSIDE, entities, marks_entities

_ENGLISH_ARTICLES = re.compile(r"\b(a|an|the)\b")
#: Patterns that MLQA's script removes before it compares. Its Arabic pattern has a first branch that can never match
#: (`^` after a character), so "al" is removed wherever it stands. Official scores need the same.
_MLQA_ARTICLES = {
    "ar": re.compile("ال"),
    "de": re.compile(r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b"),
    "en": _ENGLISH_ARTICLES,
    "es": re.compile(r"\b(un|una|unos|unas|el|la|los|las)\b"),
    "hi": None,
    "vi": re.compile(r"\b(của|là|cái|chiếc|những)\b"),
    "zh": None,
}
#: The languages of each normalisation of answers that has no rules for some.
NORMALIZED = {"mlqa": tuple(_MLQA_ARTICLES)}
_CHINESE_CHARACTER = re.compile(r"([\u4e00-\u9fa5])")


@cache
def _punctuation(unicode_wide: bool) -> dict[int, None]:
    """Return a table for `str.translate` that deletes ASCII punctuation (SQuAD), or also all of Unicode's (MLQA)."""
    marks = set(string.punctuation)
    if unicode_wide:
        marks |= {c for c in map(chr, range(sys.maxunicode)) if unicodedata.category(c).startswith("P")}
    return dict.fromkeys(map(ord, marks))


def squad_normalize(text: str) -> str:
    """Normalise an answer as SQuAD does: lower case, no ASCII punctuation, no a/an/the, single spaces."""
    text = text.lower().translate(_punctuation(unicode_wide=False))
    return " ".join(_ENGLISH_ARTICLES.sub(" ", text).split())


def mlqa_normalize(text: str, language: str) -> str:
    """Normalise an answer as MLQA does: lower case, no Unicode punctuation, no articles of the language, single spaces.

    Chinese is cut into characters. Raises ValueError for a language that MLQA does not have.
    """
    if language not in _MLQA_ARTICLES:
        raise ValueError(f"MLQA's normalisation knows {', '.join(_MLQA_ARTICLES)}; found language {language!r}")
    text = text.lower().translate(_punctuation(unicode_wide=True))
    if articles := _MLQA_ARTICLES[language]:
        text = articles.sub(" ", text)
    if language == "zh":
        text = _CHINESE_CHARACTER.sub(r" \1 ", text)
    return " ".join(text.split())


def normalize_answer(text: str, language: str = "en", normalization: str = "english") -> str:
    """Normalise an answer for comparison. normalization: `english` in every language (SQuAD, XQuAD, TyDiQA), or `mlqa`.

    Raises ValueError for another normalization.
    """
    if normalization == "english":
        return squad_normalize(text)
    if normalization == "mlqa":
        return mlqa_normalize(text, language)
    raise ValueError(f"answer normalisation is english or mlqa; found {normalization!r}")


def exact_match(prediction: str, golds: Sequence[str], language: str = "en", normalization: str = "english") -> bool:
    """Tell whether the normalised prediction is one of the gold answers.

    If there are no gold answers (SQuAD v2), the empty prediction is right.
    """
    predicted = normalize_answer(prediction, language, normalization)
    return any(predicted == normalize_answer(gold, language, normalization) for gold in golds or [""])


def f1(prediction: str, golds: Sequence[str], language: str = "en", normalization: str = "english") -> float:
    """Return the highest F1, in [0, 1], between the bags of normalised tokens of the prediction and of a gold answer.

    If there are no gold answers (SQuAD v2), it is 1 for the empty prediction and else 0.
    """
    tokens = normalize_answer(prediction, language, normalization).split()
    if not golds:
        return float(not tokens)
    return max(_bag_f1(tokens, normalize_answer(gold, language, normalization).split()) for gold in golds)


def _bag_f1(predicted: list[str], gold: list[str]) -> float:
    common = (Counter(predicted) & Counter(gold)).total()
    if not common:
        return 0.0
    precision, recall = common / len(predicted), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def sequence_counts(gold_tags: Sequence[str], predicted_tags: Sequence[str]) -> tuple[int, int, int]:
    """Count the entities of a sentence: (right, predicted, gold).

    `counts_f1` of the sums over sentences is seqeval's micro F1. Raises ValueError if the numbers of tags differ.
    """
    if len(gold_tags) != len(predicted_tags):
        raise ValueError(f"{len(gold_tags)} gold tags but {len(predicted_tags)} predicted ones in one sentence")
    outside = OUTSIDE if marks_entities([*gold_tags, *predicted_tags]) else ()
    gold, predicted = _entity_set(tuple(gold_tags), outside), _entity_set(tuple(predicted_tags), outside)
    return len(gold & predicted), len(predicted), len(gold)


@cache
def _entity_set(tags: tuple[str, ...], known: tuple[str, ...]) -> frozenset[tuple[str, int, int]]:
    """Return the entities of a sentence; cached, because all models are compared with the same gold tags."""
    return frozenset(entities(tags, known))


def counts_f1(hits: int, predicted: int, gold: int) -> float:
    """Return F1, in [0, 1], from counts: 2 hits / (predicted + gold); 0 if nothing is right, or nothing is there."""
    return 2 * hits / (predicted + gold) if hits else 0.0


def xtreme_scores(values: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, float]:
    """Average scores as XTREME does (Hu et al. 2020): return a score for each task, and `all`, their mean.

    values: by task, language and metric. The score of a task is the mean over its languages of the mean of its metrics,
    such as (EM + F1) / 2.
    """
    scores = {task: fmean(fmean(metrics.values()) for metrics in by.values()) for task, by in values.items()}
    return {**scores, "all": fmean(scores.values())}
