"""Generate the items of one task of the miniature, and the gold trees of those that are perturbed."""

from pathlib import Path

from stiltcal.miniature.generate import Miniature
from stiltcal.support.jobs import run_job


def main(
    *,
    data: list[str],
    trees: list[str],
    task: str,
    kind: str,
    tree_cells: list[tuple[str, str]],
    splits: dict[str, list[str]],
    languages: dict[str, dict],
    sizes: dict[str, int],
    facts: int,
    seed: int,
) -> None:
    """Write items to `data` and gold trees to `trees`.

    splits: the languages of each split, in the order of `data`. tree_cells: (split, language) of each file of `trees`.
    """
    cells = [(split, code) for split, codes in splits.items() for code in codes]
    miniature = Miniature(languages, sizes, facts, seed)
    miniature.write_task(
        task,
        kind,
        {cell: Path(path) for cell, path in zip(cells, data, strict=True)},
        dict(zip(map(tuple, tree_cells), map(Path, trees), strict=True)),
    )


if "snakemake" in globals():
    run_job(main, snakemake)
