"""Fine-tune an encoder on the train sets of target tasks, in the source language, and save it with its head."""

from collections.abc import Sequence

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import History, Resuming, TaskData, fit
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
    intermediate: str = "",
    histories: Sequence[str] = (),
    code: str = "",
    checkpoint_minutes: float = 15,
    threads: int = 1,
) -> None:
    """Write one model for each of `tasks`: name, kind, labels (may be empty) and lengths (maximum, stride, question).

    train, dev: their items files. trainings: their hyper-parameters (`Hyperparameters`). histories: files for the
    losses of the trainings after `intermediate`; none are written without. code: digest of the code that models depend
    on; "": it is computed. checkpoint_minutes: time from one checkpoint to the next.
    """
    resuming = Resuming(checkpoint_minutes, code, keeps_end=len(tasks) > 1)
    written = histories or [None] * len(models)
    checkpoints = []
    for task, training, train_file, dev_file, model, history in zip(
        tasks, trainings, train, dev, models, written, strict=True
    ):
        data = TaskData(train=[train_file], dev=dev_file, **{**task, "lengths": Lengths(**task["lengths"])})
        options = {"seed": seed, "threads": threads, "keep_head": True, "resuming": resuming}
        recorded = History(history, intermediate, task["name"]) if history else None
        checkpoints.append(fit(encoder, [data], model, Hyperparameters.of(training), **options, recorded=recorded))
    for checkpoint in checkpoints:
        checkpoint.remove()


if "snakemake" in globals():
    run_job(main, snakemake, checkpoint_minutes=snakemake.config["checkpoint_minutes"])
