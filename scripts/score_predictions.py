"""Score the predictions of a target and compare its models: one bootstrap for all intervals, all differences paired."""

from stiltcal.formats.external import read_systems
from stiltcal.formats.predictions import survey, target_of
from stiltcal.formats.rows import write_rows
from stiltcal.scoring.cells import language_groups, measures, target_resamples
from stiltcal.scoring.effect_rows import LanguageRows, effect_columns, question, score_columns
from stiltcal.scoring.effects import LanguageCells
from stiltcal.scoring.multiplicity import add_holm
from stiltcal.scoring.ratios import RATIOS
from stiltcal.scoring.strength import Strengths, ZeroShotChanges, measured_strengths
from stiltcal.support.jobs import run_job
from stiltcal.tasks.kinds import KINDS

_CELL = ("target", "perturbation", "language")
_SCORES = ("intermediate", *_CELL, "seed", "unit", "scaling", "metric")
_COMPARISONS = ("effect", "intermediate", *_CELL, "unit", "scaling", "metric")
_STRENGTH = ("effect", "intermediate", "target", "unit", "scaling", "metric", "measure")


def main(
    *,
    predictions: list[str],
    perturbed: list[str],
    scores: str,
    comparisons: str,
    strength: str,
    measured: str,
    kind: str,
    source_language: str,
    metrics: list[str],
    metric: str,
    scalings: list[str],
    resamples: int,
    guessing: float | None = None,
    correctness: list[str] = ("exact_match",),  # of question answering alone
) -> None:
    """Write four tables of one target's files `.../{intermediate}/{target}/seed{seed}.parquet`.

    perturbed: files `.../{target}/{perturbation}/{language}.parquet`, whose strengths `measured` gets. metrics:
    calibration estimators, in addition to the task metrics of `kind`. metric: the one whose slope over the strength is
    fitted. scalings: of the confidences. guessing: the score of the majority baseline, if predictions do not show it.
    correctness: correctness criteria of question answering; the first one is that of the unit `item`.
    """
    target = target_of(predictions)
    languages, units, clusters = survey(predictions)
    options = {"guessing": guessing, "correctness": correctness if KINDS[kind].is_graded else ["exact_match"]}
    weights = target_resamples(predictions, len(clusters), resamples)
    groups = language_groups(languages, source_language)
    # The chance level is no effect.
    levels, effects = LanguageRows(groups, score_columns), LanguageRows(groups, effect_columns, ["guessing"])
    slopes = ZeroShotChanges(metric, source_language)
    asked = measures(RATIOS[kind], units, scalings, metrics, weights, **options)
    for language in languages:
        cells = read_systems(predictions, scalings, clusters, language)
        for found in (LanguageCells(cells, language, measure, weights) for measure in asked):
            _add(found, language, target, levels, effects, slopes)
    _write(scores, levels.finish(), _SCORES, ("value", "estimate", "low", "high", "n", "languages"))
    rows = effects.finish()
    add_holm(rows, lambda row: question(row, list(groups)))
    _write(comparisons, rows, _COMPARISONS, ("difference", "estimate", "low", "high", "p", "p_holm", "n", "languages"))
    strengths = measured_strengths(perturbed, source_language)
    fitted = [{"target": target, **row} for row in slopes.slopes(strengths)]
    _write(strength, fitted, _STRENGTH, ("slope", "low", "high", "p", "p_holm", "n"))
    _write(measured, _strength_rows(target, strengths), ("target", "measure", "perturbation"), ("strength",))


def _add(
    cells: LanguageCells,
    language: str,
    target: str,
    levels: LanguageRows,
    effects: LanguageRows,
    slopes: ZeroShotChanges,
) -> None:
    """Add the scores and comparisons of a language and measure."""
    measure = cells.measure
    keys = {"target": target, "unit": measure.unit, "scaling": measure.scaling}
    for (intermediate, perturbation), seed, result in cells.scores():
        levels.add(language, result, intermediate=intermediate, perturbation=perturbation, seed=seed, **keys)
    for change, result in cells.effects():
        effects.add(language, result, **change.keys, **keys)
        slopes.add(language, measure, change, result)


def _strength_rows(target: str, strengths: Strengths) -> list[dict]:
    return [
        {"target": target, "measure": measure, "perturbation": perturbation, "strength": value}
        for measure, by_perturbation in strengths.items()
        for perturbation, value in by_perturbation.items()
    ]


def _write(path: str, rows: list[dict], keys: tuple[str, ...], numbers: tuple[str, ...]) -> None:
    write_rows(path, (*keys, *numbers), sorted(rows, key=lambda row: [row[name] for name in keys]))


if "snakemake" in globals():
    run_job(main, snakemake)
