"""Fine-tune an encoder on the train sets of target tasks, in the source language, and save it with its head."""

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import Resuming, TaskData, fit
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
    code: str = "",
    checkpoint_minutes: float = 15,
    threads: int = 1,
) -> None:
    """Write one model for each of `tasks`: name, kind, labels (may be empty) and lengths (maximum, stride, question).

    train, dev: their items files. trainings: their hyper-parameters (`Hyperparameters`). code: digest of the code that
    models depend on. checkpoint_minutes: time from one checkpoint to the next.
    """
    resuming = Resuming(checkpoint_minutes, code, keeps_end=len(tasks) > 1)
    checkpoints = []
    for task, training, train_file, dev_file, model in zip(tasks, trainings, train, dev, models, strict=True):
        data = TaskData(train=[train_file], dev=dev_file, **{**task, "lengths": Lengths(**task["lengths"])})
        options = {"seed": seed, "threads": threads, "keep_head": True, "resuming": resuming}
        checkpoints.append(fit(encoder, [data], model, Hyperparameters.of(training), **options))
    for checkpoint in checkpoints:
        checkpoint.remove()


if "snakemake" in globals():
    run_job(main, snakemake, checkpoint_minutes=snakemake.config["checkpoint_minutes"])
