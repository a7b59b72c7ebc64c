"""Turn the fetched files of one task into items, and report what was dropped."""

from pathlib import Path

from stiltcal.data.prepare import prepare_task
from stiltcal.support.jobs import run_job
from stiltcal.tasks.load import load_tasks


def main(
    *,
    task: str,
    tasks: str,
    fetched: str,
    languages: list[str],
    report: str,
    seed: int,
    max_train: int | None = None,
    max_dev: int | None = None,
    max_test: int | None = None,
) -> None:
    """Write the items of `task` to {split}/{language}.parquet beside `report`.

    max_*: largest number of items in each file; in retrieval and mining roughly that of sentences of the larger side.
    """
    every = load_tasks(tasks)
    caps = {"train": max_train, "dev": max_dev, "test": max_test}
    prepare_task(every[task], every, Path(fetched), languages, caps, seed, Path(report).parent, Path(report))


if "snakemake" in globals():
    run_job(main, snakemake)
