"""Train a small Stanza pipeline for a language from a treebank, where Stanza has none or cannot be fetched."""

from stiltcal.support.jobs import run_job
from stiltcal.syntax.parser_training import train_parser


def main(*, train: str, dev: str, models: str, language: str, steps: dict[str, int], seed: int) -> None:
    """`train`, `dev`: treebanks in CoNLL-U; `models`: the folder of models; `steps`: of tokenize, pos and depparse."""
    train_parser(train, dev, models, language, steps=steps, seed=seed)


if "snakemake" in globals():
    run_job(main, snakemake)
