"""Perturb the test items of one target under all perturbations, in all languages; what is current is kept."""

from itertools import product
from pathlib import Path

import pyarrow as pa

from stiltcal.jobs import job
from stiltcal.perturb.items import ItemPerturber, perturbed_schema, writing_of_items
from stiltcal.perturb.registry import Perturbation, check_sides, parse_perturbation
from stiltcal.reuse import digest, outdated
from stiltcal.syntax.trees import read_fields
from stiltcal.syntax.word_order import read_word_order
from stiltcal.tasks.items import read_items, write_table


def main(
    items: list[str],
    trees: list[str],
    word_order: list[str],
    outputs: list[str],
    record: str,
    *,
    perturbations: list[str],
    languages: list[str],
    kind: str,
    seed: int,
    sides: list[str] | None = None,
    library: list[str] = (),
) -> None:
    """`items`, and `trees` and `word_order` where there are any, are files {language}.*.

    languages: of the perturbed text of each of `items`, which for the source side of bitext is not the file's.
    outputs: for each perturbation, one file for each of `items`. record: what they were made from (`stiltcal.reuse`).
    sides: the fields that are perturbed; None: `DEFAULT_SIDES` of the kind. library: files of code on which outputs
    depend. Raises PerturbationError.
    """
    common = {"kind": kind, "sides": check_sides(kind, sides), "seed": seed}
    tree_of, order_of = _by_language(trees), _by_language(word_order)
    language_of = dict(zip(items, languages, strict=True))
    cells = dict(zip(outputs, product(map(parse_perturbation, perturbations), items), strict=True))
    wanted = {}
    for output, (perturbation, path) in cells.items():
        read = [path, tree_of.get(Path(path).stem), order_of.get(perturbation.word_order_of(language_of[path]))]
        settings = {**common, "language": language_of[path], "perturbation": perturbation.name}
        settings["read"] = [file is not None for file in read]
        wanted[output] = digest(settings, [file for file in [*read, *library] if file is not None])
    with outdated(record, wanted) as missing:
        print(f"{len(missing)} of {len(wanted)} files are made; the others are current")
        for path in items:
            todo = [(cells[output][0], output) for output in missing if cells[output][1] == path]
            if todo:
                trees_of_file = tree_of.get(Path(path).stem)
                _perturb_file(path, trees_of_file, order_of, todo, language=language_of[path], **common)


def _by_language(paths: list[str]) -> dict[str, str]:
    return {Path(path).stem: path for path in paths}


def _perturb_file(
    path: str,
    trees: str | None,
    word_order: dict[str, str],
    outputs: list[tuple[Perturbation, str]],
    *,
    language: str,
    kind: str,
    sides: tuple[str, ...],
    seed: int,
) -> None:
    """Write the items of one file under each of some perturbations; `word_order`: files by language."""
    clean, fields = read_items(path), read_fields(trees) if trees else {}
    writing = writing_of_items(language, clean, kind, fields)
    for perturbation, output in outputs:
        needed = perturbation.word_order_of(language)
        statistics = read_word_order(word_order[needed]) if needed in word_order else None
        perturbation.check_word_order(language, statistics)
        setting = perturbation.setting(language, statistics=statistics, may_insert=kind != "tagging")
        perturb = ItemPerturber(perturbation, kind, sides, setting, seed, fields, writing)
        write_table(output, pa.Table.from_pylist(list(map(perturb, clean)), schema=perturbed_schema(kind)))


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.data,
            snakemake.input.trees,
            snakemake.input.word_order,
            snakemake.output.perturbed,
            snakemake.output.record,
            library=snakemake.input.library,
            **snakemake.params,
        )
