"""Write the pretraining text of the miniature: documents of two parts, stage by stage."""

import pyarrow as pa

from stiltcal.formats.items import write_table
from stiltcal.miniature.corpus import STAGES
from stiltcal.miniature.generate import Miniature
from stiltcal.support.jobs import run_job


def main(*, corpus: str, languages: dict[str, dict], documents: list[int], seed: int) -> None:
    """Write `corpus`, a table of `stage` and the fields of a Document. documents: number of documents by stage."""
    miniature = Miniature(languages, {}, 0, seed)
    rows = [
        {"stage": stage, **document._asdict()}
        for stage in range(STAGES)
        for document in miniature.corpus(stage, documents[stage])
    ]
    write_table(corpus, pa.Table.from_pylist(rows))


if "snakemake" in globals():
    run_job(main, snakemake)
