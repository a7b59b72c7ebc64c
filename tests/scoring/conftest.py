"""Predictions of two question answering targets, three models, two perturbations and three languages."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stiltcal.formats.items import write_table

MODELS, TARGETS, LANGUAGES = ("none", "mnli", "multi"), ("xquad", "mlqa"), ("en", "de", "zh")
TEXTS = ("clean", "mirror_tree-1.0", "front_adjunct-1.0", "reverse-1.0")
DECLARED = {
    "families": {"Question answering": list(TARGETS)},
    "classes": {
        "syntax": ["mirror_tree-1.0", "front_adjunct-1.0"],
        "reordered": ["mirror_tree-1.0"],
        "control": ["reverse-1.0"],
    },
    "metric": "brier",
    "scaling": "none",
    "margin": 0.05,
    "level": 0.05,
    "resamples": 300,
}


def cell_rows(target, model, language, text, n=40, seed=1, right=None):
    """Items right with a chance that falls with the model's overconfidence; clusters of two items."""
    key = [seed, TARGETS.index(target), MODELS.index(model), LANGUAGES.index(language), TEXTS.index(text)]
    generator = np.random.default_rng(key)
    confidence = generator.uniform(0.3, 1, n)
    chance = confidence ** (1 + MODELS.index(model)) if right is None else np.full(n, right)
    correct = generator.random(n) < chance
    return [
        {
            "language": language, "perturbation": text, "id": f"i{i}", "cluster": f"c{i // 2}", "unit": "item",
            "position": 0, "gold": f"g{i}", "prediction": f"g{i}" if correct[i] else "no", "correct": bool(correct[i]),
            "score": float(correct[i]), "selected": True, "confidence": float(confidence[i]),
        }
        for i in range(n)
    ]  # fmt: skip


def write_study(folder: Path, seeds=(1,), rows=cell_rows, **options) -> list[str]:
    """Write the predictions of a study and return the paths."""
    paths = []
    for model in MODELS:
        for target in TARGETS:
            for seed in seeds:
                table = [
                    row
                    for language in LANGUAGES
                    for text in TEXTS
                    for row in rows(target, model, language, text, seed=seed, **options)
                ]
                paths.append(folder / model / target / f"seed{seed}.parquet")
                write_table(paths[-1], pa.Table.from_pylist(table))
    return list(map(str, paths))


@pytest.fixture(scope="session")
def paths(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("predictions"))


@pytest.fixture(scope="session")
def table(paths):
    """All predictions in one table with columns `model` and `target`."""
    tables = (pd.read_parquet(path).assign(model=Path(path).parts[-3], target=Path(path).parts[-2]) for path in paths)
    return pd.concat(tables, ignore_index=True)
