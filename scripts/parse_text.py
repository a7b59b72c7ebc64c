"""Parse the test items of one task in one language with Stanza: one parse serves every perturbation and model."""

from stiltcal.formats.items import read_items
from stiltcal.support.jobs import run_job
from stiltcal.syntax.parsing import parse_items
from stiltcal.syntax.trees import write_blocks


def main(*, data: str, models: str, trees: str, kind: str, language: str, side: str = "foreign") -> None:
    """`data`: items file; `models`: folder of Stanza models; `side`: of bitext, the one that is in the language."""
    write_blocks(trees, parse_items(read_items(data), kind, language, models, side=side))


if "snakemake" in globals():
    run_job(main, snakemake)
