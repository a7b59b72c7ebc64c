"""Read the user's text of one language for masked language modelling."""

from pathlib import Path

from stiltcal.data.text import prepare_text
from stiltcal.support.jobs import run_job


def main(*, files: list[str], language: str, text: str) -> None:
    """Write the paragraphs of `files` to `text`, a row each."""
    paragraphs, characters = prepare_text(map(Path, files), language, Path(text))
    print(f"{language}: {paragraphs} paragraphs, {characters} characters")


if "snakemake" in globals():
    run_job(main, snakemake)
