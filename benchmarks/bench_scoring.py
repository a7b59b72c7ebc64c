"""How long do scoring and comparing a target take? Synthetic predictions in the shape of a study's grid.

One target of each kind of the default study; a target is one job, and the jobs of several targets share the cores.

    python benchmarks/bench_scoring.py                                    # the default grid, all nine targets
    python benchmarks/bench_scoring.py --perturbations 25 --items 100 --targets xquad panx
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import score_predictions
import yaml
from stiltcal.calibration.estimators import METRICS
from stiltcal.tasks.items import write_table
from stiltcal.tasks.spec import load_tasks

#: Words of a sentence, and what a tagging task's gold tags are drawn from.
WORDS, TAGS = 10, {"udpos": ("NOUN", "VERB", "ADJ", "DET"), "panx": ("O", "O", "B-PER", "B-LOC", "I-LOC")}


def rows_of(target: str, kind: str, language: str, perturbation: str, items: int, generator) -> dict[str, np.ndarray]:
    """Columns of a cell, without the units of entities: those are made from the tokens by the model's room."""
    words = WORDS if kind == "tagging" else 1
    item, n = np.repeat(np.arange(items), words), items * words
    confidence = generator.beta(3, 1, n).round(6)
    correct = generator.random(n) < confidence**1.5
    options = np.array(TAGS.get(target, ("a", "b")), dtype=object)
    gold = generator.integers(len(options), size=n)
    prediction = np.where(correct, gold, (gold + 1) % len(options))
    names = np.char.mod("i%d", item)
    return {
        "language": np.full(n, language),
        "perturbation": np.full(n, perturbation),
        "id": names,
        "cluster": np.char.mod("c%d", item // 3) if kind == "qa" else names,
        "unit": np.full(n, "token" if kind == "tagging" else "item"),
        "position": np.tile(np.arange(words, dtype=np.int32), items),
        "gold": options[gold],
        "prediction": options[prediction],
        "correct": options[gold] == options[prediction],
        "score": (options[gold] == options[prediction]).astype(float),
        "selected": np.ones(n, dtype=bool),
        "confidence": confidence,
        "confidence_source": (confidence**1.3).round(6),
    }


def write_predictions(folder: Path, target: str, kind: str, grid: argparse.Namespace) -> list[str]:
    """Predictions of all models of a target; the files."""
    paths = []
    for number in range(grid.intermediates):
        generator = np.random.default_rng([number, *map(ord, target)])
        cells = [
            rows_of(target, kind, f"l{language}", f"p{p}" if p else "clean", grid.items, generator)
            for language in range(grid.languages)
            for p in range(grid.perturbations)
        ]
        table = pa.concat_tables([pa.table(cell) for cell in cells])
        path = folder / "predictions" / (f"i{number}" if number else "none") / target / "seed1.parquet"
        write_table(path, table)
        paths.append(str(path))
    return paths


def main() -> None:
    """Measure and print."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    kinds = {name: task.kind for name, task in load_tasks(ROOT / "tasks").items() if "target" in task.roles}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", nargs="+", choices=kinds, default=config["targets"])
    parser.add_argument("--metrics", nargs="+", choices=METRICS, default=config["scores"]["metrics"])
    parser.add_argument("--intermediates", type=int, default=len(config["intermediates"]))
    parser.add_argument("--languages", type=int, default=len(config["languages"]))
    parser.add_argument("--perturbations", type=int, default=len(config["perturbations"]))
    parser.add_argument("--items", type=int, default=config["miniature"]["sizes"]["test"])
    parser.add_argument("--resamples", type=int, default=config["scores"]["resamples"])
    options = parser.parse_args()
    total = 0.0
    for target in options.targets:
        with tempfile.TemporaryDirectory() as folder:
            paths = write_predictions(Path(folder), target, kinds[target], options)
            start = time.perf_counter()
            score_predictions.main(
                paths,
                f"{folder}/s.csv",
                kind=kinds[target],
                source_language="l0",
                metrics=options.metrics,
                scalings=["none", "source"],
                resamples=options.resamples,
            )
            mid = time.perf_counter()
            import compare_predictions

            compare_predictions.main(
                paths,
                f"{folder}/c.csv",
                kind=kinds[target],
                source_language="l0",
                metrics=options.metrics,
                scalings=["none", "source"],
                resamples=options.resamples,
            )
            seconds = time.perf_counter() - start
            print(mid - start)
        total += seconds
        print(f"{target}: {seconds:.1f} s", flush=True)
    print(f"all: {total:.0f} s on one core, {total / 60:.1f} minutes; two cores take half")


if __name__ == "__main__":
    main()
