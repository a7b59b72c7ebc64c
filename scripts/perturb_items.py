"""Perturb the items of one target under all perturbations, in all languages; keep files that are up to date."""

from stiltcal.perturb.item_files import cells_of, perturb_files
from stiltcal.perturb.registry import check_sides
from stiltcal.support.jobs import run_job
from stiltcal.support.reuse import digest, outdated


def main(
    *,
    data: list[str],
    trees: list[str],
    word_order: list[str],
    perturbed: list[str],
    record: str,
    perturbations: list[str],
    languages: list[str],
    kind: str,
    seed: int,
    sides: list[str] | None = None,
    code: str = "",
) -> None:
    """Perturb the items files `data` with `trees` and `word_order`, all named {language}.*; the last two may be empty.

    languages: of the perturbed text, one for each of `data`; for the source side of bitext it differs from the file's.
    perturbed: for each perturbation, one file for each of `data`. record: provenance digests of these files
    (`support.reuse`). sides: the fields to perturb; None stands for `default_sides` of the kind. code: digest of the
    code that outputs depend on. Raises PerturbationError.
    """
    common = {"kind": kind, "sides": check_sides(kind, sides), "seed": seed}
    cells = dict(zip(perturbed, cells_of(perturbations, data, languages, trees, word_order), strict=True))
    wanted = {}
    for output, cell in cells.items():
        read = [cell.items, cell.trees, cell.word_order]
        settings = {**common, "code": code, "language": cell.language, "perturbation": cell.perturbation.name}
        settings["read"] = [file is not None for file in read]
        wanted[output] = digest(settings, [file for file in read if file is not None])
    with outdated(record, wanted) as missing:
        print(f"{len(missing)} of {len(wanted)} files are made; the others are up to date")
        perturb_files({output: cells[output] for output in missing}, **common)


if "snakemake" in globals():
    run_job(main, snakemake)
