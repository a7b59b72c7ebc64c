"""Render perturbed texts beside their originals; moved and rewritten words have colours."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..formats.perturbed import KEPT
from .registry import parse_perturbation

#: Colour number of a moved block, EDITED for rewritten text, or None for unchanged text.
Mark = int | str | None
Piece = tuple[str, Mark]
EDITED = "edited"
_COLOURS = 6
_MEANS = ("reached", "kendall_tau")


@dataclass(frozen=True)
class Example:
    """One perturbed field of one item: both texts in pieces, and two measures of the item."""

    id: str
    field: str
    original: list[Piece]
    perturbed: list[Piece]
    reached: float
    kendall_tau: float


@dataclass(frozen=True)
class GalleryEntry:
    """Examples of one task, perturbation and language.

    summary: number of items, of kept and of changed ones, and means of `reached` and `kendall_tau` over the kept items.
    In retrieval and mining only the perturbed side counts. reasons: distinct statuses of the items that are not kept.
    """

    task: str
    perturbation: str
    language: str
    description: str
    summary: dict[str, float]
    reasons: list[str]
    examples: list[Example]


def read_cell(items: str | Path, perturbed: str | Path, examples: int) -> GalleryEntry:
    """Read the summary and the first changed items of a perturbed file {task}/{perturbation}/{language}.parquet.

    items: the original file. examples: largest number of items to show. All columns are read for these items only.
    """
    task, perturbation, language = *Path(perturbed).parts[-3:-1], Path(perturbed).stem
    table = pq.read_table(perturbed, columns=["status", "changed", *_MEANS])
    kept, changed = pc.is_valid(table["reached"]), table["changed"]  # the other side of a pair has no measures
    lost = table["status"].filter(pc.not_equal(table["status"], KEPT))
    counts = {"kept": pc.sum(kept).as_py() or 0, "changed": pc.sum(changed).as_py() or 0}
    summary = {"items": counts["kept"] + len(lost), **counts}
    summary |= {name: pc.mean(table[name]).as_py() or 0.0 for name in _MEANS}
    shown = pc.indices_nonzero(changed)[:examples]
    reasons = lost.unique().to_pylist()
    pairs = zip(*(_rows(path, shown) for path in (items, perturbed)), strict=True) if len(shown) else ()
    description = parse_perturbation(perturbation).declaration.description
    shown_examples = [example for item, row in pairs for example in examples_of(item, row)]
    return GalleryEntry(task, perturbation, language, description, summary, reasons, shown_examples)


def _rows(path: str | Path, numbers: pa.Array) -> list[dict]:
    return pq.read_table(path).take(numbers).to_pylist()


def render_gallery(cells: Iterable[GalleryEntry]) -> str:
    """Render cells as one HTML page, with a section for each run of cells of one perturbation."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    sections = [(name, list(group)) for name, group in groupby(cells, key=lambda cell: cell.perturbation)]
    return environment.get_template("gallery.html.j2").render(sections=sections)


def examples_of(item: dict, row: dict) -> list[Example]:
    """Return one example for each perturbed field of an item. row: the same item in the perturbed file."""
    examples = []
    for entry in row["map"]:
        original, perturbed = _coloured(_text(item, entry), _text(row, entry), entry)
        examples.append(Example(row["id"], entry["field"], original, perturbed, row["reached"], row["kendall_tau"]))
    return examples


def _text(item: dict, entry: dict) -> str:
    text = item[entry["field"]]
    return text if isinstance(text, str) else " ".join(text)


def _coloured(original: str, perturbed: str, entry: dict) -> tuple[list[Piece], list[Piece]]:
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
