"""Train a small Stanza pipeline on a treebank, for a language whose models Stanza lacks or cannot fetch."""

from stiltcal.support.jobs import run_job
from stiltcal.syntax.parser_training import train_parser


def main(*, train: str, dev: str, models: str, language: str, steps: dict[str, int], seed: int) -> None:
    """Train on `train` and `dev` (CoNLL-U), and write the folder `models`. steps: of tokenize, pos and depparse."""
    train_parser(train, dev, models, language, steps=steps, seed=seed)


if "snakemake" in globals():
    run_job(main, snakemake)
