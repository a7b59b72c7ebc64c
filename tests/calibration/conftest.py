"""Small predictions of a target in the form of docs/data_formats.md; the command run on a file."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stiltcal.formats.items import write_table
from stiltcal.measure.__main__ import main


def rows_of(kind: str, language: str, perturbation: str, n: int, power: float, seed: int) -> list[dict]:
    """Predictions of one cell that are right with chance confidence^power."""
    rng = np.random.default_rng([seed, len(language), sum(map(ord, language + perturbation))])
    rows = []
    for i in range(n):
        for position in range(4 if kind == "tagging" else 1):
            confidence = rng.random()
            correct = bool(rng.random() < confidence**power)
            gold = ("B-PER", "I-PER", "O", "B-LOC")[position] if kind == "tagging" else "ab"[i % 2]
            rows.append(
                {
                    "language": language,
                    "perturbation": perturbation,
                    "id": f"i{i}",
                    "cluster": f"c{i // 2}",
                    "unit": "token" if kind == "tagging" else "item",
                    "position": position,
                    "gold": gold,
                    "prediction": gold if correct else "O" if gold != "O" else "B-LOC",
                    "correct": correct,
                    "score": float(correct),
                    "selected": True,
                    "confidence": confidence,
                    "confidence_source": confidence**1.2,
                }
            )
    return rows


@pytest.fixture
def write_predictions(tmp_path):
    """A function that writes rows as the predictions of a model and returns the path."""

    def write(rows: list[dict], intermediate: str, target: str = "xnli", seed: int = 1) -> str:
        path = Path(tmp_path) / "predictions" / intermediate / target / f"seed{seed}.parquet"
        write_table(path, pa.Table.from_pylist(rows))
        return str(path)

    return write


@pytest.fixture
def grid(write_predictions):
    """A function that writes the files of a small target of a kind, and returns their paths."""

    def write(kind: str, *, languages=("en", "de", "zh"), seeds=(1,), n=40, reverse=False) -> list[str]:
        paths = []
        for power, intermediate in enumerate(("none", "mnli", "multi")):
            for seed in seeds:
                rows = [
                    row
                    for language in languages
                    for perturbation in ("clean", "reverse-1.0")
                    for row in rows_of(kind, language, perturbation, n, 1 + power / 2, seed)
                ]
                paths.append(write_predictions(rows[::-1] if reverse else rows, intermediate, "xnli", seed))
        return paths

    return write


@pytest.fixture
def show(tmp_path, capsys):
    """A function that writes a file, runs the command on it, and returns (status, JSON or None, error text)."""

    def run(content, name="p.csv", *arguments):
        path = tmp_path / name
        if isinstance(content, dict | pa.Table):
            pq.write_table(content if isinstance(content, pa.Table) else pa.table(content), path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        status = main([str(path), "--resamples", "100", *arguments])
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else None, err

    return run
