"""Draw the heat map of calibration changes by intermediate training, on clean text and under each perturbation."""

from stiltcal.formats.results import COMPARISONS, SCORES, read_table
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.style import save
from stiltcal.support.jobs import run_job


def main(
    *,
    comparisons: str,
    scores: str,
    pdf: str,
    png: str,
    intermediates: list[str],
    targets: dict[str, dict],
    perturbations: list[str],
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
    language: str = "zero_shot",
) -> None:
    """Draw intermediates by perturbations for each target; cells that `comparisons` lacks are shown as not run."""
    figure = draw_heatmap(
        read_table(comparisons, COMPARISONS),
        read_table(scores, SCORES),
        intermediates=intermediates,
        targets=targets,
        perturbations=perturbations,
        metric=metric,
        scaling=scaling,
        language=language,
        seed=seed,
    )
    save(figure, pdf, png)


if "snakemake" in globals():
    run_job(main, snakemake)
