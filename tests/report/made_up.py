"""Synthetic results in the form of docs/data_formats.md: a small study with one cell that was not run."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from stiltcal.report.labels import family_order

from .declared import best_of, contrasts_of, primary_of, unknown_tokens_of
from .tabulated import claims_of, gains_of

TARGETS = {
    "xquad": {"kind": "qa", "metrics": ["exact_match", "f1"]},
    "mlqa": {"kind": "qa", "metrics": ["exact_match", "f1"]},
    "tydiqa": {"kind": "qa", "metrics": ["exact_match", "f1"]},
    "xnli": {"kind": "classification", "metrics": ["accuracy"]},
    "pawsx": {"kind": "classification", "metrics": ["accuracy"]},
    "udpos": {"kind": "tagging", "metrics": ["f1"]},
    "panx": {"kind": "tagging", "metrics": ["f1"]},
    "bucc": {"kind": "mining", "metrics": ["f1"]},
    "tatoeba": {"kind": "retrieval", "metrics": ["accuracy"]},
}
GUESSING = {"classification": 0.34, "qa": 0.17, "tagging": 0.21, "retrieval": 0.01, "mining": 0.0}
UNITS = {"udpos": ["token"], "panx": ["token", "entity"]}
ALTERNATING = (-1.0, 0.2, 1.0)  # how intermediate tasks move the ECE of the synthetic study, in turn


def study(**changes) -> SimpleNamespace:
    """The grid of a synthetic study; `missing` lists (target, perturbation) pairs that were not run."""
    grid = {
        "intermediates": ["none", "mnli", "squad_v1", "multi"],
        "targets": {name: TARGETS[name] for name in ("xquad", "xnli", "panx", "bucc")},
        "perturbations": ["clean", "reverse-1.0", "mirror_tree-1.0"],
        "languages": ["qaa", "qab", "qac"],
        "missing": [("bucc", "mirror_tree-1.0")],
        "n": 200,
        "effect": 0.06,
    }
    return SimpleNamespace(**(grid | changes))


def _cells(grid) -> pd.DataFrame:
    rows = [
        (intermediate, target, perturbation, language, unit, scaling)
        for intermediate in grid.intermediates
        for target in grid.targets
        for perturbation in grid.perturbations
        for language in [*grid.languages, "zero_shot", "all"]
        for unit in UNITS.get(target, ["item"])
        for scaling in ("none", "source")
        if (target, perturbation) not in grid.missing
    ]
    return pd.DataFrame(rows, columns=["intermediate", "target", "perturbation", "language", "unit", "scaling"])


def _values(cells: pd.DataFrame, grid, generator) -> pd.DataFrame:
    """True ECE and task score of every cell, built from additive parts."""
    index = {name: i for i, name in enumerate(grid.intermediates)}
    step = {p: i / max(1, len(grid.perturbations) - 1) for i, p in enumerate(grid.perturbations)}
    moved = cells.intermediate.map(lambda name: ALTERNATING[index[name] % 3] if name != "none" else 0.0)
    strength = cells.perturbation.map(step)
    abroad = (cells.language != grid.languages[0]).astype(float)
    ece = 0.03 + 0.2 * abroad + 0.1 * strength + grid.effect * moved * (0.6 + strength) * abroad
    ece = ece * np.where(cells.scaling == "source", 0.7, 1.0)
    score = 0.9 - 0.4 * abroad - 0.2 * strength + 0.03 * moved
    noise = generator.normal(0, 0.008, (2, len(cells)))
    return cells.assign(ece=np.clip(ece + noise[0], 0.002, 0.9), score=np.clip(score + noise[1], 0.02, 0.99))


def scores_of(grid, seed: int = 0) -> pd.DataFrame:
    """`scores.csv` of a synthetic study."""
    cells = _values(_cells(grid), grid, np.random.default_rng(seed))
    cells["n"] = np.where(cells.language == "zero_shot", grid.n * (len(grid.languages) - 1), grid.n)
    cells.loc[cells.language == "all", "n"] = grid.n * len(grid.languages)
    parts = [cells.assign(metric="ece_width_15", value=cells.ece), cells.assign(metric="brier", value=cells.ece / 2)]
    plain = cells[cells.scaling == "none"]
    for target, task in grid.targets.items():
        rows = plain[plain.target == target]
        parts += [rows.assign(metric=metric, value=rows.score) for metric in task["metrics"]]
        parts += [rows.assign(metric="token_accuracy", value=rows.score)] if task["kind"] == "tagging" else []
        parts.append(rows.assign(metric="guessing", value=GUESSING[task["kind"]]))
    scores = pd.concat(parts).assign(seed=1)
    half = np.where(scores.metric == "guessing", 0.0, 0.5 / np.sqrt(scores.n))
    scores["estimate"] = np.where(
        scores.metric == "ece_width_15", (scores.value - half / 3).clip(lower=0), scores.value
    )
    scores["low"], scores["high"] = np.clip(scores.estimate - half, 0, 1), np.clip(scores.estimate + half, 0, 1)
    columns = ["intermediate", "target", "perturbation", "language", "seed", "unit", "scaling", "metric"]
    return scores[[*columns, "value", "estimate", "low", "high", "n"]].sort_values(columns).round(6)


def comparisons_of(scores: pd.DataFrame) -> pd.DataFrame:
    """`comparisons.csv` that follows from a synthetic `scores.csv` (normal intervals, Bonferroni for Holm)."""
    keys = ["intermediate", "target", "perturbation", "language", "unit", "scaling", "metric"]
    rows = scores[scores.metric != "guessing"][[*keys, "value", "n"]]  # the estimates are a little larger

    def against(frame, column, reference):
        base = frame[frame[column] == reference].drop(columns=[column, "n"])
        merged = frame[frame[column] != reference].merge(base, on=[k for k in keys if k != column])
        return merged.assign(value=merged.value_x - merged.value_y).drop(columns=["value_x", "value_y"])

    by_text = against(rows, "perturbation", "clean")
    parts = {
        "intermediate": against(rows, "intermediate", "none"),
        "perturbation": by_text,
        "interaction": against(by_text, "intermediate", "none"),
    }
    table = pd.concat([part.assign(effect=effect) for effect, part in parts.items()])
    half = 0.6 / np.sqrt(table.n)
    table = table.rename(columns={"value": "difference"})
    table["estimate"] = table.difference * 1.1
    table["low"], table["high"] = table.estimate - half, table.estimate + half
    table["p"] = np.exp(-3 * (table.estimate / half).abs()).clip(lower=0.0005)
    table["p_holm"] = (table.p * 20).clip(upper=1.0)
    return table[["effect", *keys, "difference", "estimate", "low", "high", "p", "p_holm", "n"]].sort_values(
        ["effect", *keys]
    )


def reliability_of(grid, seed: int = 0) -> pd.DataFrame:
    """`reliability.csv` of a synthetic study: 15 bins, over-confident away from the source language."""
    generator = np.random.default_rng(seed)
    cells = _cells(grid)
    tables = []
    for bin_ in range(15):
        low, high = bin_ / 15, (bin_ + 1) / 15
        gap = np.where(cells.language == grid.languages[0], 0.02, 0.2) * low
        gap = gap + 0.15 * low * (cells.perturbation != "clean")
        n = generator.poisson(grid.n * (0.02 + 0.2 * low**4), len(cells)) * np.where(bin_ == 1, 0, 1)
        accuracy = np.clip(low + 0.03 - gap + generator.normal(0, 0.03, len(cells)), 0, 1)
        tables.append(cells.assign(bin=bin_, low=low, high=high, n=n, confidence=low + 0.03, accuracy=accuracy))
    table = pd.concat(tables).assign(seed=1)
    table.loc[table.n == 0, ["confidence", "accuracy"]] = np.nan
    keys = ["intermediate", "target", "perturbation", "language", "seed", "unit", "scaling", "bin"]
    return table[[*keys, "low", "high", "n", "confidence", "accuracy"]].sort_values(keys).round(6)


def curves_of(reliability: pd.DataFrame, grid) -> pd.DataFrame:
    """`curves.csv` of a synthetic study: the bins, a line through them, and a risk that grows with coverage."""
    rows = reliability[(reliability.n > 0) & reliability.language.isin(["qaa", "zero_shot"])]
    bins = rows.assign(curve="bins", x=rows.confidence, share=rows.accuracy)
    families = {target: heading for heading, members in family_order(grid.targets).items() for target in members}
    parts = [
        bins,
        bins.assign(curve="smooth"),
        bins.assign(curve="risk", share=1 - rows.accuracy * (1 - rows.confidence / 2)),
    ]
    table = pd.concat([*parts, *(part.assign(target=part.target.map(families)) for part in parts)])
    table = table.assign(low=(table.share - 0.05).clip(lower=0), high=(table.share + 0.05).clip(upper=1))
    keys = ["intermediate", "target", "perturbation", "language", "seed", "unit", "scaling", "curve", "x"]
    return table.drop_duplicates(keys)[[*keys, "n", "share", "low", "high"]].sort_values(keys)


def measured_of(grid) -> pd.DataFrame:
    """Measured strengths of all targets: the share of tokens that moved."""
    rows = [
        {"target": target, "measure": "reached", "perturbation": name, "strength": 0.2 * place}
        for target in grid.targets
        for place, name in enumerate(grid.perturbations)
        if place and (target, name) not in grid.missing
    ]
    return pd.DataFrame(rows)


def hierarchy_of(comparisons: pd.DataFrame) -> pd.DataFrame:
    """`hierarchy.csv`: slopes that are as large as the effects of a target's first model."""
    rows = comparisons[(comparisons.language == "zero_shot") & (comparisons.metric == "ece_width_15")]
    rows = rows.groupby(["effect", "target", "unit", "scaling", "metric"], as_index=False).first()
    numbers = {"slope": rows.difference, "slope_low": rows.low, "slope_high": rows.high, "languages": 2}
    columns = ["effect", "target", "unit", "scaling", "metric", *numbers, "p_holm"]
    return rows.assign(**numbers)[columns]


