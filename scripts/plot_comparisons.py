"""Draw the figures of comparisons: heat map, decomposition, and changes by strength of the perturbation."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from stiltcal.formats.results import COMPARISONS, MEASURED_STRENGTH, SCORES, STRENGTH, read_table
from stiltcal.report.by_strength import draw_by_strength
from stiltcal.report.decomposition import draw_decomposition
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.labels import labelled
from stiltcal.report.style import drawn_as, save
from stiltcal.support.jobs import run_job


def main(
    *,
    comparisons: str,
    scores: str,
    strength: str,
    measured: list[str],
    calibration_change: list[str],
    by_strength: list[str],
    intermediates: list[str],
    targets: dict[str, dict],
    perturbations: list[str],
    intermediate: str,
    perturbation: str,
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
    decomposition: Sequence[str] = (),
    look: Mapping = MappingProxyType({}),
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Draw every figure to its paths. All changes are zero-shot means.

    measured: the measured strengths, a file for each target. intermediate: whose interaction is drawn by strength.
    perturbation: of the decomposition, which a study without intermediate tasks lacks (no paths). look, labels:
    `style.drawn_as`, `labels.labelled`.
    """
    changes, scored = read_table(comparisons, COMPARISONS), read_table(scores, SCORES)
    grid = {"targets": targets, "metric": metric, "scaling": scaling}
    cells = {"intermediates": intermediates, "perturbations": perturbations, "language": "zero_shot", "seed": seed}
    reached = pd.concat([read_table(path, MEASURED_STRENGTH, may_be_empty=True) for path in measured])
    slopes = read_table(strength, STRENGTH, may_be_empty=True)
    with drawn_as(look), labelled(labels):
        save(draw_heatmap(changes, scored, **grid, **cells), *calibration_change)
        points = {"intermediate": intermediate, "perturbations": perturbations}
        save(draw_by_strength(changes, slopes, reached, **grid, **points), *by_strength)
        if decomposition:
            parts = {"intermediates": intermediates, "perturbation": perturbation, "seed": seed}
            save(draw_decomposition(changes, scored, **grid, **parts), *decomposition)


if "snakemake" in globals():
    run_job(main, snakemake)
