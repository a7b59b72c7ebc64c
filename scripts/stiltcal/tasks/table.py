"""Print the table of tasks of docs/tasks.md: `python -m stiltcal.tasks.table tasks <results>/data/*/report.json`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from .load import load_tasks
from .spec import SPLITS, Source, Task

_HEAD = ("task", "kind", "trained on", "Hub repository: configuration", "languages", "train", "dev", "test", "licence")


def task_table(tasks: Mapping[str, Task], reports: Mapping[str, dict]) -> str:
    """Return a table in Markdown with a line for each task that has a report, of `prepare_items`. reports: by task."""
    read = [task for task in tasks.values() if task.name in reports]
    order = sorted(read, key=lambda task: ("target" in task.roles, task.name))
    lines = [_HEAD, ["---"] * len(_HEAD), *(_line(task, reports[task.name]["files"]) for task in order)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _line(task: Task, files: Mapping[str, dict]) -> list[str]:
    trained = "itself" if task.has_train else task.train_set or "nothing"
    sources = "<br>".join(_source(source) for source in task.sources)
    licences = "<br>".join(source.licence for source in task.sources)
    counts = [_rows(task, split, files) for split in SPLITS]
    return [f"`{task.name}`", task.kind, trained, sources, " ".join(task.languages), *counts, licences]


def _source(source: Source) -> str:
    if source.format == "two_column":
        return "the user's own copy"
    splits = ", ".join(name for split in SPLITS for name in source.splits.get(split, ()))
    return f"{source.hub_id}: {source.config} ({splits})"


def _rows(task: Task, split: str, files: Mapping[str, dict]) -> str:
    """Return the rows of a split: `1,000`, for several languages `4 x 276-921`, for a hold-out its share."""
    if split == "dev" and task.held_out_from:
        return f"{task.holdout:.0%} of {task.held_out_from}"
    rows = [file["read"] for name, file in files.items() if name.startswith(f"{split}/")]
    if not rows:
        return ""
    span = f"{min(rows):,}" if min(rows) == max(rows) else f"{min(rows):,}-{max(rows):,}"
    return span if len(rows) == 1 else f"{len(rows)} x {span}"


if __name__ == "__main__":
    found = [json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[2:]]
    print(task_table(load_tasks(sys.argv[1]), {report["task"]: report for report in found}), end="")
