"""Train an encoder on one intermediate task, or on several with a head each (multi), and save it without heads."""

from collections.abc import Mapping, Sequence
from itertools import islice

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import History, Resuming, TaskData, TextData, fit
from stiltcal.models.training import Hyperparameters
from stiltcal.support.jobs import run_job


def main(
    *,
    encoder: str,
    train: list[str],
    dev: list[str],
    model: str,
    tasks: list[dict],
    train_files: list[int],
    training: dict,
    seed: int,
    text: Sequence[str] = (),
    mlm_head: str | Sequence[str] = (),
    mlm: Mapping | None = None,
    intermediate: str = "",
    history: str | None = None,
    code: str = "",
    checkpoint_minutes: float = 15,
    threads: int = 1,
) -> None:
    """Write the trained encoder to `model`, and the losses of the training of `intermediate` to `history`, if given.

    tasks: name, kind, labels (may be empty) and lengths (maximum, stride, question) of each task, in the order of the
    items files `train` and `dev`. train_files: for each task, how many of the files `train` are its own, one a
    language. training: hyper-parameters (`Hyperparameters`). mlm: `share` and `languages` of masked-LM updates; empty
    without any. text: their files, by language. mlm_head: folder of an encoder that may hold a masked-LM head. code:
    digest of the code that the model depends on; "": it is computed. checkpoint_minutes: time from one checkpoint to
    the next.
    """
    files = iter(train)
    data = [
        TaskData(train=list(islice(files, number)), dev=dev_file, **{**task, "lengths": Lengths(**task["lengths"])})
        for task, number, dev_file in zip(tasks, train_files, dev, strict=True)
    ]
    masked = None
    if mlm:
        masked = TextData(dict(zip(mlm["languages"], text, strict=True)), mlm["share"], str(mlm_head))
    options = {"seed": seed, "threads": threads, "keep_head": False, "resuming": Resuming(checkpoint_minutes, code)}
    recorded = History(history, intermediate) if history else None
    fit(encoder, data, model, Hyperparameters.of(training), **options, masked=masked, recorded=recorded).remove()


if "snakemake" in globals():
    run_job(main, snakemake, checkpoint_minutes=snakemake.config["checkpoint_minutes"])
