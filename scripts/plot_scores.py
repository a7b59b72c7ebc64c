"""Draw the figures of scores: the calibration error by language and by scaling."""

from collections.abc import Mapping
from types import MappingProxyType

from stiltcal.formats.results import DISTANCES, SCORES, read_table
from stiltcal.report.by_language import draw_by_language
from stiltcal.report.by_scaling import draw_by_scaling
from stiltcal.report.labels import labelled
from stiltcal.report.style import drawn_as, save
from stiltcal.support.jobs import run_job


def main(
    *,
    scores: str,
    distances: str,
    by_language: list[str],
    by_scaling: list[str],
    targets: dict[str, dict],
    intermediate: str,
    perturbation: str,
    languages: list[str],
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
    look: Mapping = MappingProxyType({}),
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Draw every figure to its paths, each comparing `none` with `intermediate`.

    languages: those that are shown, the source language first. look, labels: `style.drawn_as`, `labels.labelled`.
    """
    table = read_table(scores, SCORES)
    grid = {
        "targets": targets,
        "intermediates": list(dict.fromkeys(["none", intermediate])),
        "perturbation": perturbation,
        "metric": metric,
        "seed": seed,
    }
    known = read_table(distances, DISTANCES, may_be_empty=True)
    with drawn_as(look), labelled(labels):
        save(draw_by_language(table, known, **grid, scaling=scaling, languages=languages), *by_language)
        save(draw_by_scaling(table, **grid), *by_scaling)


if "snakemake" in globals():
    run_job(main, snakemake)
