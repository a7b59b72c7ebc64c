"""Tell the training items of one task of the miniature in the other languages."""

from pathlib import Path

from stiltcal.miniature.generate import Miniature
from stiltcal.support.jobs import run_job


def main(
    *,
    translations: list[str],
    task: str,
    kind: str,
    translated_languages: list[str],
    languages: dict[str, dict],
    sizes: dict[str, int],
    facts: int,
    seed: int,
) -> None:
    """Write items to `translations`, in the order of `translated_languages`: the same as in the source language."""
    outputs = zip(translated_languages, translations, strict=True)
    miniature = Miniature(languages, sizes, facts, seed)
    miniature.write_task(task, kind, {("train", code): Path(path) for code, path in outputs}, {})


if "snakemake" in globals():
    run_job(main, snakemake)
