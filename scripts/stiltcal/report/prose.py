"""Write sentences about scores and single comparisons; every number in them is a quote."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ..formats.results import LEVEL, cell, significant
from .labels import intermediate_label, metric_label, perturbation_label, target_label
from .quotes import Quotes, in_none_of, listing

#: Longest list of pairs (intermediate task, target) in a sentence.
MOST_NAMED = 4
_CELL = ["intermediate", "target", "perturbation", "effect"]


class Split(NamedTuple):
    """Comparisons by change of the error: significantly lower, higher, lower with a lost task, or not significant."""

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
    """Comparisons of other quantities in the cells of an error; each may lack rows.

    A change of calibration may only reflect a change of accuracy. Therefore: the change of the leading task metric,
    and the parts of the change of the error that come from changed correctness and from changed confidence.
    """

    task: pd.DataFrame
    by_accuracy: pd.DataFrame
    by_confidence: pd.DataFrame
    one_seed: bool = False  #: sentences are about these trained models, not about training in general


class Wording(NamedTuple):
    """Words for an effect of intermediate training. thing: the affected quantity. noun: name of one comparison."""

    thing: str
    noun: str


PERTURBED = Wording("the error on perturbed text", "combination of task, target and perturbation")
CLEAN = Wording("the error on clean text", "comparison")
INTERACTION = Wording("what a perturbation adds to the error", "combination of task, target and perturbation")


def split(rows: pd.DataFrame) -> Split:
    """Divide comparisons of an error by significance (Holm) and sign, the largest absolute estimates first.

    The column `lost` marks lower errors with a lost task (`lost.mark_lost`); a table without it has none.
    """
    rows = rows.sort_values("estimate", key=abs, ascending=False, kind="stable")
    is_lost = rows.lost.astype(bool) if "lost" in rows else pd.Series(False, index=rows.index)
    falls, higher = significant(rows) & (rows.estimate < 0), significant(rows) & (rows.estimate > 0)
    return Split(rows[falls & ~is_lost], rows[higher], rows[falls & is_lost], rows[~falls & ~higher])


def effect_sentences(quotes: Quotes, rows: pd.DataFrame, words: Wording, beside: Beside, examples: int) -> str:
    """Report comparisons: number of significant ones, the largest in each direction, and the range of the others.

    examples: number of comparisons to name in each direction.
    """
    parts = split(rows)
    sentences = [
        _opening(quotes, rows, parts, words, beside.one_seed),
        _examples(quotes, parts.lower, "falls", beside, examples),
        _examples(quotes, parts.higher, "rises", beside, examples),
        _lost(quotes, rows, parts, words),
        _not_significant(quotes, parts),
    ]
    return " ".join(filter(None, sentences))


def counts_clause(quotes: Quotes, rows: pd.DataFrame) -> str:
    """Return `lower in three and higher in none of 30 comparisons` or `not shown to differ in any of ...`."""
    parts, total = split(rows), quotes.total(rows, "comparison")
    if parts.verdict == "no evidence":
        return f"not shown to differ {in_none_of(rows, total)}"
    lost = "" if parts.lost.empty else f", and lower with the task lost in {quotes.count(parts.lost)}"
    return f"lower in {quotes.count(parts.lower)} and higher in {quotes.count(parts.higher)} of {total}{lost}"


def errors_sentence(quotes: Quotes, scores: pd.DataFrame, targets: Sequence[str], metric: str, source: str) -> str:
    """Report the error without intermediate training on clean text, zero-shot and in the source language."""
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
    """Report the task scores of the model without intermediate training, with the chance level if it is known.

    scores: its rows for clean text and one language. leading: the leading metric by target. guard: the metric that is
    compared with chance level, by target.
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
        sentence += f" On {listing(doubtful)} the score is not above chance level; calibration there says little."
    return sentence


def _compared(quotes: Quotes, guess: pd.Series, compared: pd.Series, leading: str) -> str:
    """Return `chance level: 0.170`, after the score that it belongs to if that is not the leading one."""
    level = f"chance level: {quotes.value(guess, 'estimate')}"
    if compared.metric == leading:
        return level
    return f"{metric_label(compared.metric)} {quotes.estimate(compared)}, {level}"


