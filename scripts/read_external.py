"""Read the answers of a system that is not ours to one target, check them, and grade them as predictions."""

from pathlib import Path

from stiltcal.external.answers import AnswerError, read_answers
from stiltcal.external.grading import Grader, graded, read_cells
from stiltcal.formats.items import write_table
from stiltcal.support.jobs import run_job


def main(
    *,
    answers: list[str],
    perturbed: str,
    predictions: list[str],
    cells: list[tuple[str, str]],
    kind: str,
    labels: list[str],
    normalization: str,
) -> None:
    """Write the same predictions for every seed: a system from elsewhere is one, and is not trained again.

    answers: files of the user (docs/external.md). perturbed: the file `complete` beside the perturbed items. cells:
    (perturbation, language) of all items that must have an answer. Raises AnswerError.
    """
    grader, folder = Grader(kind, labels, normalization), Path(perturbed).parent
    items = read_cells(folder, [tuple(cell) for cell in cells], grader)
    try:
        table = graded(read_answers(answers), items, grader)
    except AnswerError as error:
        given = Path(answers[0]).parent
        raise AnswerError(str(error) if str(error).startswith(str(given)) else f"{given}: {error}") from None
    for path in predictions:
        write_table(path, table)


if "snakemake" in globals():
    run_job(main, snakemake)
