"""Split a treebank into train, dev and test sentences."""

from stiltcal.support.jobs import run_job
from stiltcal.syntax.treebanks import PARTS, split_treebank


def main(*, given_train: str, train: str, dev: str, test: str, given_dev: str = "", given_test: str = "") -> None:
    """Write `train`, `dev` and `test` (CoNLL-U) from the given files; parts that are not given are taken from train."""
    given = zip(PARTS, (given_train, given_dev, given_test), strict=True)
    split_treebank({part: path for part, path in given if path}, dict(zip(PARTS, (train, dev, test), strict=True)))


if "snakemake" in globals():
    run_job(main, snakemake)
