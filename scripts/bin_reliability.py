"""Bin the confidences of all predictions for the reliability diagrams."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from stiltcal.calibration.estimators import reliability
from stiltcal.formats.fits import confidence_column
from stiltcal.formats.predictions import CORRECTNESS
from stiltcal.support.jobs import run_job

_COLUMNS = ["language", "perturbation", "unit", "prediction", "correct", "score"]
_KEYS = ["intermediate", "target", "perturbation", "language", "seed", "unit", "scaling", "bin"]


def main(
    *,
    predictions: list[str],
    reliability: str,
    source_language: str,
    scalings: list[str] = ("none", "source"),
    correctness: str = "exact_match",
    qa: list[str] = (),
    bins: int = 15,
) -> None:
    """Write the bins of every cell of `predictions`, files named `.../{intermediate}/{target}/seed{seed}.parquet`.

    scalings: those that a target lacks are left out. correctness: the correctness criterion in the targets `qa`.
    """
    files = pd.Series(map(Path, predictions))
    models = files.groupby(files.map(lambda path: (path.parts[-3], path.parts[-2])))
    rows = [
        {"intermediate": intermediate, "target": target, **row}
        for (intermediate, target), paths in models
        for row in _rows(paths, source_language, scalings, correctness if target in qa else "exact_match", bins)
    ]
    table = pd.DataFrame(rows).sort_values(_KEYS)
    Path(reliability).parent.mkdir(parents=True, exist_ok=True)
    table[[*_KEYS, "low", "high", "n", "confidence", "accuracy"]].to_csv(reliability, index=False, float_format="%.10g")


def _rows(paths: pd.Series, source_language: str, scalings: list[str], correctness: str, bins: int) -> Iterator[dict]:
    """Compute the bins of one model's cells, for each seed and, if there are several, for all seeds together."""
    tables = {path.stem.removeprefix("seed"): _answers(path, correctness) for path in paths}
    if len(tables) > 1:
        tables["all"] = pd.concat(tables.values())
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


def _languages(table: pd.DataFrame, source_language: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Group the languages: each alone, all together, and all but the source language together."""
    yield from table.groupby("language")
    yield "all", table
    abroad = table[table.language != source_language]
    if not abroad.empty:
        yield "zero_shot", abroad


if "snakemake" in globals():
    run_job(main, snakemake)
