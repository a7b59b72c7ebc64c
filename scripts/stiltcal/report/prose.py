"""Sentences about scores and about decided and undecided effects; every number in them is a quote."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import LEVEL, cell, decided
from .labels import intermediate_label, metric_label, perturbation_label, target_label
from .quotes import Quotes, in_none_of, listing

#: Longer lists of pairs are left out of a sentence.
MOST_NAMED = 4
_CELL = ["intermediate", "target", "perturbation", "effect"]


class Split(NamedTuple):
    """Comparisons by what is decided about the error: lower, higher, lower with a lost task, or none of these."""

    lower: pd.DataFrame
    higher: pd.DataFrame
    lost: pd.DataFrame
    undecided: pd.DataFrame

    @property
    def verdict(self) -> str:
        """`improves`, `degrades`, `mixed` (both occur), `task lost` or `no evidence`."""
        if self.lower.empty and self.higher.empty:
            return "no evidence" if self.lost.empty else "task lost"
        if self.lower.empty or self.higher.empty:
            return "improves" if self.higher.empty else "degrades"
        return "mixed"


class Beside(NamedTuple):
    """Comparisons that stand beside those of an error, for the same cells; each may lack rows.

    A change of calibration may be no more than a change of accuracy. So there are the change of the leading task
    metric, and the parts of the change of the error that are due to which answers are right and how sure they are.
    """

    task: pd.DataFrame
    by_accuracy: pd.DataFrame
    by_confidence: pd.DataFrame
    one_seed: bool = False  #: nothing is known of training in general, and sentences say so


class Wording(NamedTuple):
    """How an effect of intermediate training is told: what it is done to, and what is counted."""

    thing: str
    noun: str


PERTURBED = Wording("the error on perturbed text", "combination of task, target and perturbation")
CLEAN = Wording("the error on clean text", "comparison")
INTERACTION = Wording("what a perturbation adds to the error", "combination of task, target and perturbation")


def split(rows: pd.DataFrame) -> Split:
    """Divide comparisons of an error by Holm-corrected decision and sign, the largest estimates first.

    A column `lost` says which falls of the error came with a lost task (`lost.mark_lost`); without it none did.
    """
    rows = rows.sort_values("estimate", key=abs, ascending=False, kind="stable")
    is_lost = rows.lost.astype(bool) if "lost" in rows else pd.Series(False, index=rows.index)
    falls, higher = decided(rows) & (rows.estimate < 0), decided(rows) & (rows.estimate > 0)
    return Split(rows[falls & ~is_lost], rows[higher], rows[falls & is_lost], rows[~falls & ~higher])


def effect_sentences(quotes: Quotes, rows: pd.DataFrame, words: Wording, beside: Beside, examples: int) -> str:
    """The evidence behind an answer: what is decided, the largest differences each way, and what stays open."""
    parts = split(rows)
    sentences = [
        _opening(quotes, rows, parts, words, beside.one_seed),
        _examples(quotes, parts.lower, "falls", beside, examples),
        _examples(quotes, parts.higher, "rises", beside, examples),
        _lost(quotes, rows, parts, words),
        _undecided(quotes, parts),
    ]
    return " ".join(filter(None, sentences))


def counts_clause(quotes: Quotes, rows: pd.DataFrame) -> str:
    """`lower in three and higher in none of 30 comparisons`, or `not shown to differ in any of 30 comparisons`."""
    parts, total = split(rows), quotes.total(rows, "comparison")
    if parts.verdict == "no evidence":
        return f"not shown to differ {in_none_of(rows, total)}"
    lost = "" if parts.lost.empty else f", and lower with the task lost in {quotes.count(parts.lost)}"
    return f"lower in {quotes.count(parts.lower)} and higher in {quotes.count(parts.higher)} of {total}{lost}"


def errors_sentence(quotes: Quotes, scores: pd.DataFrame, targets: Sequence[str], metric: str, source: str) -> str:
    """The error of the model without intermediate training on clean text, zero-shot and in the source language."""
    openings = {
        "zero_shot": "Without intermediate training, the zero-shot error on clean text is",
        source: "in the source language it is",
    }
    parts = []
    for language, opening in openings.items():
        rows = [cell(scores, target=target, metric=metric, language=language) for target in targets]
        texts = [
            f"{quotes.estimate(row)} on {target_label(row.target)} (n = {quotes.value(row, 'n')})"
            for row in rows
            if row is not None
        ]
        parts += [f"{opening} {listing(texts)}"] if texts else []
    return "; ".join(parts) + "."


def scores_sentences(
    quotes: Quotes, scores: pd.DataFrame, targets: Sequence[str], leading: Mapping[str, str], guard: Mapping[str, str]
) -> str:
    """How well the model without intermediate training does, beside the level of guessing where that is known.

    `scores` holds its rows for clean text and one language; `leading` names the leading metric of each target, `guard`
    the one that is compared with guessing.
    """
    parts, doubtful = [], []
    for target in targets:
        score = cell(scores, target=target, metric=leading[target])
        if score is None:
            continue
        text = f"{metric_label(leading[target])} {quotes.estimate(score)} on {target_label(target)}"
        guess, compared = (cell(scores, target=target, metric=name) for name in ("guessing", guard[target]))
        if guess is not None and compared is not None:
            text += f" ({_compared(quotes, guess, compared, leading[target])})"
            doubtful += [target_label(target)] if compared.low <= guess.estimate else []
        parts.append(text)
    if not parts:
        return ""
    sentence = f"Its zero-shot task scores are {listing(parts)}."
    if doubtful:
        sentence += f" On {listing(doubtful)} that is not above guessing, and calibration says little there."
    return sentence


def _compared(quotes: Quotes, guess: pd.Series, compared: pd.Series, leading: str) -> str:
    """`guessing: 0.170`, with the score that this is a level of where it is not the leading one."""
    level = f"guessing: {quotes.value(guess, 'estimate')}"
    if compared.metric == leading:
        return level
    return f"{metric_label(compared.metric)} {quotes.estimate(compared)}, {level}"


def change_sentence(quotes: Quotes, rows: pd.DataFrame) -> str:
    """What perturbations alone do to the error of the model without intermediate training."""
    parts = split(rows)
    sentence = (
        f"On perturbed text, without intermediate training, the error is {counts_clause(quotes, rows)} with clean text"
    )
    if not (sure := pd.concat([parts.lower, parts.higher])).empty:
        largest = sure.loc[sure.estimate.abs().idxmax()]
        sentence += f", most for {_text(largest)} ({quotes.estimate(largest, n=True)})"
    return f"{sentence}."


def _are_undecided(quotes: Quotes, rows: pd.DataFrame) -> str:
    return f"{quotes.count(rows)} {'is' if len(rows) == 1 else 'are'} undecided"


def _opening(quotes: Quotes, rows: pd.DataFrame, parts: Split, words: Wording, one_seed: bool) -> str:
    """How often a lower and a higher error is seen, the more frequent first."""
    if parts.verdict == "task lost":
        return ""
    total = quotes.total(rows, words.noun)
    if parts.verdict == "no evidence":
        whose = "difference of these trained models" if one_seed else "effect of intermediate training"
        return f"No {whose} {'in' if one_seed else 'on'} {words.thing} is decided {in_none_of(rows, total)}."
    ways = zip(("lower", "higher") if one_seed else ("lowers", "raises"), parts[:2], strict=True)
    (way, most), (other, rest) = sorted(ways, key=lambda pair: -len(pair[1]))
    if one_seed:
        first = f"In these trained models, {words.thing} is {way} with intermediate training in {quotes.count(most)}"
        return f"{first} of {total} and {other} in {quotes.count(rest)}."
    first = f"Intermediate training {way} {words.thing} in {quotes.count(most)} of {total}"
    return f"{first} and {other} it in {quotes.count(rest)}."


def _lost(quotes: Quotes, rows: pd.DataFrame, parts: Split, words: Wording) -> str:
    """Falls of the error that are no improvement."""
    if parts.lost.empty:
        return ""
    names = zip(map(intermediate_label, parts.lost.intermediate), map(target_label, parts.lost.target), strict=True)
    pairs = list(dict.fromkeys(" on ".join(pair) for pair in names))
    where = f" ({listing(pairs)})" if len(pairs) <= MOST_NAMED else ""
    number = quotes.count(parts.lost)
    if parts.verdict == "task lost":
        return f"In {number} of {quotes.total(rows, words.noun)} {words.thing} falls, but the task is lost{where}."
    return f"In {number} more it falls, but the task is lost{where}."


def _examples(quotes: Quotes, rows: pd.DataFrame, verb: str, beside: Beside, most: int) -> str:
    """The largest decided differences of one direction, and what goes with the first."""
    if rows.empty:
        return ""
    shown = [row for _, row in rows.head(most).iterrows()]
    each_n = len(shown) > 1 and rows.head(most).n.nunique() == 1
    examples = listing(f"{_name(row)} ({quotes.estimate(row, n=not each_n)})" for row in shown)
    sentence = f"It {verb}{' most' if len(rows) > len(shown) else ''} with {examples}"
    if each_n:
        sentence += f", each on n = {quotes.value(shown[0], 'n')}"
    return f"{sentence}.{company(quotes, shown[0], beside, 'the first of these' if len(shown) > 1 else 'this')}"


def company(quotes: Quotes, row: pd.Series, beside: Beside, name: str) -> str:
    """What a change of the error is made of, and the change of the task score in the same cell."""
    task, accuracy, confidence = (cell(table, **row[_CELL]) for table in beside[:3])
    parts = []
    if accuracy is not None and confidence is not None:
        right, sure = quotes.estimate(accuracy), quotes.estimate(confidence)
        parts.append(f"of {name}, {right} is due to which answers are right and {sure} to how sure they are")
    if task is not None:
        reservation = "" if task.p_holm < LEVEL else ", which is undecided"
        change = f"{metric_label(task.metric)} moves by {quotes.estimate(task)}{reservation}"
        parts.append(change if parts else f"with {name}, {change}")
    text = "; ".join(parts)
    return f" {text[0].upper()}{text[1:]}." if text else ""


def _name(row: pd.Series) -> str:
    text = target_label(row.target) if row.perturbation == "clean" else _text(row)
    return f"{intermediate_label(row.intermediate)} on {text}"


def _text(row: pd.Series) -> str:
    return f"{target_label(row.target)} under {perturbation_label(row.perturbation)}"


def _undecided(quotes: Quotes, parts: Split) -> str:
    """How far from zero the effects may lie that are not decided."""
    rows = parts.undecided
    if rows.empty:
        return ""
    low, high = rows.loc[rows.low.idxmin()], rows.loc[rows.high.idxmax()]
    reach = f"from {quotes.value(low, 'low', signed=True)} to {quotes.value(high, 'high', signed=True)}"
    subject = "This" if parts.verdict == "no evidence" else f"The other {_are_undecided(quotes, rows)}, which"
    return f"{subject} does not show that there is no effect: the uncorrected 95 % intervals reach {reach}."
