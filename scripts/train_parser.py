"""Train a small Stanza pipeline for a language from a treebank, where Stanza has none or cannot be fetched."""

from stiltcal.support.jobs import job
from stiltcal.syntax.parser_training import train_parser


def main(train: str, dev: str, output: str, *, language: str, steps: dict[str, int], seed: int) -> None:
    """`train`, `dev`: treebanks in CoNLL-U; `output`: the folder of models; `steps`: of tokenize, pos and depparse."""
    train_parser(train, dev, output, language, steps=steps, seed=seed)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.train, snakemake.input.dev, snakemake.output[0], **snakemake.params)
