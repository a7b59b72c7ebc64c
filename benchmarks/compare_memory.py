"""Compare the memory that rules declare with the peak of their jobs in a finished study.

python benchmarks/compare_memory.py [--configfile FILE ...] [--directory FOLDER]

Prints one line for each rule: its jobs, the largest peak (`max_rss` of the benchmark files) and what that job declares,
both in MB, and the smallest and the largest ratio of declaration and peak over the jobs. Marked are peaks above the
declaration, and declarations of more than three times a peak of more than 500 MB; the exit status is then 1. On a
cluster the processes of Snakemake around a job count too: 300 MB of each declaration, which are no part of `max_rss`.
"""

import argparse
import csv
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: Jobs that take less than so many MB may declare any multiple.
LARGE, MOST = 500, 3.0


class Job(NamedTuple):
    """A job with its benchmark file and its declared memory in MB."""

    rule: str
    benchmark: str
    declared: int


def planned(directory: Path, configfiles: list[str]) -> list[Job]:
    """List all jobs of a study that have a benchmark file, by a dry run of all of them."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--forceall", "--directory", str(directory)]
    command += ["--configfile", *configfiles] if configfiles else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    found = []
    for block in re.split(r"^(?:local)?rule ", done.stdout + done.stderr, flags=re.MULTILINE)[1:]:
        benchmark = re.search(r"^    benchmark: (.+)$", block, re.MULTILINE)
        declared = re.search(r"\bmem_mb=(\d+)", block)
        if benchmark and declared:
            found.append(Job(block.partition(":")[0], benchmark[1], int(declared[1])))
    return found


def peak(path: Path) -> float | None:
    """Read the largest `max_rss` of a benchmark file, in MB; None if the job was too short to be measured."""
    with open(path, newline="", encoding="utf-8") as file:
        values = [row["max_rss"] for row in csv.DictReader(file, delimiter="\t")]
    return max((float(value) for value in values if value not in ("-", "NA")), default=None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--configfile", nargs="+", default=[])
    parser.add_argument("--directory", type=Path, default=ROOT)
    arguments = parser.parse_args()
    measured: dict[str, list[tuple[float, int]]] = {}
    for job in planned(arguments.directory, arguments.configfile):
        path = arguments.directory / job.benchmark
        if path.is_file() and (largest := peak(path)):
            measured.setdefault(job.rule, []).append((largest, job.declared))
    print(f"{'rule':28} {'jobs':>4} {'peak':>7} {'declared':>9} {'ratios':>11}")
    wrong = [line(rule, jobs) for rule, jobs in sorted(measured.items())]
    print(f"{sum(wrong)} jobs declare too little or too much")
    return 1 if sum(wrong) or not measured else 0


def line(rule: str, jobs: list[tuple[float, int]]) -> int:
    """Print the line of a rule, and return how many of its jobs, (peak, declared), declare too little or too much."""
    ratios = [declared / largest for largest, declared in jobs]
    little = sum(ratio < 1 for ratio in ratios)
    much = sum(ratio > MOST and largest > LARGE for ratio, (largest, _) in zip(ratios, jobs, strict=True))
    marks = f"{f' {little} too little' if little else ''}{f' {much} too much' if much else ''}"
    largest, declared = max(jobs)
    print(f"{rule:28} {len(jobs):4d} {largest:7.0f} {declared:9d} {min(ratios):5.2f} {max(ratios):5.2f}{marks}")
    return little + much


if __name__ == "__main__":
    sys.exit(main())
