"""Compare the models of a target: intermediate training, perturbations and their interaction, paired."""

from collections import defaultdict

from stiltcal.calibration.effects import LanguageCells, add_holm, effect_columns
from stiltcal.calibration.grid import Resamples, language_groups, measures, over_languages
from stiltcal.calibration.predictions import read_predictions, resampling_seed, survey, target_of, write_rows
from stiltcal.jobs import job

KEYS = ("effect", "intermediate", "target", "perturbation", "language", "unit", "scaling", "metric")


def main(
    predictions: list[str],
    output: str,
    *,
    kind: str,
    source_language: str,
    metrics: list[str],
    scalings: list[str],
    resamples: int,
) -> None:
    """Write the comparisons of `predictions`, files `.../{intermediate}/{target}/seed{seed}.parquet` of one target.

    One bootstrap serves all of them. `kind` of the task; `metrics`: calibration estimators, besides the task's own;
    `scalings`: of the confidences.
    """
    target = target_of(predictions)
    languages, clusters = survey(predictions)
    seeds = len({path.rsplit("/", 1)[-1] for path in predictions})
    weights = Resamples(len(clusters), seeds, resamples, resampling_seed(target))
    groups = language_groups(languages, source_language)
    effects = defaultdict(dict)
    for language in languages:
        cells = read_predictions(predictions, scalings, clusters, language)
        for measure in measures(kind, sorted({key.unit for key in cells}), scalings, metrics, weights):
            for change, metric, result in LanguageCells(cells, language, measure, weights).effects():
                effects[change, measure.unit, measure.scaling, metric][language] = result
    rows = []
    for (change, unit, scaling, metric), by_language in effects.items():
        means = {
            group: [by_language[name] for name in members if name in by_language] for group, members in groups.items()
        }
        by_language |= {group: over_languages(members) for group, members in means.items() if members}
        for language, result in by_language.items():
            key = (change.effect, change.intermediate, target, change.perturbation, language, unit, scaling, metric)
            rows.append(dict(zip(KEYS, key, strict=True)) | effect_columns(result))
    add_holm(rows, aggregates=list(groups))
    rows.sort(key=lambda row: [row[name] for name in KEYS])
    write_rows(output, (*KEYS, "difference", "low", "high", "p", "p_holm", "n"), rows)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.predictions, snakemake.output.comparisons, **snakemake.params)
