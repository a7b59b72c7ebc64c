"""Turn the user's translations of a task's training items into items, and report what was dropped."""

from pathlib import Path

from stiltcal.data.lock import write_json
from stiltcal.data.translated import prepare_translation
from stiltcal.support.jobs import run_job
from stiltcal.tasks.load import load_tasks


def main(
    *,
    task: str,
    tasks: str,
    files: list[str],
    languages: list[str],
    fetched: str,
    originals: str,
    translations: list[str],
    report: str,
    seed: int,
) -> None:
    """Write the translated items of `task` to `translations`, in the order of `files` and `languages`.

    fetched: the folder of the task as it was fetched, and originals its training items. report: counts by file.
    """
    spec, counts = load_tasks(tasks)[task], {}
    for file, language, output in zip(files, languages, translations, strict=True):
        found = prepare_translation(spec, Path(file), language, Path(fetched), Path(originals), seed, Path(output))
        counts[f"translated/{language}"] = found
        print(f"{file}: {found['written']} of {found['read']} rows are items {found['reasons'] or ''}")
    write_json(Path(report), {"task": task, "version": spec.version, "seed": seed, "files": counts})


if "snakemake" in globals():
    run_job(main, snakemake)
