"""Lay out a treebank in train, dev and test sentences."""

from pathlib import Path

from stiltcal.support.jobs import job
from stiltcal.syntax.treebanks import PARTS, split_treebank


def main(given: dict[str, str], folder: str) -> None:
    """`given`: CoNLL-U files by part, `train` among them; `folder`: where all three parts are written."""
    split_treebank(given, folder)


if "snakemake" in globals():
    with job(snakemake):
        files = {part: path for part in PARTS if (path := snakemake.input.get(part))}
        main(files, str(Path(snakemake.output[0]).parent))
