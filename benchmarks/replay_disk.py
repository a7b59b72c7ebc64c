"""Replay the schedule of a study, and print the disk that its models and checkpoints need for each `keep_models`.

    PYTHONPATH=scripts python benchmarks/replay_disk.py config/paper.yaml [more.yaml ...] [--slots 1 4 8 16 100]

The jobs are those of a dry run. They start as Snakemake's greedy scheduler starts them: of the jobs that are ready,
first those with the highest priority, then those that read the largest models that will be removed. A job takes the
time that its rule declares (`runtime`), and one slot of `--jobs`. A training holds its model and a checkpoint of four
times its size (weights, two moments, best weights) from its start to its end. Models of an encoder that is not fetched
yet are taken for XLM-R Large's. Nothing else is counted: no items, predictions or results.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from pathlib import Path
from typing import NamedTuple

import yaml
from snakemake.utils import update_config

from stiltcal.study.load import JobResources, Parameters, load_study

ROOT = Path(__file__).parents[1]
#: Parts of the paths of models that are removed, by setting.
REMOVED = {"all": (), "encoders": ("/models/target/",), "none": ("/models/target/", "/models/intermediate/")}
MODELS = REMOVED["none"]
#: Size of a checkpoint in models.
CHECKPOINT = 4
PART = re.compile(r"^    (input|output|priority|resources): (.*)", re.MULTILINE)


class Job(NamedTuple):
    """A job of a dry run; minutes: its declared time."""

    inputs: frozenset[str]
    outputs: frozenset[str]
    priority: int
    minutes: int

    def models(self) -> list[str]:
        """Return the models that the job trains."""
        return [path for path in self.outputs if any(part in path for part in MODELS)]


def dry_run(files: Iterable[str]) -> list[Job]:
    """Return the jobs of a study from nothing, with the priorities of a study that removes models."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "none.yaml").write_text("keep_models: none\n", encoding="utf-8")
        overlay = [*(str(Path(name).resolve()) for name in files), f"{folder}/none.yaml"]
        command = [sys.executable, "-m", "snakemake", "--dry-run", "--directory", folder, "--configfile", *overlay]
        text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [_job(block) for block in re.split(r"\n(?=(?:local)?rule \w+:\n)", text)[1:]]


def _job(block: str) -> Job:
    parts = dict(PART.findall(block.split("\n\n")[0]))
    paths = {name: re.sub(r" \(\w+\)", "", parts.get(name, "")).split(", ") for name in ("input", "output")}
    inputs, outputs = (frozenset(filter(None, paths[name])) for name in ("input", "output"))
    minutes = re.search(r"runtime=(\d+)", parts["resources"])
    return Job(inputs, outputs, int(parts.get("priority", 0)), int(minutes[1]) if minutes else 1)


def replay(jobs: list[Job], setting: str, slots: int) -> tuple[int, int]:
    """Return the largest number of models that are on the disk at once: without checkpoints, and with them."""
    made = {path for job in jobs for path in job.outputs}
    trained = {path for job in jobs for path in job.models()}
    removed = [path for path in trained if any(part in path for part in REMOVED[setting])]
    readers = {path: sum(path in job.inputs for job in jobs) for path in removed}
    waiting = {number: set(job.inputs & made) for number, job in enumerate(jobs)}
    running: list[tuple[int, int]] = []
    now = kept = training = most = most_with = 0

    rewards = [(job.priority, len(job.inputs & readers.keys()), len(job.inputs & trained)) for job in jobs]
    while waiting or running:
        ready = [number for number, missing in waiting.items() if not missing]
        ready.sort(key=rewards.__getitem__, reverse=True)
        for number in ready[: slots - len(running)]:
            del waiting[number]
            heappush(running, (now + jobs[number].minutes, number))
            kept, training = kept + len(jobs[number].models()), training + len(jobs[number].models())
        most, most_with = max(most, kept), max(most_with, kept + CHECKPOINT * training)
        now, number = heappop(running)
        training -= len(jobs[number].models())
        for missing in waiting.values():
            missing -= jobs[number].outputs
        for path in jobs[number].inputs & readers.keys():
            readers[path] -= 1
            kept -= readers[path] == 0
    return most, most_with


def model_size(files: Iterable[str]) -> float:
    """Return the size of a model of the study in GB."""
    config: dict = {}
    for name in (ROOT / "config.yaml", *files):
        update_config(config, yaml.safe_load(Path(name).read_text(encoding="utf-8")))
    needs = JobResources(Parameters(load_study(config, ROOT)), gpus=True)
    return 4 * needs.encoder.parameters / 1e9


def counts(jobs: list[Job]) -> Mapping[str, int]:
    """Return the numbers of models by phase."""
    return {part.split("/")[2]: sum(part in path for job in jobs for path in job.models()) for part in MODELS}


def main() -> None:
    """Print a table, one row for each setting and number of slots."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", nargs="+")
    parser.add_argument("--slots", nargs="+", type=int, default=[1, 4, 8, 16, 100])
    options = parser.parse_args()
    jobs, size = dry_run(options.config), model_size(options.config)
    print(f"{len(jobs)} jobs; models: {counts(jobs)}, {size:.2f} GB each")
    print("| `keep_models` | jobs at once | models, GB | models and checkpoints, GB |\n|---|---|---|---|")
    for setting in REMOVED:
        for slots in options.slots:
            models, with_checkpoints = replay(jobs, setting, slots)
            print(f"| {setting} | {slots} | {models * size:.0f} | {with_checkpoints * size:.0f} |", flush=True)


if __name__ == "__main__":
    main()
