"""Write the perturbed items of a study as JSON lines, without their right answers, for any system."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from ..formats.parquet_files import whole_parquet
from ..formats.perturbed import KEPT
from ..support.json_files import JsonProblem, read_json_mapping
from ..tasks.spec import Task
from .questions import QUESTIONS, asked_of, fingerprint


class ExportError(ValueError):
    """A results folder whose items cannot be exported. The message names the folder, and says what to do."""


def perturbed_targets(results: str | Path) -> list[str]:
    """Return the targets of a results folder that have perturbed items, sorted. Raises ExportError for none."""
    found = sorted(path.parent.name for path in Path(results).glob("perturbed/*/made_from.json"))
    if not found:
        raise ExportError(
            f"{results}: holds no perturbed items (perturbed/*/made_from.json); give the results folder of a study "
            "whose perturb stage has run"
        )
    return found


def cells_of(results: str | Path, target: str) -> list[tuple[str, str, Path]]:
    """Return (perturbation, language, file) of the perturbed items of a target, as the last perturb job made them.

    Files of earlier studies in the same folder are left out. Raises ExportError for a job that has not come to its end.
    """
    folder = Path(results) / "perturbed" / target
    try:
        record = read_json_mapping(folder / "made_from.json")
    except JsonProblem as error:
        raise ExportError(str(error)) from None
    paths = [folder / name for name in sorted(record)]
    missing = [path for path in (*paths, folder / "complete") if not path.exists()]
    if missing or not paths:
        raise ExportError(f"{folder}: is not complete; run the perturb stage first: snakemake {folder}/complete")
    return [(path.parent.name, path.stem, path) for path in paths]


def exported(task: Task, cells: Sequence[tuple[str, str, Path]]) -> Iterator[str]:
    """Yield a line of JSON for each item that its perturbation could change: `id`, `language`, `perturbation`, the
    texts, what is asked, and the `fingerprint` of the texts.

    Raises ValueError for a file that is broken.
    """
    shown, asked = QUESTIONS[task.kind].shown, asked_of(task)
    for perturbation, language, path in cells:
        with whole_parquet(path):
            items = pq.read_table(path, columns=["id", "status", *shown]).to_pylist()
        for item in (each for each in items if each["status"] == KEPT):
            where = {"id": item["id"], "language": language, "perturbation": perturbation}
            texts = {name: item[name] for name in shown}
            of_texts = {"fingerprint": fingerprint(task.kind, item)}
            yield json.dumps(where | texts | asked | of_texts, ensure_ascii=False)
