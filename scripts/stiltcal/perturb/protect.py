"""Protect spans (answers, entities): each becomes a single unit, which moves whole and keeps its characters."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ..syntax.sentence import Sentence, Span, joined


class NotPerturbable(Exception):
    """An item cannot be perturbed, or a protected span would be lost. The message is the `status` of the item."""


def protect(text: str, sentences: Sequence[Sentence], spans: Sequence[Span]) -> list[tuple[Sentence, Sentence]]:
    """Pair each sentence with a copy in which the tokens under each span are one protected unit.

    spans: (first, last + 1) character of `text`. Spans that share a token share a unit. Sentences that a span crosses
    become one sentence. Raises NotPerturbable if a span covers no token.
    """
    for span in spans:
        sentences = _uncrossed(sentences, span)
    return [(sentence, _with_units(sentence, spans, text)) for sentence in sentences]


def _with_units(sentence: Sentence, spans: Sequence[Span], text: str) -> Sentence:
    groups = _groups(sentence, spans)
    if not groups:
        return sentence
    units = sentence.merged(groups, text)
    units.protected = frozenset(i for i, tokens in enumerate(units.tokens) if tokens in groups)
    return units


def _under(sentence: Sentence, span: Span) -> Span:
    """Return the tokens (first, last + 1) that share a character with a span; first >= last + 1 if none does."""
    return bisect_right(sentence.ends, span[0]), bisect_left(sentence.starts, span[1])


def _uncrossed(sentences: Sequence[Sentence], span: Span) -> list[Sentence]:
    under = [k for k, sentence in enumerate(sentences) if (t := _under(sentence, span))[0] < t[1]]
    if not under:
        raise NotPerturbable("answer outside the tokens")
    first, last = under[0], under[-1]
    one = sentences[first]
    for other in sentences[first + 1 : last + 1]:
        one = joined(one, other)
    return [*sentences[:first], one, *sentences[last + 1 :]]


def _groups(sentence: Sentence, spans: Sequence[Span]) -> list[Span]:
    groups: list[Span] = []
    for first, end in sorted(_under(sentence, span) for span in spans):
        if first >= end:
            continue
        if groups and first < groups[-1][1]:
            groups[-1] = (groups[-1][0], max(end, groups[-1][1]))
        else:
            groups.append((first, end))
    return groups
