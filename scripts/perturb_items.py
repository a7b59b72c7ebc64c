"""Perturb the test items of one task under one perturbation, in all languages."""

from pathlib import Path

import pyarrow as pa

from stiltcal.jobs import job
from stiltcal.perturb.items import ItemPerturber, check_sides, perturbed_schema, writing_of_items
from stiltcal.perturb.registry import parse_perturbation
from stiltcal.syntax.trees import read_fields
from stiltcal.syntax.word_order import read_word_order
from stiltcal.tasks.items import read_items, write_table


def main(
    items: list[str],
    trees: list[str],
    outputs: list[str],
    *,
    perturbation: str,
    kind: str,
    seed: int,
    sides: list[str] | None = None,
    word_order: str | None = None,
) -> None:
    """`items`, `trees` (or none) and `outputs` are files {language}.*, in the same order.

    sides: the fields that are perturbed; None: `DEFAULT_SIDES` of the kind. word_order: the statistics of the language
    that the perturbation follows (its `word_order_of`), from measure_word_order. Raises PerturbationError.
    """
    wanted, sides = parse_perturbation(perturbation), check_sides(kind, sides)
    statistics = read_word_order(word_order) if word_order else None
    wanted.check_word_order(statistics)
    for path, tree_path, output in zip(items, trees or [None] * len(items), outputs, strict=True):
        clean, fields, language = read_items(path), read_fields(tree_path) if tree_path else {}, Path(path).stem
        setting = wanted.setting(language, statistics=statistics, may_insert=kind != "tagging")
        writing = writing_of_items(language, clean, kind, fields)
        perturb = ItemPerturber(wanted, kind, sides, setting, seed, fields, writing)
        rows = list(map(perturb, clean))
        write_table(output, pa.Table.from_pylist(rows, schema=perturbed_schema(kind)))


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.data,
            snakemake.input.trees,
            list(snakemake.output),
            perturbation=snakemake.wildcards.perturbation,
            word_order=snakemake.input.get("word_order"),
            **snakemake.params,
        )
