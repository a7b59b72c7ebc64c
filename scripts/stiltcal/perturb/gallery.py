"""A page that shows perturbed texts beside their originals, with what moved in colour."""

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

#: Number of the colour of the block that moved, EDITED, or None for what kept its place and form.
Mark = int | str | None
Piece = tuple[str, Mark]
EDITED = "edited"
_COLOURS = 6
_MEANS = ("reached", "kendall_tau")


@dataclass(frozen=True)
class Example:
    """One item before and after."""

    id: str
    field: str
    original: list[Piece]
    perturbed: list[Piece]
    reached: float
    kendall_tau: float


@dataclass(frozen=True)
class Cell:
    """The examples of one task, perturbation and language, with the aggregates over all kept items of the cell.

    The side of a pair that is not perturbed has no part in them. reasons: why items were not kept.
    """

    task: str
    perturbation: str
    language: str
    description: str
    summary: dict[str, float]
    reasons: list[str]
    examples: list[Example]


def read_cell(items: str | Path, perturbed: str | Path, examples: int) -> Cell:
    """The first changed items of a file {task}/{perturbation}/{language}.parquet; `items`: the file it was made from.

    Of most rows only some columns are read, for there are many files.
    """
    task, perturbation, language = *Path(perturbed).parts[-3:-1], Path(perturbed).stem
    table = pq.read_table(perturbed, columns=["status", "changed", *_MEANS])
    kept, changed = pc.is_valid(table["reached"]), table["changed"]  # of the other side of a pair nothing is measured
    lost = table["status"].filter(pc.not_equal(table["status"], KEPT))
    counts = {"kept": pc.sum(kept).as_py() or 0, "changed": pc.sum(changed).as_py() or 0}
    summary = {"items": counts["kept"] + len(lost), **counts}
    summary |= {name: pc.mean(table[name]).as_py() or 0.0 for name in _MEANS}
    shown = pc.indices_nonzero(changed)[:examples]
    reasons = lost.unique().to_pylist()
    pairs = zip(*(_rows(path, shown) for path in (items, perturbed)), strict=True) if len(shown) else ()
    description = parse_perturbation(perturbation).declaration.description
    found = [example for item, row in pairs for example in examples_of(item, row)]
    return Cell(task, perturbation, language, description, summary, reasons, found)


def _rows(path: str | Path, numbers: pa.Array) -> list[dict]:
    return pq.read_table(path).take(numbers).to_pylist()


def render_gallery(cells: Iterable[Cell]) -> str:
    """The page as HTML, one section a perturbation."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    sections = [(name, list(group)) for name, group in groupby(cells, key=lambda cell: cell.perturbation)]
    return environment.get_template("gallery.html.j2").render(sections=sections)


def examples_of(item: dict, row: dict) -> list[Example]:
    """An item and its perturbed row, one example a perturbed field."""
    examples = []
    for entry in row["map"]:
        original, perturbed = _coloured(_text(item, entry), _text(row, entry), entry)
        examples.append(Example(row["id"], entry["field"], original, perturbed, row["reached"], row["kendall_tau"]))
    return examples


def _text(item: dict, entry: dict) -> str:
    text = item[entry["field"]]
    return text if isinstance(text, str) else " ".join(text)


def _coloured(original: str, perturbed: str, entry: dict) -> tuple[list[Piece], list[Piece]]:
    """Both texts as pieces; tokens that moved together have one colour."""
    was = list(zip(entry["old_start"], entry["old_end"], strict=True))
    now = list(zip(entry["new_start"], entry["new_end"], strict=True))
    marks: list[Mark] = list(moved_blocks(entry["old"]))
    for k, (old, new) in enumerate(zip(was, now, strict=True)):
        if original[slice(*old)].lower() != perturbed[slice(*new)].lower():
            marks[k] = EDITED
    tokens = sorted(zip(was, marks, strict=True), key=lambda token: token[0])
    return _pieces(original, tokens), _pieces(perturbed, list(zip(now, marks, strict=True)))


def moved_blocks(order: Sequence[int]) -> list[int | None]:
    """For tokens in their new order (old numbers), the block each moved with, None for those that kept their place.

    As many as possible keep their place: those of a longest increasing subsequence. Neighbours in both orders that
    moved are one block.
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
    """The places of a longest increasing subsequence (patience sorting)."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(order):
        k = bisect_left(tails, value)
        before.append(places[k - 1] if k else -1)
        tails[k : k + 1], places[k : k + 1] = [value], [place]
    found, place = set(), places[-1] if places else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found


def _pieces(text: str, tokens: Sequence[tuple[tuple[int, int], Mark]]) -> list[Piece]:
    """The text cut where the mark changes; characters of no token but white space were left out or put in."""
    pieces: list[Piece] = []
    place, before = 0, None
    for (start, end), mark in [*tokens, ((len(text), len(text)), None)]:
        gap = text[place:start]
        pieces.append((gap, EDITED if gap.strip() else before if before == mark else None))
        pieces.append((text[start:end], mark))
        place, before = end, mark
    pieces = [piece for piece in pieces if piece[0]]
    return [("".join(part for part, _ in run), mark) for mark, run in groupby(pieces, key=lambda piece: piece[1])]
