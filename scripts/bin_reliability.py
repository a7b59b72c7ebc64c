"""Bin the confidences of all predictions for the reliability diagrams, and compute the curves that figures show."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow.parquet as pq

from stiltcal.calibration.curves import CURVES
from stiltcal.calibration.estimators import reliability
from stiltcal.calibration.sample import make_sample
from stiltcal.formats.fits import confidence_column
from stiltcal.formats.predictions import CORRECTNESS
from stiltcal.formats.results import UNITS
from stiltcal.support.jobs import run_job

_COLUMNS = ["language", "perturbation", "unit", "cluster", "prediction", "correct", "score"]
_KEYS = ["intermediate", "target", "perturbation", "language", "seed", "unit", "scaling"]


def main(
    *,
    predictions: list[str],
    reliability: str,
    curves: str,
    source_language: str,
    perturbation: str,
    scaling: str = "none",
    families: Mapping[str, list[str]] = MappingProxyType({}),
    scalings: Sequence[str] = ("none", "source"),
    correctness: str = "exact_match",
    qa: Sequence[str] = (),
    bins: int = 15,
) -> None:
    """Write the bins of every cell of `predictions`, files named `.../{intermediate}/{target}/seed{seed}.parquet`.

    scalings: those that a target lacks are left out. correctness: the correctness criterion in the targets `qa`.
    perturbation, scaling: of the curves, which also have clean text. families: targets that are pooled, by heading.
    """
    files = pd.Series(map(Path, predictions))
    rows, points, shown = [], [], defaultdict(dict)
    column, texts = confidence_column(scaling), list(dict.fromkeys(["clean", perturbation]))
    for (intermediate, target), paths in files.groupby(files.map(lambda path: (path.parts[-3], path.parts[-2]))):
        tables = _by_seed(paths, correctness if target in qa else "exact_match")
        model = {"intermediate": intermediate, "target": target}
        rows += [{**model, **row} for row in _rows(tables, source_language, scalings, bins)]
        seed, answers = list(tables.items())[-1]
        if column in answers.columns:
            shown[intermediate][target] = _shown(answers, column, texts)
            key = {**model, "seed": seed, "scaling": scaling}
            points += _curve_rows(shown[intermediate][target], source_language, key)
    for intermediate, parts in shown.items():
        for family, members in families.items():
            if found := {target: parts[target] for target in members if target in parts}:
                key = {"intermediate": intermediate, "target": family, "seed": seed, "scaling": scaling}
                points += _curve_rows(_pooled(found), source_language, key)
    _write(rows, [*_KEYS, "bin"], ["low", "high", "n", "confidence", "accuracy"], reliability)
    _write(points, [*_KEYS, "curve", "x"], ["n", "share", "low", "high"], curves)


def _write(rows: list[dict], keys: list[str], values: list[str], path: str) -> None:
    table = pd.DataFrame(rows, columns=[*keys, *values]).sort_values(keys)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, float_format="%.10g")


def _by_seed(paths: pd.Series, correctness: str) -> dict[str, pd.DataFrame]:
    """Return the answers of a model with each seed and, if there are several, with all seeds together as the last."""
    tables = {path.stem.removeprefix("seed"): _answers(path, correctness) for path in paths}
    if len(tables) > 1:
        tables["all"] = pd.concat(tables.values())
    return tables


def _rows(
    tables: Mapping[str, pd.DataFrame], source_language: str, scalings: Sequence[str], bins: int
) -> Iterator[dict]:
    """Compute the bins of one model's cells, for each seed and for all seeds together."""
    for seed, table in tables.items():
        scaled = {name: column for name in scalings if (column := confidence_column(name)) in table.columns}
        for (perturbation, unit), cell in table.groupby(["perturbation", "unit"]):
            for language, units in _languages(cell, source_language):
                for scaling, column in scaled.items():
                    key = {"perturbation": perturbation, "language": language, "seed": seed, "unit": unit}
                    curve = reliability(units[column], units.right, bins=bins)
                    yield from ({**key, "scaling": scaling, "bin": bin_, **row} for bin_, row in enumerate(curve))


def _answers(path: Path, correctness: str) -> pd.DataFrame:
    """Select rows with a prediction (mining leaves some sentences without one); `right` is true if it is correct."""
    confidences = [name for name in pq.read_schema(path).names if name.startswith("confidence")]
    table = pd.read_parquet(path, columns=[*_COLUMNS, *confidences]).dropna(subset=["prediction"])
    return table.assign(right=CORRECTNESS[correctness](table))


def _shown(answers: pd.DataFrame, column: str, perturbations: Sequence[str]) -> pd.DataFrame:
    """Select the answers that curves are drawn of: those in the target's main unit, on these texts.

    column: that of the confidences, which are `confidence` in the result.
    """
    unit = next(name for name in UNITS if (answers.unit == name).any())
    rows = answers[(answers.unit == unit) & answers.perturbation.isin(perturbations)]
    return rows[["language", "perturbation", "unit", "cluster", "right"]].assign(confidence=rows[column])


def _pooled(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the answers of several targets together; clusters of different targets are different."""
    return pd.concat([part.assign(cluster=f"{target}/" + part.cluster.astype(str)) for target, part in parts.items()])


def _curve_rows(answers: pd.DataFrame, source_language: str, key: Mapping[str, str]) -> Iterator[dict]:
    """Compute the points of a model's curves, in the source language and zero-shot. key: columns of all rows."""
    for perturbation, text in answers.groupby("perturbation"):
        abroad = text.language != source_language
        for language, units in ((source_language, text[~abroad]), ("zero_shot", text[abroad])):
            if units.empty:
                continue
            sample = make_sample(units.confidence, units.right, units.cluster)
            place = {**key, "perturbation": perturbation, "language": language, "unit": units.unit.iloc[0]}
            for name, curve in CURVES.items():
                for x, share, low, high in zip(*curve(sample), strict=True):
                    yield {**place, "curve": name, "n": len(units), "x": x, "share": share, "low": low, "high": high}


def _languages(table: pd.DataFrame, source_language: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Group the languages: each alone, all together, and all but the source language together."""
    yield from table.groupby("language")
    yield "all", table
    abroad = table[table.language != source_language]
    if not abroad.empty:
        yield "zero_shot", abroad


if "snakemake" in globals():
    run_job(main, snakemake)
