"""Show perturbed items of one target beside their originals: one page for each language, with all perturbations."""

from pathlib import Path

from stiltcal.perturb.gallery import read_cell, render_gallery
from stiltcal.support.jobs import run_job


def main(*, data: list[str], perturbed: list[str], pages: list[str], examples: int = 2) -> None:
    """Write the pages, one for each of `data`.

    data: {task}/{split}/{language}.parquet; perturbed: {task}/{perturbation}/{language}.parquet, shown in this order;
    examples: largest number of items shown of each file.
    """
    for path, output in zip(data, pages, strict=True):
        language = Path(path).stem
        cells = [read_cell(path, each, examples) for each in perturbed if Path(each).stem == language]
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(render_gallery(cells), encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
