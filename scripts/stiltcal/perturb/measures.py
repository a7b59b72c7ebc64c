"""Measure the strength of a perturbation: token order, dependency length and character edits.

Measures of order compare the tokens that were not deleted: Kendall's tau, and the index displacement count (IDC) and
direct neighbour displacement (DND) of Clouatre et al. 2022, here over tokens. They are computed for each sentence,
because words move within sentences, and averaged over an item with the number of tokens as weights.
"""

from bisect import bisect, insort
from collections.abc import Iterable, Sequence
from operator import sub
from statistics import fmean

import numpy as np

from ..syntax.sentence import ROOT, Sentence
from .distance import levenshtein
from .render import Rendered

#: Measures of sentences, with their values for a text without sentences.
_OF_SENTENCES = {
    "reached": 0.0,
    "kendall_tau": 1.0,
    "dnd": 0.0,
    "idc": 0.0,
    "broken_neighbours": 0.0,
    "dependency_length_change": None,
}
_CHRF_BETA = 2.0


def measure(
    sentences: Sequence[tuple[Sentence, Rendered]], texts: Iterable[tuple[str, str]]
) -> dict[str, float | None]:
    """Compute all measures of an item (MEASURES of `formats.perturbed`).

    sentences: (tokens before, sentence after). texts: (before, after) of each perturbed field, at least one.
    `kendall_tau` is in [-1, 1]; `dependency_length_change` is in tokens, and None if no sentence has a tree; all others
    are in [0, 1].
    """
    rows = [_of_sentence(tokens, rendered) for tokens, rendered in sentences]
    weights = [len(tokens) for tokens, _ in sentences]
    means = (_mean([row[k] for row in rows], weights, empty) for k, empty in enumerate(_OF_SENTENCES.values()))
    pairs = list(texts)
    before, now = "\n".join(a for a, _ in pairs), "\n".join(b for _, b in pairs)
    return {
        **dict(zip(_OF_SENTENCES, means, strict=True)),
        "chrf": chrf(before, now),
        "levenshtein": levenshtein(before, now) / max(len(before), len(now), 1),
    }


def _mean(values: Sequence[float | None], weights: Sequence[int], empty: float | None) -> float | None:
    """Average the values that are not None, with weights; return `empty` if all are None."""
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    return sum(value * weight for value, weight in known) / sum(weight for _, weight in known) if known else empty


def _of_sentence(tokens: Sentence, rendered: Rendered) -> tuple[float | None, ...]:
    """Compute the measures of _OF_SENTENCES, in their order."""
    order, length = _ranks(rendered.origins), dependency_length_change(tokens, rendered.origins)
    measures = (kendall_tau, direct_neighbour_displacement, index_displacement, broken_neighbours)
    return reached(tokens, rendered), *(of_order(order) for of_order in measures), length


def _ranks(origins: Sequence[int]) -> list[int]:
    """Return the tokens that were not deleted in their new order, each as its rank (from 0) in the old order."""
    left = [old for old in origins if old >= 0]
    rank = {old: k for k, old in enumerate(sorted(left))}
    return [rank[old] for old in left]


def reached(tokens: Sentence, rendered: Rendered) -> float:
    """Return the share of tokens that were moved, rewritten, deleted or inserted, in [0, 1].

    A token counts as moved if its rank among the tokens that were not deleted changes.
    """
    left = [old for old in rendered.origins if old >= 0]
    touched = {old for old, place in zip(left, sorted(left), strict=True) if old != place}
    touched |= rendered.rewritten
    inserted = len(rendered.origins) - len(left)
    return min(1.0, (len(touched) + len(tokens) - len(left) + inserted) / len(tokens))


def kendall_tau(order: Sequence[int]) -> float:
    """Return Kendall's tau between a permutation of 0..n-1 and the identity, in [-1, 1]; 1 for n < 2."""
    count = len(order)
    if count < 2:
        return 1.0
    seen: list[int] = []
    inversions = 0
    for rank in order:
        inversions += len(seen) - bisect(seen, rank)
        insort(seen, rank)
    return 1 - 4 * inversions / (count * (count - 1))


def direct_neighbour_displacement(order: Sequence[int]) -> float:
    """Return the share of neighbours (a, b) in which b no longer follows a directly, in [0, 1] (DND)."""
    steps = _steps(order)
    return 1 - steps.count(1) / len(steps) if steps else 0.0


def broken_neighbours(order: Sequence[int]) -> float:
    """Return the share of neighbours (a, b) that are no longer neighbours, neither as (a, b) nor (b, a), in [0, 1]."""
    steps = _steps(order)
    return 1 - (steps.count(1) + steps.count(-1)) / len(steps) if steps else 0.0


def _steps(order: Sequence[int]) -> list[int]:
    return list(map(sub, order[1:], order))


def index_displacement(order: Sequence[int]) -> float:
    """Return the mean distance that a token moved, divided by the number of tokens, in [0, 1) (IDC)."""
    return sum(map(abs, map(sub, order, range(len(order))))) / len(order) ** 2 if order else 0.0


def dependency_length_change(tokens: Sentence, origins: Sequence[int]) -> float | None:
    """Return the mean distance in tokens between a word and its head after the perturbation, minus that before.

    origins: old number of each new token, -1 for an inserted one. The mean is over words of
    which neither word nor head was deleted. Punctuation counts in distances, but has none itself. None without a tree.
    """
    if not tokens.has_tree:
        return None
    place = {old: new for new, old in enumerate(origins)}
    changes = [
        abs(place[word] - place[head]) - abs(word - head)
        for word, head in enumerate(tokens.heads)
        if head != ROOT and word in place and head in place and not tokens.punctuation[word]
    ]
    return fmean(changes) if changes else 0.0


def chrf(reference: str, text: str, longest: int = 6) -> float:
    """Return chrF2 in [0, 1] (Popović 2015): F-score of character n-grams, with recall weighted twice.

    White space is ignored. Precision and recall are averaged over n = 1..longest before the F-score is computed, as in
    sacreBLEU. An n that exceeds the length of either text is left out. Equal texts have chrF2 1.
    """
    if reference == text:
        return 1.0
    first, second = _numbered(_codes("".join(reference.split())), _codes("".join(text.split())))
    shares = []
    ngrams, others = first, second
    for n in range(1, min(longest, len(first), len(second)) + 1):
        if n > 1:
            base = max(first.max(), second.max()) + 1
            ngrams, others = _numbered(ngrams[:-1] * base + first[n - 1 :], others[:-1] * base + second[n - 1 :])
        common = _common(ngrams, others)
        shares.append((common / len(others), common / len(ngrams)))
    if not shares or not shares[0][0]:
        return 0.0
    precision, recall = map(fmean, zip(*shares, strict=True))
    return (1 + _CHRF_BETA**2) * precision * recall / (_CHRF_BETA**2 * precision + recall)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _numbered(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Renumber the values of both sequences from 0, so that a pair of numbers fits into one 64-bit integer."""
    numbers = np.unique(np.concatenate([first, second]), return_inverse=True)[1].astype(np.int64)
    return numbers[: len(first)], numbers[len(first) :]


def _common(first: np.ndarray, second: np.ndarray) -> int:
    """Count the elements of the intersection of two multisets of numbers."""
    count = max(first.max(), second.max()) + 1
    return int(np.minimum(*(np.bincount(part, minlength=count) for part in (first, second))).sum())
