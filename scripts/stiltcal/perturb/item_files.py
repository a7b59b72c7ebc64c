"""Perturb files of items: find the inputs of each output file, then write the outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pyarrow as pa

from ..formats.items import read_items, write_table
from ..formats.perturbed import perturbed_schema
from ..syntax.trees import read_fields
from ..syntax.word_order import read_word_order
from ..tasks.kinds import KINDS
from .edit import Setting
from .perturber import ItemPerturber, writing_of_items
from .registry import Perturbation, parse_perturbation


@dataclass(frozen=True)
class PerturbationJob:
    """Inputs of one perturbed file.

    language: of the perturbed text; it differs from that of the file where the source side of bitext is perturbed.
    items, trees, word_order: paths of the items, of their trees and of the word-order statistics; None: not available.
    """

    perturbation: Perturbation
    language: str
    items: str
    trees: str | None
    word_order: str | None

    def setting(self, kind: str) -> Setting:
        """Return the setting for a kind of task; raises PerturbationError if the word order is missing."""
        statistics = read_word_order(self.word_order) if self.word_order else None
        self.perturbation.check_word_order(self.language, statistics)
        return self.perturbation.setting(self.language, statistics=statistics, may_insert=not KINDS[kind].is_tokenized)


def cells_of(
    perturbations: Sequence[str],
    items: Sequence[str],
    languages: Sequence[str],
    trees: Sequence[str],
    word_order: Sequence[str],
) -> list[PerturbationJob]:
    """Return a cell for each perturbation and each file of `items`, perturbation by perturbation.

    languages: of the perturbed texts, one for each file of `items`. trees: CoNLL-U files with the same stems as the
    files of items. word_order: files {language}.json. Both may lack files. Raises PerturbationError for a name that is
    not a perturbation.
    """
    tree_of, order_of = ({Path(path).stem: path for path in paths} for paths in (trees, word_order))
    files = list(zip(items, languages, strict=True))
    return [
        PerturbationJob(
            each, language, path, tree_of.get(Path(path).stem), order_of.get(each.word_order_of(language) or "")
        )
        for each, (path, language) in product(map(parse_perturbation, perturbations), files)
    ]


def perturb_files(cells: Mapping[str, PerturbationJob], *, kind: str, sides: tuple[str, ...], seed: int) -> None:
    """Write the perturbed file of each cell, in the columns of `perturbed_schema`.

    cells: by output path. sides: perturbed fields (`check_sides`). seed: of the random numbers. Raises
    PerturbationError if the word order of a cell is missing, and TreeError if trees do not fit their items.
    """
    for path, language, trees in dict.fromkeys((cell.items, cell.language, cell.trees) for cell in cells.values()):
        clean, fields = read_items(path), read_fields(trees) if trees else {}
        writing = writing_of_items(language, clean, kind, fields, sides)
        tags = {tag for item in clean for tag in item["tags"]} if KINDS[kind].is_tokenized else None
        for output, cell in cells.items():
            if cell.items == path:
                setting = cell.setting(kind)
                perturb = ItemPerturber(cell.perturbation, kind, sides, setting, seed, fields, writing, tags)
                write_table(output, pa.Table.from_pylist(list(map(perturb, clean)), schema=perturbed_schema(kind)))
