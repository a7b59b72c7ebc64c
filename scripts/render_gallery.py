"""Show perturbed items beside their originals, with the answers of models: a page for each target and language."""

from pathlib import Path

from stiltcal.formats.perturbed import cell_file
from stiltcal.perturb.answers import CLEAN, Answers, read_predicted
from stiltcal.perturb.gallery import GalleryEntry, read_clean, read_entry, render_gallery
from stiltcal.report.labels import intermediate_label, labelled, language_label, perturbation_label, target_label
from stiltcal.support.jobs import run_job

LABEL = {
    "target": target_label,
    "language": language_label,
    "perturbation": perturbation_label,
    "model": intermediate_label,
}


def main(
    *,
    perturbed: list[str],
    predictions: list[str],
    pages: list[str],
    targets: dict[str, list[tuple[str, str]]],
    models: list[str],
    seed: str,
    labels: dict[str, dict[str, str]],
    examples: int = 3,
) -> None:
    """Write the pages, {target}/{language}.html.

    targets: perturbations and languages of the cells of each target, clean ones among them. perturbed: for each target,
    the file `complete` beside its perturbed items. predictions: for each target, the files of `models`, trained with
    `seed`. labels: displayed names (`labelled`). examples: largest number of items shown of each cell.
    """
    languages = {target: [code for name, code in cells if name == CLEAN] for target, cells in targets.items()}
    files = iter(predictions)
    for complete, (target, cells) in zip(perturbed, targets.items(), strict=True):
        predicted = {model: read_predicted(next(files)) for model in models}
        for page in (Path(path) for path in pages if Path(path).parent.name == target):
            answers = Answers(predicted, page.stem)
            entries = _entries(Path(complete).parent, page.stem, cells, answers, examples)
            page.parent.mkdir(parents=True, exist_ok=True)
            with labelled(labels):
                text = render_gallery(entries, target, page.stem, languages, models, seed, LABEL)
            page.write_text(text, encoding="utf-8")


def _entries(
    folder: Path, language: str, cells: list[tuple[str, str]], answers: Answers, examples: int
) -> list[GalleryEntry]:
    """Read the entries of a language. folder: the perturbed items of the target, whose `cells` are given."""
    clean = read_clean(cell_file(folder, CLEAN, language))
    names = [name for name, code in cells if code == language and name != CLEAN]
    return [read_entry(clean, cell_file(folder, name, language), answers, examples) for name in names]


if "snakemake" in globals():
    run_job(main, snakemake)
