"""Draw the calibration error of each language: without and with an intermediate task, on clean and perturbed text."""

from stiltcal.formats.results import DISTANCES, SCORES, read_table
from stiltcal.report.by_language import draw_by_language
from stiltcal.report.style import save
from stiltcal.support.jobs import run_job


def main(
    *,
    scores: str,
    distances: str,
    pdf: str,
    png: str,
    targets: dict[str, dict],
    intermediate: str,
    perturbation: str,
    languages: list[str],
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
) -> None:
    """Compare `none` with `intermediate`. languages: those of the study, the source language first."""
    figure = draw_by_language(
        read_table(scores, SCORES),
        read_table(distances, DISTANCES, may_be_empty=True),
        targets=targets,
        intermediates=list(dict.fromkeys(["none", intermediate])),
        perturbation=perturbation,
        languages=languages,
        metric=metric,
        scaling=scaling,
        seed=seed,
    )
    save(figure, pdf, png)


if "snakemake" in globals():
    run_job(main, snakemake)
