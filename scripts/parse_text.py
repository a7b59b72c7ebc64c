"""Parse the test items of one task in one language with Stanza: one parse serves every perturbation and model."""

from stiltcal.formats.items import read_items
from stiltcal.support.jobs import job
from stiltcal.syntax.parsing import parse_items
from stiltcal.syntax.trees import write_blocks


def main(items: str, models: str, output: str, *, kind: str, language: str, side: str = "foreign") -> None:
    """`items`: the file; `models`: a folder of Stanza models; `side`: the one of bitext that is in the language."""
    write_blocks(output, parse_items(read_items(items), kind, language, models, side=side))


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.data, snakemake.input.models, snakemake.output[0], **snakemake.params)
