"""Parse the items of one task in one language with Stanza: all perturbations and models use the same trees."""

from stiltcal.formats.items import read_items
from stiltcal.support.jobs import run_job
from stiltcal.syntax.parsing import parse_items
from stiltcal.syntax.trees import write_blocks


def main(*, data: str, models: str, trees: str, kind: str, language: str, side: str = "foreign") -> None:
    """Parse the items file `data` to `trees`. models: folder of Stanza's models. side: of bitext, the side to parse."""
    write_blocks(trees, parse_items(read_items(data), kind, language, models, side=side))


if "snakemake" in globals():
    run_job(main, snakemake)
