"""Replay the schedule of a study, and print the disk that its models and checkpoints need for each `keep_models`.

    PYTHONPATH=scripts python benchmarks/replay_disk.py config/paper.yaml [more.yaml ...] [--slots 1 4 8 16 100]

The jobs are those of a dry run. They start as Snakemake's greedy scheduler starts them: of the jobs that are ready,
first those with the highest priority, then those that read the largest models that will be removed. A job takes the
time that its rule declares (`runtime`), and one slot of `--jobs`. A training holds its model and a checkpoint of four
times its size (weights, two moments, best weights) from its start to its end. Models of an encoder that is not fetched
yet are taken for XLM-R Large's. Nothing else is counted: no items, predictions or results.
"""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from stiltcal.price.dry_run import Job, dry_run
from stiltcal.price.replay import REMOVED, replay
from stiltcal.study.files import laid_over
from stiltcal.study.load import JobResources, Parameters, load_study

ROOT = Path(__file__).parents[1]
PHASES = ("intermediate", "target")


def model_size(files: Iterable[str]) -> float:
    """Return the size of a model of the study in GB."""
    study = load_study(laid_over([ROOT / "config.yaml", *files]), ROOT)
    return 4 * JobResources(Parameters(study), gpus=True).encoder.parameters / 1e9


def counts(jobs: list[Job]) -> Mapping[str, int]:
    """Return the numbers of models by phase."""
    return {name: sum(f"/models/{name}/" in path for job in jobs for path in job.models()) for name in PHASES}


def main() -> None:
    """Print a table, one row for each setting and number of slots."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", nargs="+")
    parser.add_argument("--slots", nargs="+", type=int, default=[1, 4, 8, 16, 100])
    options = parser.parse_args()
    jobs, size = dry_run(ROOT, options.config), model_size(options.config)
    times, places = [job.minutes for job in jobs], ["slot"] * len(jobs)
    print(f"{len(jobs)} jobs; models: {counts(jobs)}, {size:.2f} GB each")
    print("| `keep_models` | jobs at once | models, GB | models and checkpoints, GB |\n|---|---|---|---|")
    for setting in REMOVED:
        for slots in options.slots:
            found = replay(jobs, times, places, {"slot": slots}, setting)
            row = (setting, slots, f"{found.models * size:.0f}", f"{found.with_checkpoints * size:.0f}")
            print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main()
