"""Show perturbed items beside their originals, with the answers of models: a page for each target and language."""

from pathlib import Path

from stiltcal.perturb.answers import CLEAN, Answers
from stiltcal.perturb.gallery import read_clean, read_entry, render_gallery
from stiltcal.support.jobs import run_job


def main(
    *,
    perturbed: list[str],
    predictions: list[str],
    pages: list[str],
    targets: dict[str, list[tuple[str, str]]],
    models: list[str],
    seed: str,
    examples: int = 3,
) -> None:
    """Write the pages, {target}/{language}.html.

    targets: perturbations and languages of the cells of each target, clean ones among them. perturbed: for each target,
    the file `complete` beside its perturbed items. predictions: for each target, the files of `models`, trained with
    `seed`. examples: largest number of items shown of each cell.
    """
    languages = {target: [code for name, code in cells if name == CLEAN] for target, cells in targets.items()}
    folders = dict(zip(targets, (Path(path).parent for path in perturbed), strict=True))
    files = iter(predictions)
    answered = {target: {model: next(files) for model in models} for target in targets}
    for page in map(Path, pages):
        target, language = page.parent.name, page.stem
        clean = read_clean(folders[target] / CLEAN / f"{language}.parquet")
        answers = Answers(answered[target], language)
        names = [name for name, code in targets[target] if code == language and name != CLEAN]
        cells = [read_entry(clean, folders[target] / name / f"{language}.parquet", answers, examples) for name in names]
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(render_gallery(cells, target, language, languages, models, seed), encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
