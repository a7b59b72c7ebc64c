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
        main(
            snakemake.input.encoder,
            snakemake.input.train,
            snakemake.input.dev,
            snakemake.output[0],
            threads=snakemake.threads,
            task=snakemake.params.task,
            training=snakemake.params.training,
            seed=snakemake.params.seed,
        )
