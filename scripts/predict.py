"""Predict a target's dev and perturbed test items with one model, with confidences before and after scalings."""

from collections.abc import Sequence
from pathlib import Path

from stiltcal.formats.perturbed import cell_file
from stiltcal.models.cells import FinishedLanguages
from stiltcal.models.encoder import device, model_files, set_threads, versions
from stiltcal.models.encoding import Lengths
from stiltcal.models.fit_scalings import ItemFile, Plan
from stiltcal.models.prediction import Predictor, predict_all
from stiltcal.support.jobs import run_job
from stiltcal.support.reuse import digest


def main(
    *,
    models: list[str],
    clean_dev: list[str],
    perturbed: list[str],
    predictions: list[str],
    dev_predictions: list[str],
    temperature: list[str],
    targets: list[dict],
    answered_by: list[int],
    code: str,
    threads: int,
    whole: str | Sequence[str] = (),
) -> None:
    """Predict `targets`, each with cells, dev_cells and settings (arguments of `predict_target`).

    answered_by: for each target, the index of its model in `models`. clean_dev: items files of the clean dev cells of
    all targets, in their order. perturbed: for each target, the file `complete` beside its perturbed items. whole: the
    encoder with all tokens, where models are trained from a trimmed one.
    """
    clean = iter(clean_dev)
    outputs = zip(targets, answered_by, perturbed, predictions, dev_predictions, temperature, strict=True)
    for target, number, note, output, dev_output, fitted in outputs:
        folder = Path(note).parent
        predict_target(
            model=models[number],
            dev=[
                (*cell, next(clean) if cell[0] == "clean" else cell_file(folder / "dev", *cell))
                for cell in target["dev_cells"]
            ],
            perturbed=[(*cell, cell_file(folder, *cell)) for cell in target["cells"]],
            output=output,
            dev_output=dev_output,
            temperature=fitted,
            **target["settings"],
            whole=str(whole) if whole else None,
            code=code,
            threads=threads,
        )
    for output in predictions:
        FinishedLanguages(output).remove()


def predict_target(
    *,
    model: str,
    dev: list[tuple[str, str, str]],
    perturbed: list[tuple[str, str, str]],
    output: str,
    dev_output: str,
    temperature: str,
    kind: str,
    scalings: list[str],
    dev_languages: list[str],
    lengths: dict,
    layer: int = -1,
    normalization: str = "english",
    right: str = "exact_match",
    whole: str | None = None,
    threads: int = 1,
    code: str = "",
) -> None:
    """Write the predictions of one target to `output`, those of its clean dev items to `dev_output`, and the fitted
    scalings to `temperature`.

    dev, perturbed: (perturbation, language, path) of the dev items that scalings are fitted on, and of the items to
    predict. scalings: all but `none`. dev_languages: those whose dev items serve every cell (`Plan`). lengths: maximum,
    stride, question. layer: of the sentence vectors (retrieval, mining). normalization: of answers (qa), english or
    mlqa. right: correctness criterion for Platt scaling. whole: as in `main`. code: digest of the code that predictions
    depend on. Cells of an earlier `output` are kept if their provenance digest is unchanged: model, items, settings,
    code, kind of device and versions of libraries. Finished languages stay in a hidden folder, which `main` removes at
    its end. Raises ModelError or ValueError if model or items cannot be used.
    """
    set_threads(threads)
    predictor = Predictor(model, kind, Lengths(**lengths), layer=layer, normalization=normalization, whole=whole)
    plan = Plan(tuple(scalings), tuple(ItemFile(*each) for each in dev), tuple(dev_languages), right)
    settings = {"kind": kind, "lengths": lengths, "layer": layer, "normalization": normalization, "threads": threads}
    settings |= {"scalings": scalings, "right": right, "device": device().type, "versions": versions(), "code": code}
    files = [path for folder in (model, whole) if folder for path in model_files(folder)]
    sources = [ItemFile(*each) for each in perturbed]
    made_from = {source: digest(settings, [source.path, *plan.files(source), *files]) for source in sources}
    predict_all(predictor, plan, sources, output, dev_output, temperature, made_from)


if "snakemake" in globals():
    run_job(main, snakemake)
