"""Turn the fetched files of one task into items, with a report of what was dropped."""

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
    """Items of `task` beside `report`, at {split}/{language}.parquet.

    `max_*` cap the items of each file; of retrieval and mining, the sentences of the larger side, by about that number.
    """
    every = load_tasks(tasks)
    caps = {"train": max_train, "dev": max_dev, "test": max_test}
    prepare_task(every[task], every, Path(fetched), languages, caps, seed, Path(report).parent, Path(report))


if "snakemake" in globals():
    run_job(main, snakemake)
