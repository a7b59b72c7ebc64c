"""Fine-tune an encoder on the train sets of target tasks, in the source language, and save it with its head."""

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import TaskData, fit
from stiltcal.models.training import Hyperparameters
from stiltcal.support.jobs import run_job


def main(
    *,
    encoder: str,
    train: list[str],
    dev: list[str],
    models: list[str],
    tasks: list[dict],
    trainings: list[dict],
    seed: int,
    threads: int = 1,
) -> None:
    """Write one model for each of `tasks`: name, kind, labels (may be empty) and lengths (maximum, stride, question).

    train, dev: their items files. trainings: their hyper-parameters (`Hyperparameters`).
    """
    for task, training, train_file, dev_file, model in zip(tasks, trainings, train, dev, models, strict=True):
        data = TaskData(train=train_file, dev=dev_file, **{**task, "lengths": Lengths(**task["lengths"])})
        fit(encoder, [data], model, Hyperparameters.of(training), seed=seed, threads=threads, keep_head=True)


if "snakemake" in globals():
    run_job(main, snakemake)
