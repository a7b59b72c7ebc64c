"""Locate the tokens of a context and of an answer in it."""

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
