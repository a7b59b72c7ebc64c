"""Parse the test items of one task with Stanza, in all languages: one parse serves every perturbation and model."""

from stiltcal.jobs import job
from stiltcal.syntax.parsing import parse_items
from stiltcal.syntax.trees import write_blocks
from stiltcal.tasks.items import read_items


def main(items: list[str], models: str, outputs: list[str], *, kind: str, languages: list[str]) -> None:
    """`items`, `languages` and `outputs` are in the same order; `models` is a folder of Stanza models."""
    for path, language, output in zip(items, languages, outputs, strict=True):
        write_blocks(output, parse_items(read_items(path), kind, language, models))


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.data, snakemake.input.models, list(snakemake.output), **snakemake.params)
