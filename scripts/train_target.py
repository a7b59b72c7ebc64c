"""Fine-tune an encoder on a target task's train set, in the source language; encoder and head are kept."""

from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import TaskData, fit
from stiltcal.models.training import Hyperparameters
from stiltcal.support.jobs import job


def main(
    encoder: str,
    train: str,
    dev: str,
    output: str,
    *,
    task: dict,
    training: dict,
    seed: int,
    threads: int = 1,
) -> None:
    """`task`: name, kind, labels (may be empty) and lengths (maximum, stride, question)."""
    task = {**task, "lengths": Lengths(**task["lengths"])}
    fit(
        encoder,
        [TaskData(train=train, dev=dev, **task)],
        output,
        Hyperparameters.of(training),
        seed=seed,
        threads=threads,
        keep_head=True,
    )


if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        for train, dev, output, task, training in zip(
            inputs.train, inputs.dev, snakemake.output, params.tasks, params.trainings, strict=True
        ):
            main(
                inputs.encoder,
                train,
                dev,
                output,
                threads=snakemake.threads,
                task=task,
                training=training,
                seed=params.seed,
            )
