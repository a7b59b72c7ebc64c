"""Fetch the files of one task, once: from the Hub, from a mirror of it, or from the user's own folder."""

from pathlib import Path

from stiltcal.data.fetch import fetch_task
from stiltcal.support.jobs import run_job
from stiltcal.tasks.load import load_tasks


def main(
    *, task: str, tasks: str, languages: list[str], source: str, dataset: str, lock: str, asked: dict | None = None
) -> None:
    """Fetch the files of `task` (`tasks`/{task}.yaml) that an evaluation in `languages` needs to the folder `dataset`.

    source: `hub`, or a folder with the Hub's layout. lock: the study's lock file, which is checked or extended. asked:
    the source in the configuration, stored beside the files.
    """
    every = load_tasks(tasks)
    fetch_task(every[task], every, languages, source, Path(dataset), Path(lock), asked)


if "snakemake" in globals():
    run_job(main, snakemake)
