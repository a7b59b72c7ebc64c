"""Time scoring and comparing the targets of a study, on synthetic predictions in the shape of its grid.

A target is one job; the jobs of several targets share the cores.

    python benchmarks/bench_scoring.py                                    # the default grid, all nine targets
    python benchmarks/bench_scoring.py --perturbations 25 --items 100 --targets xquad panx
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import score_predictions
from stiltcal.calibration.estimators import METRICS
from stiltcal.formats.items import write_table
from stiltcal.tasks.load import load_tasks

ROOT = Path(__file__).parents[1]
#: Words of a sentence, and what a tagging task's gold tags are drawn from.
WORDS, TAGS = 10, {"udpos": ("NOUN", "VERB", "ADJ", "DET"), "panx": ("O", "O", "B-PER", "B-LOC", "I-LOC")}


def rows_of(target: str, kind: str, language: str, perturbation: str, items: int, generator) -> pa.Table:
    """A cell; predictions are right with chance confidence^1.5."""
    words = WORDS if kind == "tagging" else 1
    item, n = np.repeat(np.arange(items), words), items * words
    confidence = generator.beta(3, 1, n).round(6)
    options = np.array(TAGS.get(target, ("a", "b")))
    gold = generator.integers(len(options), size=n)
    prediction = np.where(generator.random(n) < confidence**1.5, gold, (gold + 1) % len(options))
    names, correct = np.char.mod("i%d", item), options[gold] == options[prediction]
    columns = {
        "id": names,
        "cluster": np.char.mod("c%d", item // 3) if kind == "qa" else names,
        "unit": np.full(n, "token" if kind == "tagging" else "item"),
        "position": np.tile(np.arange(words, dtype=np.int32), items),
        "gold": options[gold],
        "prediction": options[prediction],
        "correct": correct,
        "score": correct.astype(float),
        "selected": np.ones(n, dtype=bool),
        "confidence": confidence,
        "confidence_source": (confidence**1.3).round(6),
    }
    table = pa.table({"language": np.full(n, language), "perturbation": np.full(n, perturbation), **columns})
    return pa.concat_tables([table, _entities(table)]) if target == "panx" else table


def _entities(tokens: pa.Table) -> pa.Table:
    """Rows of the entities that begin with a predicted B-, as long as a token."""
    begins = [tag.startswith("B-") for tag in tokens["prediction"].to_pylist()]
    found = tokens.filter(pa.array(begins))
    return found.set_column(found.column_names.index("unit"), "unit", pa.array(["entity"] * len(found)))


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
        path = folder / "predictions" / (f"i{number}" if number else "none") / target / "seed1.parquet"
        write_table(path, pa.concat_tables(cells))
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
    parser.add_argument("--languages", type=int, default=len(config["languages"]["default"]))
    parser.add_argument("--perturbations", type=int, default=len(config["perturbations"]))
    parser.add_argument("--items", type=int, default=config["miniature"]["sizes"]["default"]["test"])
    parser.add_argument("--resamples", type=int, default=config["scores"]["resamples"])
    options = parser.parse_args()
    settings = {"source_language": "l0", "scalings": ["none", "source"]}
    settings |= {"metrics": options.metrics, "metric": options.metrics[0], "resamples": options.resamples}
    total = 0.0
    for target in options.targets:
        with tempfile.TemporaryDirectory() as folder:
            paths = write_predictions(Path(folder), target, kinds[target], options)
            start = time.perf_counter()
            score_predictions.main(
                predictions=paths,
                perturbed=[],
                **{name: f"{folder}/{name}.csv" for name in ("scores", "comparisons", "strength", "measured")},
                kind=kinds[target],
                **settings,
            )
            seconds = time.perf_counter() - start
        total += seconds
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{target}: {seconds:.1f} s, peak so far {peak:.2f} GiB", flush=True)
    print(f"all: {total:.0f} s on one core")


if __name__ == "__main__":
    main()
