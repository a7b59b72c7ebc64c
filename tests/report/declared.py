"""Synthetic hypotheses, verdicts and contrasts in the form of docs/data_formats.md."""

import pandas as pd

from stiltcal.formats.results import BEST_PER_TARGET, CONTRASTS, PRIMARY
from stiltcal.report.labels import family_order


def hypotheses_of(grid) -> dict:
    """The declared hypotheses of a synthetic study, as `stiltcal.study.hypotheses.Hypotheses.declared`."""
    families = family_order(grid.targets)
    classes = {"syntax": ["mirror_tree-1.0"], "reordered": ["mirror_tree-1.0"], "control": ["reverse-1.0"]}
    settings = {"metric": "ece_width_15", "scaling": "none", "margin": 0.05, "level": 0.05, "resamples": 1000}
    return {"families": families, "classes": classes, **settings}


#: (verdict, estimate, half of the interval, adjusted p) of the intermediate tasks, in turn.
VERDICTS = (
    ("degrades", 0.0771, 0.03, 0.000999),
    ("improves", -0.064, 0.04, 0.012),
    ("inconclusive", 0.03, 0.05, 0.4),
    ("equivalent", 0.001, 0.02, 1.0),
)


def primary_of(grid, turn: int = 0) -> pd.DataFrame:
    """`primary.csv`: verdicts in turn, from the one of number `turn`; retrieval has lost the task, and no trees."""
    declared = hypotheses_of(grid)
    counts = {"clusters": 80, "languages": 2, "targets": 1, "perturbations": 1, "seeds": 1}
    settings = {name: declared[name] for name in ("metric", "scaling", "margin", "level")}
    rows = []
    for family in declared["families"]:
        for class_ in declared["classes"]:
            for place, name in enumerate(grid.intermediates[1:]):
                verdict, estimate, half, p = VERDICTS[(place + turn) % len(VERDICTS)]
                lost = family == "Sentence retrieval"
                reason = f"f1 after {name} is not above chance level on bucc" if lost else None
                row = {"name": f"{family[:2]}/{class_}/{name}", "family": family, "class": class_, "intermediate": name}
                row |= {"estimate": estimate, "low": estimate - half, "high": estimate + half, "p": p, "n": 2 * grid.n}
                row |= {
                    "verdict": "task lost" if lost else verdict,
                    "reason": reason,
                    "smallest_detectable": half * 1.4,
                }
                if not (lost and class_ != "control"):
                    rows.append(row | settings | counts)
    return pd.DataFrame(rows, columns=PRIMARY).round(6)


def contrasts_of(grid, turn: int = 0) -> pd.DataFrame:
    """`contrasts.csv` that belongs to `primary_of`: Brier falls where the error rises."""
    rows = []
    quantities = {"error": 1, "error_clean": 0.7, "error_interaction": 0.3, "task_score": -0.4}
    quantities |= {
        "task_score_clean": -0.2,
        "brier": -0.3,
        "nll": 2.0,
        "signed_gap": 1.1,
        "miscalibration": 0.9,
        "discrimination": 0.1,
    }
    quantities |= {"error_matched": 0.8, "logit_interaction": -3.0}
    for (family, class_), part in _judged(grid, turn):
        keys = {"family": family, "class": class_, "n": 400, "clusters": 80}
        levels = {"error": 0.2, "error_clean": 0.1, "task_score": 0.4, "task_score_clean": 0.6, "miscalibration": 0.02}
        for name, value in levels.items():
            level = {"intermediate": "none", "quantity": name, "estimate": value, "low": value / 2, "high": value * 1.4}
            rows.append(keys | level)
        for row in part.itertuples():
            for name, factor in quantities.items():
                value, half = row.estimate * factor, (row.high - row.low) / 2 * abs(factor)
                numbers = {"estimate": value, "low": value - half, "high": value + half, "p": row.p}
                rows.append(keys | {"intermediate": row.intermediate, "quantity": name} | numbers)
    return pd.DataFrame(rows, columns=CONTRASTS).round(6)


def _judged(grid, turn: int):
    """Families and classes with the rows of `primary_of`; without intermediate tasks there are no rows."""
    if len(grid.intermediates) > 1:
        return primary_of(grid, turn).groupby(["family", "class"], sort=False)
    declared = hypotheses_of(grid)
    keys = [(family, class_) for family in declared["families"] for class_ in declared["classes"]]
    missing = "Sentence retrieval"
    return [(key, primary_of(grid)) for key in keys if key[0] != missing or key[1] == "control"]


def unknown_tokens_of(grid) -> pd.DataFrame:
    """All tokens are known but some of one target in one language."""
    cells = [(t, p, code) for t in grid.targets for p in grid.perturbations for code in ("qaa", "qac")]
    table = pd.DataFrame(cells, columns=["target", "perturbation", "language"]).assign(tokens=1000, unknown_tokens=0)
    table.loc[(table.target == "xquad") & (table.language == "qac"), "unknown_tokens"] = 125
    table.loc[(table.target == "xnli") & (table.language == "qac"), "unknown_tokens"] = 50
    return table.assign(share=table.unknown_tokens / table.tokens)


def best_of(grid) -> pd.DataFrame:
    """A best_per_target.csv in which SQuAD v1 is the best of each target; empty without intermediate tasks."""
    targets = list(grid.targets) if grid.intermediates[1:] else []
    return pd.DataFrame({"target": targets, "intermediate": "squad_v1"}).reindex(columns=BEST_PER_TARGET)
