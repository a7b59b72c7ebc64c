"""Show perturbed items beside their originals, per perturbation, task and language, on one page."""

from pathlib import Path

from stiltcal.jobs import job
from stiltcal.perturb.gallery import make_cell, render_gallery
from stiltcal.tasks.items import read_items


def main(items: list[str], perturbed: list[str], output: str, *, examples: int = 2) -> None:
    """Write the page.

    items: {task}/{split}/{language}.parquet; perturbed: {task}/{perturbation}/{language}.parquet, shown in this order;
    examples: the most items shown of each file.
    """
    clean = {_place(path): {item["id"]: item for item in read_items(path)} for path in items}
    cells = []
    for path in perturbed:
        task, language = _place(path)
        cells.append(
            make_cell(task, Path(path).parent.name, language, clean[task, language], read_items(path), examples)
        )
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    Path(output).write_text(render_gallery(cells), encoding="utf-8")


def _place(path: str) -> tuple[str, str]:
    """Task and language of an items file."""
    return Path(path).parts[-3], Path(path).stem


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.data, snakemake.input.perturbed, snakemake.output[0], **snakemake.params)
