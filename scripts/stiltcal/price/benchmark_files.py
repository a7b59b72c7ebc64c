"""Read the CPU time of jobs from the benchmark files that Snakemake writes."""

import csv
from collections.abc import Iterator
from pathlib import Path

from ..support.text_files import open_text
from .rules import OF_TASKS, Rule

#: Snakemake looks at a job every half a second 31 times, then every 30 seconds; with the time of a look, that is until
#: about second 17, and then at 47, 77, ... What the job does after the last look is not in its CPU time.
FIRST, THEN = 17.0, 30.0
#: The wildcards in the paths of benchmark files that the work of a job depends on, in their order.
WILDCARDS = {
    "train_intermediate": ("intermediate",),
    "train_target": ("intermediate", "train_set"),
    "predict": ("intermediate", "target"),
    "score_predictions": ("target",),
    "train_parser": ("language",),
    "parse_text": ("target", "language"),
    "parse_dev_text": ("target", "language"),
}

#: Rules whose jobs for dev items have a rule of their own, and their files a folder `dev` below the target.
DEV = {"perturb_items": "perturb_dev_items", "parse_text": "parse_dev_text"}


def finished(folder: Path) -> Iterator[tuple[Rule, dict[str, str], float]]:
    """Yield (rule, wildcards, CPU seconds) of each job that has a benchmark file in a folder and was seen.

    Of rules with one copy for each task, the first part of the path is the task.
    """
    for path in sorted(folder.rglob("*.tsv")):
        rule, *parts = path.relative_to(folder).with_suffix("").parts
        seconds = cpu_seconds(path)
        if seconds is None:
            continue
        if "dev" in parts[1:] and rule in DEV:
            rule, parts = DEV[rule], [part for part in parts if part != "dev"]
        if rule in OF_TASKS:
            yield Rule(rule, parts[0]), {}, seconds
        else:
            yield Rule(rule), dict(zip(WILDCARDS.get(rule, ()), parts, strict=False)), seconds


def cpu_seconds(path: Path) -> float | None:
    """Return the CPU seconds of a job, as if it had gone on after the last look as before; None if it was not seen.

    Raises OSError if there is no file.
    """
    with open_text(path) as file:
        row = next(csv.DictReader(file, delimiter="\t"))
    if row["cpu_time"] in ("-", "NA"):
        return None
    return float(row["cpu_time"]) * float(row["s"]) / last_look(float(row["s"]))


def last_look(seconds: float) -> float:
    """Return the second of the last look at a job that took so long; a shorter job is seen to its end."""
    if seconds <= FIRST:
        return seconds
    return FIRST + THEN * ((seconds - FIRST) // THEN)
