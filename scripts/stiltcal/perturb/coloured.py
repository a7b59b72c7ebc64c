"""Cut a text and its perturbation into pieces: moved and rewritten words have colours."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

#: Colour number of a moved block, EDITED for rewritten text, or None for unchanged text.
Mark = int | str | None
Piece = tuple[str, Mark]
EDITED = "edited"
_COLOURS = 6


def coloured_texts(original: str, perturbed: str, entry: dict) -> tuple[list[Piece], list[Piece]]:
    """Cut both texts into pieces. Tokens that moved together have one colour."""
    was = list(zip(entry["old_start"], entry["old_end"], strict=True))
    now = list(zip(entry["new_start"], entry["new_end"], strict=True))
    marks: list[Mark] = list(moved_blocks(entry["old"]))
    for k, (old, new) in enumerate(zip(was, now, strict=True)):
        if original[slice(*old)].lower() != perturbed[slice(*new)].lower():
            marks[k] = EDITED
    tokens = sorted(zip(was, marks, strict=True), key=lambda token: token[0])
    return _pieces(original, tokens), _pieces(perturbed, list(zip(now, marks, strict=True)))


def moved_blocks(order: Sequence[int]) -> list[int | None]:
    """Number the blocks of tokens that moved together; None for tokens that stayed.

    order: old numbers of the tokens in their new order. The tokens of a longest increasing subsequence stay, so that
    as few as possible move. Moved tokens that are neighbours in both orders form one block. Numbers repeat after
    `_COLOURS` blocks.
    """
    stay = _longest_increasing(order)
    blocks: list[int | None] = []
    block = 0
    for place, old in enumerate(order):
        if place in stay:
            blocks.append(None)
            continue
        together = place > 0 and blocks[place - 1] is not None and old == order[place - 1] + 1
        block += not together
        blocks.append(block % _COLOURS)
    return blocks


def _longest_increasing(order: Sequence[int]) -> set[int]:
    """Return the places of a longest increasing subsequence (patience sorting)."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(order):
        k = bisect_left(tails, value)
        before.append(places[k - 1] if k else -1)
        tails[k : k + 1], places[k : k + 1] = [value], [place]
    subsequence, place = set(), places[-1] if places else -1
    while place >= 0:
        subsequence.add(place)
        place = before[place]
    return subsequence


def _pieces(text: str, tokens: Sequence[tuple[tuple[int, int], Mark]]) -> list[Piece]:
    """Cut a text where the mark changes. Characters outside of tokens, except white space, count as edited."""
    pieces: list[Piece] = []
    place, before = 0, None
    for (start, end), mark in [*tokens, ((len(text), len(text)), None)]:
        gap = text[place:start]
        pieces.append((gap, EDITED if gap.strip() else before if before == mark else None))
        pieces.append((text[start:end], mark))
        place, before = end, mark
    pieces = [piece for piece in pieces if piece[0]]
    return [("".join(part for part, _ in run), mark) for mark, run in groupby(pieces, key=lambda piece: piece[1])]
