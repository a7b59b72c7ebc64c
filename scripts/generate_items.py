"""Generate the items of one task of the miniature, and the gold trees of its test items."""

from pathlib import Path

from stiltcal.jobs import job
from stiltcal.miniature.generate import Miniature


def main(
    items: list[str],
    trees: list[str],
    *,
    task: str,
    kind: str,
    splits: dict[str, list[str]],
    languages: dict[str, dict],
    sizes: dict[str, int],
    facts: dict[str, int],
    seed: int,
) -> None:
    """`splits`: the languages of each split, in the order of `items`; `trees`: in the order of the test languages."""
    cells = [(split, code) for split, codes in splits.items() for code in codes]
    miniature = Miniature(languages, sizes, facts, seed)
    miniature.write_task(
        task,
        kind,
        {cell: Path(path) for cell, path in zip(cells, items, strict=True)},
        dict(zip(splits["test"], map(Path, trees), strict=bool(trees))),
    )


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.data, snakemake.output.trees, **snakemake.params)
