"""Predict a target's dev and perturbed test items with one model, with confidences before and after scaling."""

from pathlib import Path

from stiltcal.jobs import job
from stiltcal.models.encoder import use_cpu
from stiltcal.models.encoding import Lengths
from stiltcal.models.prediction import Predictor, Source, predict_all
from stiltcal.reuse import digest


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
    library: list[str] = (),
) -> None:
    """`dev`: (language, path) of clean items: the source language's, or for retrieval and mining every language's.
    `perturbed`: (perturbation, language, path). `lengths`: maximum, stride, question. `layer`: of the sentence vectors
    (retrieval, mining). `normalization`: of answers (qa), english or mlqa. `library`: files of code on which
    predictions depend; cells of an earlier `output` that were made from the same are kept."""
    use_cpu(threads)
    predictor = Predictor(model, kind, Lengths(**lengths), layer=layer, normalization=normalization)
    dev_sources = [Source("clean", language, path) for language, path in dev]
    settings = {"kind": kind, "lengths": lengths, "layer": layer, "normalization": normalization, "threads": threads}
    files = [*sorted(map(str, Path(model).iterdir())), *(path for _, path in dev), *library]
    sources = [Source(*each) for each in perturbed]
    made_from = {source: digest(settings, [source.path, *files]) for source in sources}
    predict_all(predictor, dev_sources, sources, output, temperature, made_from)


if "snakemake" in globals():
    with job(snakemake):
        dev, perturbed = iter(snakemake.input.dev), iter(snakemake.input.perturbed)
        outputs = zip(snakemake.output.predictions, snakemake.output.temperature, strict=True)
        for target, output in zip(snakemake.params.targets, outputs, strict=True):
            main(
                snakemake.input.model,
                [(language, next(dev)) for language in target["dev_languages"]],
                [(*cell, next(perturbed)) for cell in target["cells"]],
                *output,
                **target["settings"],
                threads=snakemake.threads,
                library=snakemake.input.library,
            )
