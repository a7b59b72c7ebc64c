"""Generate the treebank of one language of the miniature, for its word order: sentences of the training world."""

from pathlib import Path

from stiltcal.miniature.generate import Miniature, write_trees
from stiltcal.support.jobs import run_job


def main(
    *, treebank: str, language: str, languages: dict[str, dict], sizes: dict[str, int], facts: int, seed: int
) -> None:
    """Write the training sentences of UDPOS in `language`. Other parameters: as in generate_items."""
    miniature = Miniature(languages, sizes, facts, seed)
    _, sentences = miniature.build("udpos", "tagging", "train", miniature.languages[language])
    write_trees(Path(treebank), sentences)


if "snakemake" in globals():
    run_job(main, snakemake)
