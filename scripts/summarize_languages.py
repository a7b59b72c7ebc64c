"""Summarize changes of calibration over zero-shot languages, with word-order distance from the source as covariate."""

import json
from operator import itemgetter
from pathlib import Path

import pandas as pd

from stiltcal.formats.results import read_table
from stiltcal.formats.rows import write_rows
from stiltcal.scoring.hierarchy import LanguageModel, over_languages
from stiltcal.scoring.multiplicity import add_holm
from stiltcal.support.jobs import run_job
from stiltcal.syntax.word_order import word_order_distance

_KEYS = ["effect", "target", "unit", "scaling", "metric"]
_PARTS = [f"{part}{end}" for part in ("level", "slope") for end in ("", "_low", "_high")]
_COLUMNS = (*_KEYS, *_PARTS, "p", "p_holm", "between", "languages", "n")


def main(
    *,
    comparisons: str,
    hierarchy: str,
    distances: str,
    word_order: list[str],
    source_language: str,
    metric: str,
    external: list[str] = (),
) -> None:
    """Write a two-level summary of `comparisons` for every target and effect, and the `distances` that it uses.

    word_order: statistics of languages, {language}.json; languages without a file are left out. The table is empty if
    fewer than three languages besides the source language have one. external: systems that are left out, because the
    summary is about intermediate training.
    """
    statistics = {Path(path).stem: json.loads(Path(path).read_text(encoding="utf-8")) for path in word_order}
    source = statistics.pop(source_language, None)
    found = {code: word_order_distance(source, each) for code, each in statistics.items()} if source else {}
    write_rows(distances, ("language", "distance"), [{"language": c, "distance": d} for c, d in sorted(found.items())])
    table = read_table(comparisons, [*_KEYS, "intermediate", "perturbation", "language", "estimate"])
    table = table[~table.intermediate.isin(external)]
    table = table[(table.metric == metric) & table.language.isin(found) & _told(table)]
    rows = []
    for keys, group in table.groupby(_KEYS):
        group = _in_all_languages(group)
        distance = group.language.map(found)
        if group.language.nunique() >= 3 and distance.nunique() > 1:
            summary = over_languages(group.estimate, group.language, distance)
            rows.append(dict(zip(_KEYS, keys, strict=True)) | _columns(summary))
    add_holm(rows, itemgetter("effect", "scaling"))
    write_rows(hierarchy, _COLUMNS, rows)


def _told(table: pd.DataFrame) -> pd.Series:
    """Select the comparisons that the finding reports: intermediate training on clean text, perturbations without it,
    and the interaction."""
    return (
        ((table.effect == "intermediate") & (table.perturbation == "clean"))
        | ((table.effect == "perturbation") & (table.intermediate == "none"))
        | (table.effect == "interaction")
    )


def _in_all_languages(group: pd.DataFrame) -> pd.DataFrame:
    """Select the changes that all languages have: means over different perturbations are not comparable."""
    languages = group.groupby(["intermediate", "perturbation"]).language.transform("nunique")
    return group[languages == group.language.nunique()]


def _columns(summary: LanguageModel) -> dict[str, float]:
    numbers = dict(zip(_PARTS, (*summary.level, *summary.slope), strict=True))
    return numbers | {name: getattr(summary, name) for name in ("p", "between", "languages", "n")}


if "snakemake" in globals():
    run_job(main, snakemake)
