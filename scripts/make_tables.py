"""Write the tables of task scores, of calibration errors and of scalings, as LaTeX and as CSV."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from stiltcal.formats.results import ALL, BEST_PER_TARGET, COMPARISONS, SCORES, read_table
from stiltcal.report.labels import labelled, report_order
from stiltcal.report.lost import mark_lost
from stiltcal.report.scaling_table import scaling_grid, scaling_rows
from stiltcal.report.tables import calibration_grid, calibration_latex, scores_grid, scores_latex, table_rows
from stiltcal.support.jobs import run_job


def main(
    *,
    scores: str,
    comparisons: str,
    best_per_target: str,
    scores_tex: str,
    scores_csv: str,
    calibration_tex: str,
    calibration_csv: str,
    scalings_tex: str,
    scalings_csv: str,
    intermediates: list[str],
    targets: dict[str, dict],
    perturbations: list[str],
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Write three tables.

    Scores: task scores on clean text, mean over all languages. Calibration: errors under each perturbation, mean over
    the zero-shot languages. Scalings: the same without intermediate training, for every scaling. The first two have a
    row for the best intermediate task of each target. labels: `labels.labelled`."""
    tables = read_table(scores, SCORES), read_table(comparisons, COMPARISONS)
    marked = mark_lost(tables[1][tables[1].metric == metric], tables[1], tables[0], targets, seed)
    ordered = report_order(targets)
    chosen = read_table(best_per_target, BEST_PER_TARGET, may_be_empty=True)
    chosen = chosen[chosen.target != ALL]
    best = dict(zip(chosen.target, chosen.intermediate, strict=True))
    grid = {"intermediates": intermediates, "seed": seed, "best": best}
    cells = [(target, "clean", name) for target in ordered for name in targets[target]["metrics"]]
    scored = tables[1].assign(lost=False)
    rows = table_rows(tables[0], scored, **grid, cells=cells, language="all", scaling="none")
    with labelled(labels):
        _write(rows, scores_latex(scores_grid(rows, targets)), scores_csv, scores_tex)
    cells = [(target, perturbation, metric) for target in ordered for perturbation in dict.fromkeys(perturbations)]
    rows = table_rows(tables[0], marked, **grid, cells=cells, language="zero_shot", scaling=scaling)
    with labelled(labels):
        _write(rows, calibration_latex(calibration_grid(rows, targets)), calibration_csv, calibration_tex)
    shown = {"intermediates": ["none"], "perturbations": list(dict.fromkeys(perturbations))}
    rows = scaling_rows(tables[0], **shown, metric=metric, seed=seed)
    with labelled(labels):
        _write(rows, calibration_latex(scaling_grid(rows, targets)), scalings_csv, scalings_tex)


def _write(rows, latex: str, csv: str, tex: str) -> None:
    Path(csv).parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(csv, index=False)
    Path(tex).write_text(latex, encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
