"""Generate text of the miniature for masked language modelling, each language by itself."""

import pyarrow as pa

from stiltcal.formats.items import write_table
from stiltcal.miniature.generate import Miniature
from stiltcal.support.jobs import run_job


def main(*, text: list[str], text_languages: list[str], languages: dict[str, dict], documents: int, seed: int) -> None:
    """Write `documents` documents of each language, a row each, to `text`, in the order of `text_languages`."""
    miniature = Miniature(languages, {}, 0, seed)
    for language, output in zip(text_languages, text, strict=True):
        write_table(output, pa.table({"text": pa.array(miniature.text(language, documents), pa.string())}))


if "snakemake" in globals():
    run_job(main, snakemake)