def change_sentence(quotes: Quotes, rows: pd.DataFrame) -> str:
    """Report the effects of perturbations on the error of the model without intermediate training."""
    parts = split(rows)
    opening = "Compared with clean text, the error on perturbed text without intermediate training is"
    sentence = f"{opening} {counts_clause(quotes, rows)}"
    if not (sure := pd.concat([parts.lower, parts.higher])).empty:
        largest = sure.loc[sure.estimate.abs().idxmax()]
        sentence += f"; the largest change is that of {cell_name(largest)} ({quotes.estimate(largest, n=True)})"
    return f"{sentence}."


def _are_not_significant(quotes: Quotes, rows: pd.DataFrame) -> str:
    return f"{quotes.count(rows)} {'is' if len(rows) == 1 else 'are'} not significant"


def _opening(quotes: Quotes, rows: pd.DataFrame, parts: Split, words: Wording, one_seed: bool) -> str:
    """Count the significantly lower and higher errors, the more frequent first."""
    if parts.verdict == "task lost":
        return ""
    total = quotes.total(rows, words.noun)
    if parts.verdict == "no evidence":
        whose = "difference of these trained models" if one_seed else "effect of intermediate training"
        return f"No {whose} {'in' if one_seed else 'on'} {words.thing} is significant {in_none_of(rows, total)}."
    ways = zip(("lower", "higher") if one_seed else ("lowers", "raises"), parts[:2], strict=True)
    (way, most), (other, rest) = sorted(ways, key=lambda pair: -len(pair[1]))
    if one_seed:
        first = f"In these trained models, {words.thing} is {way} with intermediate training in {quotes.count(most)}"
        return f"{first} of {total} and {other} in {quotes.count(rest)}."
    first = f"Intermediate training {way} {words.thing} in {quotes.count(most)} of {total}"
    return f"{first} and {other} it in {quotes.count(rest)}."


def _lost(quotes: Quotes, rows: pd.DataFrame, parts: Split, words: Wording) -> str:
    """Count the lower errors with a lost task."""
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
    """Name the largest significant differences of one direction, and the parts of the first."""
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
    """Report the parts of a change of the error, and the change of the task score in the same cell."""
    task, accuracy, confidence = (cell(table, **row[_CELL]) for table in beside[:3])
    parts = []
    if accuracy is not None and confidence is not None:
        right, sure = quotes.estimate(accuracy), quotes.estimate(confidence)
        parts.append(f"of {name}, {right} comes from changed correctness and {sure} from changed confidence")
    if task is not None:
        reservation = "" if task.p_holm < LEVEL else " (not significant)"
        change = f"{metric_label(task.metric)} changes by {quotes.estimate(task)}{reservation}"
        parts.append(change if parts else f"with {name}, {change}")
    text = "; ".join(parts)
    return f" {text[0].upper()}{text[1:]}." if text else ""


def _name(row: pd.Series) -> str:
    text = target_label(row.target) if row.perturbation == "clean" else cell_name(row)
    return f"{intermediate_label(row.intermediate)} on {text}"


def cell_name(row: pd.Series) -> str:
    """Return `XQuAD under reverse`: the target and perturbation of a row."""
    return f"{target_label(row.target)} under {perturbation_label(row.perturbation)}"


def interval_range(quotes: Quotes, rows: pd.DataFrame) -> str:
    """Return `from -0.031 to +0.044`: the lowest and the highest end of the intervals of some rows."""
    low, high = rows.loc[rows.low.idxmin()], rows.loc[rows.high.idxmax()]
    return f"from {quotes.value(low, 'low', signed=True)} to {quotes.value(high, 'high', signed=True)}"


def _not_significant(quotes: Quotes, parts: Split) -> str:
    """Report the range of the intervals of the effects that are not significant."""
    rows = parts.undecided
    if rows.empty:
        return ""
    reach = interval_range(quotes, rows)
    subject = "This" if parts.verdict == "no evidence" else f"The other {_are_not_significant(quotes, rows)}, which"
    return f"{subject} does not show that there is no effect: the pointwise 95 % intervals range {reach}."
