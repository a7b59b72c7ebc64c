"""Predict a target's dev and perturbed test items with one model, with confidences before and after scalings."""

from pathlib import Path

from stiltcal.models.encoder import device, set_threads, versions
from stiltcal.models.encoding import Lengths
from stiltcal.models.fit_scalings import Plan, Source
from stiltcal.models.prediction import Predictor, predict_all
from stiltcal.support.jobs import job
from stiltcal.support.reuse import digest


def main(
    model: str,
    dev: list[tuple[str, str, str]],
    perturbed: list[tuple[str, str, str]],
    output: str,
    temperature: str,
    *,
    kind: str,
    scalings: list[str],
    dev_languages: list[str],
    lengths: dict,
    layer: int = -1,
    normalization: str = "english",
    right: str = "exact_match",
    threads: int = 1,
    library: list[str] = (),
) -> None:
    """`dev`, `perturbed`: (perturbation, language, path), of dev items for `scalings` (beside `none`) and of what is
    predicted. `dev_languages`: whose dev items serve all cells (`Plan`). `lengths`: maximum, stride, question.
    `layer`: of the sentence vectors (retrieval, mining). `normalization`: of answers (qa), english or mlqa. `right`:
    when an answer is, for Platt scaling. `library`: files of code on which predictions depend; cells of an earlier
    `output` that were made from the same, on the same kind of device and with the same versions, are kept."""
    set_threads(threads)
    predictor = Predictor(model, kind, Lengths(**lengths), layer=layer, normalization=normalization)
    plan = Plan(tuple(scalings), tuple(Source(*each) for each in dev), tuple(dev_languages), right)
    settings = {"kind": kind, "lengths": lengths, "layer": layer, "normalization": normalization, "threads": threads}
    settings |= {"scalings": scalings, "right": right, "device": device().type, "versions": versions()}
    files = [*sorted(map(str, Path(model).iterdir())), *library]
    sources = [Source(*each) for each in perturbed]
    made_from = {source: digest(settings, [source.path, *plan.files(source), *files]) for source in sources}
    predict_all(predictor, plan, sources, output, temperature, made_from)


def perturbed_file(folder: Path, perturbation: str, language: str) -> str:
    """The items of one cell, in the folder of a target's perturbed items. Raises FileNotFoundError."""
    path = folder / perturbation / f"{language}.parquet"
    if not path.exists():  # Snakemake has seen no more than the note
        raise FileNotFoundError(f"{path} is missing; delete {folder / 'complete'}, and it will be made again")
    return str(path)


if "snakemake" in globals():
    with job(snakemake):
        clean_dev = iter(snakemake.input.clean_dev)
        folders = [Path(note).parent for note in snakemake.input.perturbed]
        outputs = zip(folders, snakemake.output.predictions, snakemake.output.temperature, strict=True)
        models = [snakemake.input.models[number] for number in snakemake.params.answered_by]
        for target, model, (folder, *output) in zip(snakemake.params.targets, models, outputs, strict=True):
            main(
                model,
                [
                    (*cell, next(clean_dev) if cell[0] == "clean" else perturbed_file(folder / "dev", *cell))
                    for cell in target["dev_cells"]
                ],
                [(*cell, perturbed_file(folder, *cell)) for cell in target["cells"]],
                *output,
                **target["settings"],
                threads=snakemake.threads,
                library=snakemake.input.library,
            )
