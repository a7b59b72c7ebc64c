"""Compare the memory that rules declare with the peak of their jobs in a finished study.

python benchmarks/compare_memory.py [--configfile FILE ...] [--directory FOLDER]

Prints one line for each rule, of the job that came nearest to its declaration or above it: the peak (`max_rss` of the
benchmark files), what the job declares, both in MB, and the ratio. A peak above the declaration, and a declaration of
more than three times a peak of more than 500 MB, are marked, and the exit status is then 1. On a cluster the processes of
Snakemake around a job, 300 MB of each declaration, count too; they are not part of `max_rss`.
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
    worst: dict[str, tuple[float, float, Job]] = {}
    wrong = 0
    for job in planned(arguments.directory, arguments.configfile):
        path = arguments.directory / job.benchmark
        measured = peak(path) if path.is_file() else None
        if not measured:
            continue
        ratio = job.declared / measured
        wrong += ratio < 1 or (measured > LARGE and ratio > MOST)
        worst[job.rule] = min(worst.get(job.rule, (ratio, measured, job)), (ratio, measured, job))
    print(f"{'rule':30} {'peak':>7} {'declared':>9} {'ratio':>6}")
    for rule, (ratio, measured, job) in sorted(worst.items()):
        mark = "too little" if ratio < 1 else "too much" if measured > LARGE and ratio > MOST else ""
        print(f"{rule:30} {measured:7.0f} {job.declared:9d} {ratio:6.2f} {mark} {Path(job.benchmark).stem}".rstrip())
    print(f"{wrong} jobs declare too little or too much")
    return 1 if wrong or not worst else 0


if __name__ == "__main__":
    sys.exit(main())
