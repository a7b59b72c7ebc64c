"""Count the word order of one language in its treebanks."""

from itertools import chain

from stiltcal.support.jobs import run_job
from stiltcal.syntax.trees import read_blocks
from stiltcal.syntax.word_order import count_word_order, write_word_order


def main(*, treebanks: list[str], word_order: str, language: str) -> None:
    """Count words and orders in `treebanks`, CoNLL-U files of `language`, and write `word_order` (JSON)."""
    blocks = chain.from_iterable(map(read_blocks, treebanks))
    first = next(blocks, None)
    if first is None:
        raise ValueError(f"{', '.join(treebanks)}: holds no sentence; a treebank in CoNLL-U is needed")
    write_word_order(word_order, count_word_order(language, (block.words for block in chain([first], blocks))))


if "snakemake" in globals():
    run_job(main, snakemake)
