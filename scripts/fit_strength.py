"""Fit how changes of calibration grow with the strength of the perturbations, as measured on the perturbed items."""

from collections.abc import Iterator
from operator import itemgetter

from stiltcal.calibration.errors import NO_INTERVAL
from stiltcal.calibration.estimate import effect_interval, p_value
from stiltcal.formats.predictions import survey, target_of, write_rows
from stiltcal.scoring.cells import CalibrationMeasure, measures, target_resamples
from stiltcal.scoring.multiplicity import add_holm
from stiltcal.scoring.ratios import RATIOS
from stiltcal.scoring.strength import fit_slope, measured_strengths, zero_shot_changes
from stiltcal.support.jobs import run_job
from stiltcal.tasks.kinds import KINDS

_KEYS = ("effect", "intermediate", "target", "unit", "scaling", "metric", "measure")
_COLUMNS = (*_KEYS, "slope", "low", "high", "p", "p_holm", "n")


def main(
    *,
    predictions: list[str],
    perturbed: list[str],
    strength: str,
    kind: str,
    source_language: str,
    metric: str,
    scalings: list[str],
    resamples: int,
    correctness: list[str] = ("exact_match",),  # of question answering alone
) -> None:
    """Write the slope of the zero-shot changes of `metric` over each measure of strength, for one target.

    predictions: files `.../{intermediate}/{target}/seed{seed}.parquet`, scored as in `score_predictions`. perturbed:
    files `.../{target}/{perturbation}/{language}.parquet`. The changes are those by the perturbation without
    intermediate training, and the interactions. A measure of fewer than three perturbations gets no row, nor does a
    metric without a valid interval. p is corrected within an effect, unit of analysis and scaling.
    """
    target = target_of(predictions)
    _, units, clusters = survey(predictions)
    weights = target_resamples(predictions, len(clusters), resamples)
    notions = correctness if KINDS[kind].is_graded else ["exact_match"]
    measured = measures(RATIOS[kind], units, scalings, [metric], weights, correctness=notions)
    calibration = [measure for measure in measured if isinstance(measure, CalibrationMeasure)]
    strengths = measured_strengths(perturbed, source_language)
    rows = [
        {"target": target, "metric": metric, **model._asdict(), **row}
        for model, changes in zero_shot_changes(predictions, calibration, source_language, weights).items()
        for row in _slopes(strengths, changes)
        if metric not in NO_INTERVAL
    ]
    add_holm(rows, itemgetter("target", "effect", "unit", "scaling"))
    write_rows(strength, _COLUMNS, sorted(rows, key=itemgetter(*_KEYS)))


def _slopes(strengths: dict, changes: dict) -> Iterator[dict]:
    """Compute a row for every measure with enough perturbations; `slope` is the bias-reduced estimate."""
    for measure, by_perturbation in strengths.items():
        if (fitted := fit_slope(by_perturbation, changes)) is not None:
            estimate, n = fitted
            low, high = map(float, effect_interval(estimate))
            numbers = {"slope": float(estimate.centre), "low": low, "high": high, "p": float(p_value(estimate)), "n": n}
            yield {"measure": measure, **numbers}


if "snakemake" in globals():
    run_job(main, snakemake)
