"""Synthetic gains and claims, and the tables of a synthetic study as the entry script writes them."""

from pathlib import Path

import pandas as pd

import make_tables
from stiltcal.formats.results import ALL, BEST, CLAIMS, GAINS

ROOT = Path(__file__).parents[2]
FAMILIES = ("qa", "classification", "tagging", "retrieval")
#: The tables of a study with intermediate tasks, but for those of a target, with their captions in report/.
CAPTIONS = {f"hypotheses_{key}": "hypotheses_table" for key in FAMILIES} | {
    name: f"{name}_table"
    for name in (
        *("stilts", "scores", "calibration", "perturbations", "perturbation_scores", "scalings"),
        *("claims", "data", "settings", "trainings", "cost"),
    )
}
LANGUAGES = ["qaa", "qab", "qac"]
SETTINGS = {
    "encoder": "folder: my_encoder",
    "intermediates": ["none", "squad_v1"],
    "perturbations": ["clean", "mirror_tree-1.0"],
}
TRAINING = {"learning_rate": 5.0e-4, "batch_size": 32, "epochs": 2, "max_steps": None, "warmup": 0.1}
TRAININGS = [
    {"phase": "intermediate", "name": "squad_v1+mlm", **TRAINING, "weight_decay": 0.01},
    {"phase": "target", "name": "mnli", **TRAINING},
]


def gains_of(grid) -> pd.DataFrame:
    """A `gains.csv`: gains that grow with the place of the intermediate task; the first is a loss, and significant."""
    rows = []
    for place, name in enumerate([*grid.intermediates, *([BEST] if grid.intermediates[1:] else [])]):
        for target in (*grid.targets, ALL):
            row = {"intermediate": name, "target": target, "dev_score": 0.5, "score": 0.6 + place / 100}
            row |= {"n": grid.n, "languages": 3}
            if name != "none":
                gain = (place - 2) / 20
                row |= {"estimate": gain, "low": gain - 0.03, "high": gain + 0.03, "p": 0.01 if place == 1 else 0.5}
            rows.append(row)
    return pd.DataFrame(rows).reindex(columns=GAINS)


def claims_of(grid) -> pd.DataFrame:
    """A `claims.csv`: one claim that holds, and one that cannot be tested."""
    shared = {"statistic": "mean", "level": 0.05, "seeds": 1}
    tested = {"estimate": 0.0521, "low": 0.0267, "high": 0.0776, "parts": 3, "parts_as_claimed": 2}
    rows = [
        {"claim": "tydiqa", "says": "above", "limit": 0.0, "verdict": "holds here", **tested},
        {
            "claim": "xnli",
            "says": "below",
            "limit": 0.01,
            "verdict": "not testable",
            "reason": "the study lacks 100 % of xnli",
        },
    ]
    return pd.DataFrame([shared | row for row in rows]).reindex(columns=CLAIMS)


def write_tables(folder: Path, results, seed: str = "1", **changes) -> None:
    """Write all tables of a synthetic study into a folder. changes: other arguments of the entry script."""
    captions = dict(CAPTIONS)
    if results.intermediates == ["none"]:
        captions = {name: text for name, text in captions.items() if text not in ("hypotheses_table", "stilts_table")}
    captions |= {f"languages_{target}": "languages_table" for target in results.targets}
    read = "scores comparisons best_per_target gains claims primary unknown_tokens contamination".split()
    targets = {
        name: task | {"train_set": None if task["kind"] in ("mining", "retrieval") else "mnli", "languages": LANGUAGES}
        for name, task in results.targets.items()
    }
    arguments = {
        **{name: str(getattr(results, name)) for name in read},
        "tex": [str(folder / f"{name}.tex") for name in captions],
        "csv": [str(folder / f"{name}.csv") for name in captions],
        "captions": [str(folder / f"{name}.caption.tex") for name in captions],
        "texts": [(ROOT / "report" / f"{text}.rst").read_text(encoding="utf-8") for text in captions.values()],
        "intermediates": results.intermediates,
        "intermediate": results.intermediates[-1],
        "targets": targets,
        "perturbations": results.perturbations,
        "perturbation": "mirror_tree-1.0",
        "level": 0.05,
        "models": len(results.intermediates),
        "settings": SETTINGS,
        "trainings": TRAININGS,
        "seed": seed,
    }
    make_tables.main(**arguments | changes)
