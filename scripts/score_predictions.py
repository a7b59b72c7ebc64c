"""Score the predictions of a target: task metrics and calibration with intervals, by cell and over languages."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from stiltcal.calibration.estimate import level_interval
from stiltcal.calibration.grid import Measure, Resamples, Result, language_groups, measures, over_languages, over_seeds
from stiltcal.calibration.predictions import (
    CellKey,
    Units,
    read_predictions,
    resampling_seed,
    survey,
    target_of,
    write_rows,
)
from stiltcal.jobs import job

KEYS = ("intermediate", "target", "perturbation", "language", "seed", "unit", "scaling", "metric")


def main(
    predictions: list[str],
    output: str,
    *,
    kind: str,
    source_language: str,
    metrics: list[str],
    scalings: list[str],
    resamples: int,
    guessing: float | None = None,
) -> None:
    """Write the scores of `predictions`, files `.../{intermediate}/{target}/seed{seed}.parquet` of one target.

    `kind` of the task; `metrics`: calibration estimators, besides the task's own; `scalings`: of the confidences.
    `guessing`: the level of guessing, where predictions do not show it.
    """
    target = target_of(predictions)
    rows = []
    for intermediate, group in groupby(sorted(predictions, key=_intermediate), key=_intermediate):
        paths = list(group)
        languages, clusters = survey(paths)
        weights = Resamples(len(clusters), len(paths), resamples, resampling_seed(target))
        cells = read_predictions(paths, scalings, clusters)
        groups = language_groups(languages, source_language)
        for measure in measures(kind, sorted({key.unit for key in cells}), scalings, metrics, weights, guessing):
            for row in _rows(cells, measure, weights, groups):
                rows.append({"intermediate": intermediate, "target": target, **row})
    rows.sort(key=lambda row: [row[name] for name in KEYS])
    write_rows(output, (*KEYS, "value", "low", "high", "n"), rows)


def _intermediate(path: str) -> str:
    return Path(path).parts[-3]


def _rows(cells: Mapping[CellKey, Units], measure: Measure, weights: Resamples, groups: Mapping) -> Iterator[dict]:
    """The rows of one measure of one intermediate's models."""
    results: dict[tuple[str, str, str, str], Result] = {}
    for key, units in sorted(cells.items(), key=lambda item: item[0]):
        if key.unit == measure.computed_from:
            for metric, result in measure.results(units).items():
                results[key.perturbation, metric, key.seed, key.language] = result
    _add_seed_means(results, weights)
    _add_language_means(results, groups)
    for (perturbation, metric, seed, language), (estimate, n) in results.items():
        low, high = level_interval(estimate)
        yield {
            "perturbation": perturbation,
            "language": language,
            "seed": seed,
            "unit": measure.unit,
            "scaling": measure.scaling,
            "metric": metric,
            "value": estimate.value,
            "low": low,
            "high": high,
            "n": n,
        }


def _add_seed_means(results: dict, weights: Resamples) -> None:
    seeds = sorted({seed for _, _, seed, _ in results})
    if len(seeds) < 2:
        return
    for perturbation, metric, language in sorted({(p, m, language) for p, m, _, language in results}):
        by_seed = [results[key] for s in seeds if (key := (perturbation, metric, s, language)) in results]
        if len(by_seed) == len(seeds):
            results[perturbation, metric, "all", language] = over_seeds(by_seed, weights)


def _add_language_means(results: dict, groups: Mapping[str, list[str]]) -> None:
    for perturbation, metric, seed in sorted({(p, m, s) for p, m, s, _ in results}):
        for group, members in groups.items():
            found = [results[key] for name in members if (key := (perturbation, metric, seed, name)) in results]
            if found:
                results[perturbation, metric, seed, group] = over_languages(found)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.predictions, snakemake.output.scores, **snakemake.params)
