"""Trim the encoder to the embeddings and tokens that occur in the items of the study."""

from itertools import islice

from stiltcal.models.encoder import set_threads
from stiltcal.models.encoding import Lengths
from stiltcal.models.trimming import ItemsFile, trim
from stiltcal.support.jobs import run_job


def main(
    *,
    encoder: str,
    files: list[str],
    trimmed: str,
    tasks: list[dict],
    numbers: list[int],
    code: str = "",
    threads: int = 1,
) -> None:
    """Write the smaller encoder to `trimmed`.

    tasks: name, kind, labels and lengths of each task. files: the items files of all tasks; `numbers` says how many of
    them each task has. code: digest of the code, which only decides when the job runs again.
    """
    set_threads(threads)
    paths = iter(files)
    counted = [
        ItemsFile(path, task["kind"], Lengths(**task["lengths"]))
        for task, number in zip(tasks, numbers, strict=True)
        for path in islice(paths, number)
    ]
    rows, before = trim(encoder, counted, trimmed)
    print(f"{encoder}: {rows} of {before} embeddings stay")


if "snakemake" in globals():
    run_job(main, snakemake)
