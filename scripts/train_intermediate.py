"""Train an encoder on one intermediate task, or on several under a head each (multi); the heads are dropped."""

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import TaskData, fit
from stiltcal.models.training import Hyperparameters
from stiltcal.support.jobs import run_job


def main(
    *,
    encoder: str,
    train: list[str],
    dev: list[str],
    model: str,
    tasks: list[dict],
    training: dict,
    seed: int,
    threads: int = 1,
) -> None:
    """`tasks`, in the order of `train` and `dev`: name, kind, labels (may be empty) and lengths of each."""
    data = [
        TaskData(train=train_file, dev=dev_file, **{**task, "lengths": Lengths(**task["lengths"])})
        for task, train_file, dev_file in zip(tasks, train, dev, strict=True)
    ]
    fit(encoder, data, model, Hyperparameters.of(training), seed=seed, threads=threads, keep_head=False)


if "snakemake" in globals():
    run_job(main, snakemake)
