"""Render perturbed texts beside their originals, with the answers of models to both."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ..formats.parquet_files import whole_parquet
from ..formats.perturbed import KEPT
from .answers import CLEAN, Answer, Answers
from .coloured import EDITED, Piece, coloured_texts
from .registry import parse_perturbation

_MEANS = ("reached", "kendall_tau")
#: Fields of items that are shown beside the perturbed ones.
_TEXTS = ("question", "context", "text_a", "text_b")


@dataclass(frozen=True)
class Field:
    """One perturbed field of an item: both texts in pieces."""

    name: str
    original: list[Piece]
    perturbed: list[Piece]


@dataclass(frozen=True)
class Shown:
    """The answer of a model to one text: in pieces, of which wrong tags are EDITED; the right part of it; the mean
    confidence (None without an answer); and of the perturbed text the `change` of the confidence (None where the model
    did not answer both)."""

    model: str
    answer: list[Piece]
    right: str
    confidence: float | None
    change: float | None = None


@dataclass(frozen=True)
class Example:
    """One perturbed item: its fields, those that stayed as they were (`beside`), the gold answers to the original
    (`gold`) and to the perturbed text (`new_gold`), and the answers of the models to both."""

    id: str
    fields: list[Field]
    reached: float
    kendall_tau: float
    beside: list[tuple[str, str]]
    gold: str
    new_gold: str
    original: list[Shown]
    perturbed: list[Shown]


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


def read_clean(path: str | Path) -> pa.Table:
    """Read the items of a file of perturbed items, without what was done to them."""
    with whole_parquet(path):
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        return file.read(columns=names[: names.index("status")])


def read_entry(clean: pa.Table, perturbed: str | Path, answers: Answers, examples: int) -> GalleryEntry:
    """Read the summary and the most changed items of a perturbed file {task}/{perturbation}/{language}.parquet.

    clean: the items before (`read_clean`). examples: largest number of items to show, those first whose answers change
    most in confidence. All columns are read for these items only.
    """
    task, perturbation, language = *Path(perturbed).parts[-3:-1], Path(perturbed).stem
    with whole_parquet(perturbed):
        file = pq.ParquetFile(perturbed)
        table = file.read(columns=["id", "status", "changed", *_MEANS])
    kept = pc.is_valid(table["reached"])  # the other side of a pair has no measures
    lost = table["status"].filter(pc.not_equal(table["status"], KEPT))
    counts = {"kept": pc.sum(kept).as_py() or 0, "changed": pc.sum(table["changed"]).as_py() or 0}
    summary = {"items": counts["kept"] + len(lost), **counts}
    summary |= {name: pc.mean(table[name]).as_py() or 0.0 for name in _MEANS}
    numbers = pc.indices_nonzero(table["changed"]).to_pylist()
    changes = [answers.change(perturbation, name) for name in table["id"].take(_places(numbers)).to_pylist()]
    ordered = [number for _, number in sorted(zip((-change for change in changes), numbers, strict=True))]
    shown = _places(ordered[:examples])
    partners = (
        dict(zip(*(clean[name].to_pylist() for name in ("id", "text")), strict=True))
        if "side" in clean.column_names
        else {}
    )
    rows = file.read().take(shown).to_pylist() if len(shown) else []
    return GalleryEntry(
        task,
        perturbation,
        language,
        parse_perturbation(perturbation).declaration.description,
        summary,
        lost.unique().to_pylist(),
        [
            example_of(item, row, answers, perturbation, partners)
            for item, row in zip(clean.take(shown).to_pylist(), rows, strict=True)
        ],
    )


def _places(numbers: Sequence[int]) -> pa.Array:
    return pa.array(numbers, pa.int64())


def render_gallery(
    cells: Iterable[GalleryEntry],
    target: str,
    language: str,
    pages: Mapping[str, Sequence[str]],
    models: Sequence[str],
    seed: str,
    label: Mapping[str, Callable[[str], str]],
) -> str:
    """Render the cells of a target and language as an HTML page, with a section for each cell.

    pages: languages of all targets, for links between their pages. models, seed: whose answers are shown. label: makes
    the displayed name of a `target`, a `language`, a `perturbation` and a `model` from its name.
    """
    return _template().render(
        cells=list(cells), target=target, language=language, pages=pages, models=models, seed=seed, label=label
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("gallery.html.j2")


def example_of(item: dict, row: dict, answers: Answers, perturbation: str, partners: Mapping[str, str]) -> Example:
    """Return what is shown of one item. row: the same item in the perturbed file. partners: texts of bitext by id."""
    fields = []
    for entry in row["map"]:
        original, perturbed = coloured_texts(_text(item, entry), _text(row, entry), entry)
        fields.append(Field(entry["field"], original, perturbed))
    moved = {field.name for field in fields}
    beside = [(name, item[name]) for name in _TEXTS if item.get(name) and name not in moved]
    beside += [(f"choice {number}", choice) for number, choice in enumerate(item.get("choices") or (), 1)]
    before, after = answers.of(CLEAN, row["id"]), answers.of(perturbation, row["id"])
    confidences = {answer.model: answer.confidence for answer in before}
    return Example(
        row["id"],
        fields,
        row["reached"],
        row["kendall_tau"],
        beside,
        gold_text(item, (before or after)[:1], partners),
        gold_text(row, (after or before)[:1], partners),
        [shown_answer(answer, partners) for answer in before],
        [shown_answer(answer, partners, confidences.get(answer.model)) for answer in after],
    )


def gold_text(item: dict, answers: Sequence[Answer], partners: Mapping[str, str]) -> str:
    """Return the gold answer of an item for a reader. answers: one or none, which holds it; "" without it."""
    if "answers" in item:
        return " / ".join(dict.fromkeys(item["answers"])) or "no answer"
    if not answers:
        return ""
    if "tokens" in item:
        return " ".join(tag or "" for tag in answers[0].gold)
    (gold,) = answers[0].gold
    if gold is None:
        return "no partner"
    return partners.get(gold, gold)


def shown_answer(answer: Answer, partners: Mapping[str, str], before: float | None = None) -> Shown:
    """Return an answer for a reader. before: the confidence on the original text."""
    change = None if before is None or answer.confidence is None else answer.confidence - before
    if len(answer.right) == 1:
        (predicted,), (is_right,) = answer.predicted, answer.right
        text = "no partner" if predicted is None else partners.get(predicted, predicted) or "no answer"
        right = "right" if is_right else "wrong"
        if predicted is None or not answer.given[0]:
            right = "below the threshold"
        return Shown(answer.model, [(text, None)], right, answer.confidence, change)
    pieces: list[Piece] = []
    for tag, is_right in zip(answer.predicted, answer.right, strict=True):
        pieces += [(tag or "", None if is_right else EDITED), (" ", None)]
    right = f"{sum(answer.right)} of {len(answer.right)} right"
    return Shown(answer.model, pieces[:-1], right, answer.confidence, change)


def _text(item: dict, entry: dict) -> str:
    text = item[entry["field"]]
    return text if isinstance(text, str) else " ".join(text)
