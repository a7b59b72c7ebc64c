"""Predict a target's dev and perturbed test items with one model, with confidences before and after scaling."""

from stiltcal.jobs import job
from stiltcal.models.encoder import use_cpu
from stiltcal.models.encoding import Lengths
from stiltcal.models.prediction import Predictor, Source, predict_all


def main(
    model: str,
    dev: list[tuple[str, str]],
    perturbed: list[tuple[str, str, str]],
    output: str,
    temperature: str,
    *,
    kind: str,
    lengths: dict,
    layer: int = -1,
    normalization: str = "english",
    threads: int = 1,
) -> None:
    """`dev`: (language, path) of clean items: the source language's, or for retrieval and mining every language's.
    `perturbed`: (perturbation, language, path). `lengths`: maximum, stride, question. `layer`: of the sentence vectors
    (retrieval, mining). `normalization`: of answers (qa), english or mlqa."""
    use_cpu(threads)
    predictor = Predictor(model, kind, Lengths(**lengths), layer=layer, normalization=normalization)
    dev_sources = [Source("clean", language, path) for language, path in dev]
    predict_all(predictor, dev_sources, [Source(*each) for each in perturbed], output, temperature)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.model,
            list(zip(snakemake.params.dev_languages, snakemake.input.dev, strict=True)),
            [(*cell, path) for cell, path in zip(snakemake.params.cells, snakemake.input.perturbed, strict=True)],
            snakemake.output.predictions,
            snakemake.output.temperature,
            kind=snakemake.params.kind,
            lengths=snakemake.params.lengths,
            layer=snakemake.params.layer,
            normalization=snakemake.params.normalization,
            threads=snakemake.threads,
        )
