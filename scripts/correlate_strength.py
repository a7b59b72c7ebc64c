"""Correlate changes of calibration with how strong the perturbations were, as measured on the perturbed items."""

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from stiltcal.calibration.hierarchy import rank_correlation
from stiltcal.calibration.multiplicity import add_holm
from stiltcal.calibration.predictions import write_rows
from stiltcal.jobs import job
from stiltcal.perturb.measures import MEASURES

_KEYS = ["effect", "intermediate", "target", "unit", "scaling", "metric"]
#: Perturbations that a correlation needs: four have 24 orders, and no two-sided p below 0.05.
_FEWEST = 5
_COLUMNS = (*_KEYS, "measure", "rho", "p", "p_holm", "n")


def main(comparisons: str, perturbed: list[str], output: str, *, source_language: str, metric: str) -> None:
    """Write Spearman's correlation, over perturbations, of the zero-shot change of `metric` with each measure.

    `perturbed`: files `.../{target}/{perturbation}/{language}.parquet`. The changes are those by the perturbation
    without intermediate training, and the interactions. A measure's value is its mean over the kept items of a
    language, and over the zero-shot languages, each counting once. Fewer than five perturbations have no row. p is
    corrected within a target, effect, unit and scaling.
    """
    strength = _strength(perturbed, source_language)
    table = pd.read_csv(comparisons, keep_default_na=False)
    asked = (table.effect == "interaction") | ((table.effect == "perturbation") & (table.intermediate == "none"))
    table = table[asked & (table.metric == metric) & (table.language == "zero_shot")]
    rows = [row for keys, group in table.groupby(_KEYS) for row in _correlations(keys, group, strength)]
    add_holm(rows, itemgetter("target", "effect", "unit", "scaling"))
    write_rows(output, _COLUMNS, sorted(rows, key=lambda row: [row[name] for name in (*_KEYS, "measure")]))


def _strength(perturbed: list[str], source_language: str) -> pd.DataFrame:
    """The measures of every target and perturbation."""
    rows = []
    for path in map(Path, perturbed):
        target, perturbation, language = *path.parts[-3:-1], path.stem
        if language != source_language and perturbation != "clean":
            items = pq.read_table(path, columns=["status", *MEASURES]).to_pandas()
            means = items.loc[items.status == "kept", list(MEASURES)].astype(float).mean()
            rows.append({"target": target, "perturbation": perturbation, **means})
    columns = ["target", "perturbation", *MEASURES]
    return pd.DataFrame(rows, columns=columns).groupby(["target", "perturbation"]).mean()


def _correlations(keys: tuple, group: pd.DataFrame, strength: pd.DataFrame) -> Iterator[dict]:
    """Of one model's changes with every measure that enough perturbations have."""
    joined = group.join(strength, on=["target", "perturbation"])
    for measure in MEASURES:
        pairs = joined[["difference", measure]].dropna()
        if len(pairs) >= _FEWEST:
            rho, p = rank_correlation(pairs.difference, pairs[measure])
            yield dict(zip(_KEYS, keys, strict=True)) | {"measure": measure, "rho": rho, "p": p, "n": len(pairs)}


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.comparisons, snakemake.input.perturbed, snakemake.output.strength, **snakemake.params)
