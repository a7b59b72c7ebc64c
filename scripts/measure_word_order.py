"""Count the word order of a language in its treebanks (CoNLL-U)."""

from stiltcal.jobs import job
from stiltcal.syntax.trees import read_blocks
from stiltcal.syntax.word_order import measure_word_order, write_word_order


def main(treebanks: list[str], output: str, *, language: str) -> None:
    """`treebanks`: CoNLL-U files of the language; `output`: JSON, which `reorder_like` reads."""
    sentences = (block.tokens for path in treebanks for block in read_blocks(path))
    write_word_order(output, measure_word_order(sentences, language))


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.treebanks, snakemake.output[0], **snakemake.params)
