"""Arrange scores and comparisons for report.html in blocks, of which the page shows one at a time.

A *block* holds all cells of one table (scores, or comparisons of one effect), metric and scaling. Its rows are the
cells of each target, in the order of `Grid`: intermediates, then perturbations, then languages.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..formats.coded import CodedTable, read_coded
from ..formats.results import LEVEL
from .labels import ERRORS
from .lost import is_lost

KEYS = ("intermediate", "target", "perturbation", "language", "unit", "scaling", "metric")
SCORES = "scores"
VALUES = ("estimate", "low", "high", "n")
#: Means over languages stand before single languages.
MEANS = {"zero_shot": "zero-shot mean", "all": "mean of all languages"}
#: Marks of comparisons: significant, and a significant fall of an error where the task is lost.
SIGNIFICANT, LOST = 1, 2

Block = dict[str, np.ndarray]
"""Columns of a block (cells,); NaN where there is no number."""
Blocks = dict[tuple[str, str, str], Block]
"""Blocks by table, metric and scaling."""
Names = dict[str, list[str]]


class Grid(NamedTuple):
    """Cells of a study: names in their order, and for each target the codes of its languages."""

    names: Names
    languages: list[list[int]]

    @property
    def cells(self) -> list[int]:
        """The number of cells of each target."""
        one = len(self.names["intermediate"]) * len(self.names["perturbation"])
        return [one * len(languages) for languages in self.languages]


def read_blocks(
    scores: str,
    comparisons: str,
    seed: str,
    intermediates: Sequence[str],
    targets: Mapping,
    perturbations: Sequence[str],
) -> tuple[Grid, Blocks]:
    """Read `scores.csv` (of one seed or `all`) and `comparisons.csv`; return the grid and its blocks.

    Of each target its main unit of analysis is read. targets: `kind` and `metrics` by name.
    """
    scored = read_coded(scores, [*KEYS, "seed"], VALUES)
    scored = scored.take(scored.is_main_unit() & scored.is_name("seed", seed))
    compared = read_coded(comparisons, [*KEYS, "effect"], [*VALUES, "p_holm"])
    compared = _marked(compared.take(compared.is_main_unit()), scored, targets)
    order = {"intermediate": list(intermediates), "target": list(targets), "perturbation": list(perturbations)}
    grid = _grid(scored, order)
    return grid, _blocks(scored, grid) | _blocks(compared, grid)


def _grid(scored: CodedTable, order: Names) -> Grid:
    found = set(scored.names["language"])
    languages = [*(name for name in MEANS if name in found), *sorted(found - set(MEANS))]
    target, language = scored.recoded("target", order["target"]), scored.recoded("language", languages)
    own = [sorted(set(language[target == code].tolist())) for code in range(len(order["target"]))]
    return Grid(order | {"language": languages}, own)


def _positions(table: CodedTable, grid: Grid) -> np.ndarray:
    """Return the place of each row (n,) among all cells of the grid; -1 for rows of others."""
    codes = {key: table.recoded(key, names) for key, names in grid.names.items()}
    within = np.full((len(grid.languages), len(grid.names["language"])), -1)
    for code, languages in enumerate(grid.languages):
        within[code, languages] = np.arange(len(languages))
    target, language = codes["target"], within[codes["target"], codes["language"]]
    sizes = np.array([len(languages) for languages in grid.languages])
    first = np.concatenate([[0], np.cumsum(grid.cells)[:-1]]).astype(np.int64)
    text = codes["intermediate"] * len(grid.names["perturbation"]) + codes["perturbation"]
    known = np.all([code >= 0 for code in codes.values()], axis=0) & (language >= 0)
    return np.where(known, first[target] + text * sizes[target] + language, -1)


def _blocks(table: CodedTable, grid: Grid) -> Blocks:
    positions, (metrics, scalings) = _positions(table, grid), (table.names[key] for key in ("metric", "scaling"))
    tables, kind = table.names.get("effect", [SCORES]), table.codes.get("effect", 0)
    group = (kind * len(metrics) + table.codes["metric"]) * len(scalings) + table.codes["scaling"]
    rows = np.flatnonzero(positions >= 0)
    rows = rows[np.argsort(group[rows], kind="stable")]
    blocks = {}
    for part in np.split(rows, np.flatnonzero(np.diff(group[rows])) + 1) if len(rows) else []:
        rest, scaling = divmod(int(group[part[0]]), len(scalings))
        effect, metric = divmod(rest, len(metrics))
        block = {name: np.full(sum(grid.cells), np.nan) for name in table.numbers}
        for name, column in table.numbers.items():
            block[name][positions[part]] = column[part]
        blocks[tables[effect], metrics[metric], scalings[scaling]] = block
    return blocks


def _marked(compared: CodedTable, scored: CodedTable, targets: Mapping) -> CodedTable:
    """Add the column `mark` to comparisons: SIGNIFICANT, or for an error LOST as `lost.is_lost` has it."""
    lost = is_lost(compared, compared, scored, targets) & (compared.recoded("metric", list(ERRORS)) >= 0)
    mark = np.where(lost, LOST, np.where(compared.numbers["p_holm"] < LEVEL, SIGNIFICANT, 0))
    mark = np.where(np.isnan(compared.numbers["estimate"]), np.nan, mark)
    return compared._replace(numbers=compared.numbers | {"mark": mark})
