"""How strong a perturbation was: measures of order over tokens, of characters over texts, and of dependency length.

Measures of order compare the tokens that are left (Kendall's tau; Clouatre et al. 2022: index displacement count and
direct neighbour displacement, here over tokens). They are taken within sentences, where words move, and averaged over
the sentences of an item by their number of tokens.
"""

from bisect import bisect, insort
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean

import numpy as np

from ..syntax.sentence import ROOT, Sentence
from .distance import levenshtein
from .render import Rendered

#: Of sentences, then of texts; `requested` comes from the perturbation.
MEASURES = (
    "reached",
    "kendall_tau",
    "dnd",
    "idc",
    "broken_neighbours",
    "dependency_length_change",
    "chrf",
    "levenshtein",
)
_CHRF_BETA = 2.0


def measure(
    sentences: Sequence[tuple[Sentence, Rendered]], texts: Iterable[tuple[str, str]]
) -> dict[str, float | None]:
    """All measures of an item.

    sentences: tokens before and the sentence now. texts: (before, now) of its perturbed fields, one or more.
    `dependency_length_change` is None where no sentence has a tree.
    """
    counts = [len(tokens) for tokens, _ in sentences]
    orders = [_ranks(rendered.origins) for _, rendered in sentences]
    lengths = [dependency_length_change(tokens, rendered.origins) for tokens, rendered in sentences]
    measured = [(change, count) for change, count in zip(lengths, counts, strict=True) if change is not None]
    pairs = list(texts)
    before, now = "\n".join(a for a, _ in pairs), "\n".join(b for _, b in pairs)
    return {
        "reached": _mean([reached(tokens, rendered) for tokens, rendered in sentences], counts, 0.0),
        "kendall_tau": _mean(map(kendall_tau, orders), counts, 1.0),
        "dnd": _mean(map(direct_neighbour_displacement, orders), counts, 0.0),
        "idc": _mean(map(index_displacement, orders), counts, 0.0),
        "broken_neighbours": _mean(map(broken_neighbours, orders), counts, 0.0),
        "dependency_length_change": _mean(*zip(*measured, strict=True), 0.0) if measured else None,
        "chrf": chrf(before, now),
        "levenshtein": levenshtein(before, now) / max(len(before), len(now), 1),
    }


def _mean(values: Iterable[float], weights: Sequence[int], empty: float) -> float:
    return fmean(values, weights) if weights else empty


def _ranks(origins: Sequence[int]) -> list[int]:
    """The tokens that are left in their new order, numbered from 0 in their old one."""
    left = [old for old in origins if old >= 0]
    rank = {old: k for k, old in enumerate(sorted(left))}
    return [rank[old] for old in left]


def reached(tokens: Sentence, rendered: Rendered) -> float:
    """The share of tokens that moved (among those left), were rewritten, deleted or inserted, in [0, 1]."""
    left = [old for old in rendered.origins if old >= 0]
    touched = {old for old, place in zip(left, sorted(left), strict=True) if old != place}
    touched |= rendered.rewritten
    inserted = len(rendered.origins) - len(left)
    return min(1.0, (len(touched) + len(tokens) - len(left) + inserted) / len(tokens))


def kendall_tau(order: Sequence[int]) -> float:
    """Kendall's tau between a permutation of 0..n-1 and the identity, in [-1, 1]; 1 for fewer than two."""
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
    """DND: the share of neighbours (a, b) that b no longer follows directly, in [0, 1]."""
    return _broken(order, lambda step: step == 1)


def broken_neighbours(order: Sequence[int]) -> float:
    """The share of neighbours that are no longer neighbours in either order, in [0, 1]."""
    return _broken(order, lambda step: abs(step) == 1)


def _broken(order: Sequence[int], intact) -> float:
    pairs = len(order) - 1
    if pairs < 1:
        return 0.0
    return 1 - sum(intact(second - first) for first, second in pairwise(order)) / pairs


def index_displacement(order: Sequence[int]) -> float:
    """IDC: the mean distance that a token moved, as a share of the number of tokens, in [0, 1)."""
    count = len(order)
    return sum(abs(place - rank) for place, rank in enumerate(order)) / count**2 if count else 0.0


def dependency_length_change(tokens: Sentence, origins: Sequence[int]) -> float | None:
    """The mean distance between a word and its head now, minus that before, over the words that are left with theirs.

    Punctuation counts as a place but not as a word. None without a tree.
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
    """chrF2 in [0, 1] (Popović 2015): F-score, recall counting twice, of character n-grams without white space.

    Precision and recall are averaged over n up to `longest` before the F-score is taken, as in sacreBLEU. An n for
    which either text is too short is left out; two equal texts have 1.
    """
    if reference == text:
        return 1.0
    first, second = _numbered("".join(reference.split()), "".join(text.split()))
    base = max(first.max(initial=0), second.max(initial=0)) + 1
    shares = []
    ngrams, others = first, second
    for n in range(1, min(longest, len(first), len(second)) + 1):
        if n > 1:
            ngrams, others = ngrams[:-1] * base + first[n - 1 :], others[:-1] * base + second[n - 1 :]
        common = _common(ngrams, others)
        shares.append((common / len(others), common / len(ngrams)))
    if not shares or not shares[0][0]:
        return 0.0
    precision, recall = map(fmean, zip(*shares, strict=True))
    return (1 + _CHRF_BETA**2) * precision * recall / (_CHRF_BETA**2 * precision + recall)


def _numbered(first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
    """Both texts as numbers of their characters, from 0, so that an n-gram fits into one integer."""
    codes = np.frombuffer((first + second).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    numbers = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return numbers[: len(first)], numbers[len(first) :]


def _common(first: np.ndarray, second: np.ndarray) -> int:
    """How many numbers two multisets share."""
    kinds = np.unique(np.concatenate([first, second]), return_inverse=True)[1]
    counts = [np.bincount(part, minlength=kinds.max() + 1) for part in (kinds[: len(first)], kinds[len(first) :])]
    return int(np.minimum(*counts).sum())
