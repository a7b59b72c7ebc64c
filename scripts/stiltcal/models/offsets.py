"""Locate the tokens of a context and of an answer in it."""

import unicodedata

import numpy as np
from tokenizers import Encoding


def answer_tokens(spans: np.ndarray, answer: str, start: int) -> tuple[int, int] | None:
    """Return the first and last token of an answer that begins at character `start`; None if the window cuts it.

    spans: (tokens, 2) character offsets, -1 for tokens outside the context. Characters that the tokenizer drops (some
    drop accents) may be missing at the ends of the answer.
    """
    context = np.flatnonzero(spans[:, 0] >= 0)
    inside = np.flatnonzero((spans[:, 1] > start) & (spans[:, 0] < start + len(answer)))
    if not len(inside):
        return None
    first, last = inside[0], inside[-1]
    begins_before = spans[first, 0] > start and first == context[0]
    ends_after = spans[last, 1] < start + len(answer) and last == context[-1]
    return None if begins_before or ends_after else (int(first), int(last))


def context_offsets(window: Encoding) -> np.ndarray:
    """Return character offsets (tokens, 2) in the second text of a pair; -1 for other tokens."""
    offsets = np.array(window.offsets, dtype=np.int32).reshape(-1, 2)
    offsets[[sequence != 1 for sequence in window.sequence_ids]] = -1
    return offsets


def answer_text(context: str, spans: np.ndarray, first: int, last: int) -> str:
    """Return the characters of the tokens from `first` to `last`; "" for the answer -1 to -1, which is none.

    spans: as in `answer_tokens`. Marks and signs of no width behind the last token belong to it where no token has
    them: tokenizers that strip accents drop the vowel signs of Hindi and Thai.
    """
    if first < 0:
        return ""
    start, end = (int(place) for place in (spans[first, 0], spans[last, 1]))
    behind = spans[last + 1 :, 0]
    limit = int(behind[0]) if len(behind) and behind[0] >= 0 else len(context)
    while end < limit and unicodedata.category(context[end]) in ("Mn", "Mc", "Me", "Cf"):
        end += 1
    return context[start:end].strip()
