"""Draw the reliability diagram of one target, clean and perturbed, without and with an intermediate task."""

from stiltcal.formats.results import RELIABILITY, SCORES, read_table
from stiltcal.report.reliability import draw_reliability
from stiltcal.report.style import save
from stiltcal.support.jobs import run_job


def main(
    *,
    reliability: str,
    scores: str,
    pdf: str,
    png: str,
    target: str,
    intermediate: str,
    perturbation: str,
    source_language: str,
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
) -> None:
    """Compare `none` with `intermediate` on clean and on perturbed text, in the source language and zero-shot.

    With `none` as `intermediate` it is shown alone.
    """
    figure = draw_reliability(
        read_table(reliability, RELIABILITY),
        read_table(scores, SCORES),
        target=target,
        intermediates=list(dict.fromkeys(["none", intermediate])),
        perturbations=list(dict.fromkeys(["clean", perturbation])),
        languages=[source_language, "zero_shot"],
        scaling=scaling,
        metric=metric,
        seed=seed,
    )
    save(figure, pdf, png)


if "snakemake" in globals():
    run_job(main, snakemake)
