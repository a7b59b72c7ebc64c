"""Train an encoder on one intermediate task, or on several with a head each (multi), and save it without heads."""

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import Resuming, TaskData, fit
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
    code: str = "",
    checkpoint_minutes: float = 15,
    threads: int = 1,
) -> None:
    """Write the trained encoder to `model`.

    tasks: name, kind, labels (may be empty) and lengths (maximum, stride, question) of each task, in the order of the
    items files `train` and `dev`. training: hyper-parameters (`Hyperparameters`). code: digest of the code
    that the model depends on. checkpoint_minutes: time from one checkpoint to the next.
    """
    data = [
        TaskData(train=train_file, dev=dev_file, **{**task, "lengths": Lengths(**task["lengths"])})
        for task, train_file, dev_file in zip(tasks, train, dev, strict=True)
    ]
    options = {"seed": seed, "threads": threads, "keep_head": False, "resuming": Resuming(checkpoint_minutes, code)}
    fit(encoder, data, model, Hyperparameters.of(training), **options).remove()


if "snakemake" in globals():
    run_job(main, snakemake, checkpoint_minutes=snakemake.config["checkpoint_minutes"])