def strength_of(comparisons: pd.DataFrame) -> pd.DataFrame:
    """`strength.csv`: slopes over two measures, of which one is decided."""
    rows = comparisons[(comparisons.language == "zero_shot") & (comparisons.metric == "ece_width_15")]
    alone = (rows.effect == "perturbation") & (rows.intermediate == "none")
    keys = ["effect", "intermediate", "target", "unit", "scaling", "metric"]
    rows = rows[alone | (rows.effect == "interaction")].groupby(keys, as_index=False).first()
    numbers = {"p": 0.01, "n": 2}
    parts = [
        rows.assign(measure=measure, slope=slope, low=slope - 0.1, high=slope + 0.1, p_holm=p, **numbers)
        for measure, slope, p in (("reached", 0.12, 0.01), ("chrf", -0.05, 0.2))
    ]
    return pd.concat(parts)[[*keys, "measure", "slope", "low", "high", "p", "p_holm", "n"]]


def contamination_of(grid) -> pd.DataFrame:
    """One test set whose text a training set holds, and others that are clean."""
    evaluations = [f"{target}/test/qaa" for target in grid.targets]
    counts = {"field": "context", "texts": 9, "exact": 0, "near": 0, "known_article": 4, "same_article": 0}
    table = pd.DataFrame({"train": "squad_v1/train/qaa", "evaluation": evaluations, **counts, "closest": 0.5})
    table.loc[table.evaluation == "xquad/test/qaa", "same_article"] = 3
    return table


def write_results(folder: Path, grid) -> SimpleNamespace:
    """Write the tables of a synthetic study into a folder; returns the grid with their paths."""
    scores = scores_of(grid)
    comparisons = comparisons_of(scores)
    tables = {"scores": scores, "comparisons": comparisons, "reliability": reliability_of(grid)}
    tables |= {"curves": curves_of(tables["reliability"], grid), "measured": measured_of(grid)}
    tables |= {"hierarchy": hierarchy_of(comparisons), "strength": strength_of(comparisons)}
    tables["parsers"] = pd.DataFrame({"language": ["qaa", "qab"], "n": 100, "las": [0.8125, 0.7]})
    tables["contamination"] = contamination_of(grid)
    tables["distances"] = pd.DataFrame({"language": ["qac", "qab"], "distance": [0.1, 0.3]})
    tables |= {"unknown_tokens": unknown_tokens_of(grid), "best_per_target": best_of(grid)}
    tables |= {"primary": primary_of(grid), "contrasts": contrasts_of(grid)}
    tables |= {"gains": gains_of(grid), "claims": claims_of(grid)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6f")
    return SimpleNamespace(**vars(grid), **{name: folder / f"{name}.csv" for name in tables})
