"""Write the pretraining text of the miniature: documents of two parts, stage by stage, and documents with marks."""

import pyarrow as pa

from stiltcal.formats.items import write_table
from stiltcal.miniature import marked
from stiltcal.miniature.corpus import STAGES
from stiltcal.miniature.generate import Miniature
from stiltcal.support.jobs import run_job


def main(
    *,
    corpus: str,
    marked_corpus: str,
    languages: dict[str, dict],
    documents: list[int],
    marked_documents: int,
    seed: int,
) -> None:
    """Write `corpus`, a table of `stage` and the fields of a Document, and `marked_corpus`.

    marked_corpus: a table of `kind`, and the texts and marks of both parts. documents: number of documents by stage.
    marked_documents: number of documents of each kind.
    """
    miniature = Miniature(languages, {}, 0, seed)
    rows = [
        {"stage": stage, **document._asdict()}
        for stage in range(STAGES)
        for document in miniature.corpus(stage, documents[stage])
    ]
    write_table(corpus, pa.Table.from_pylist(rows))
    rows = [
        {"kind": kind, "first": first.text, "second": second.text, "marks": [first.marks, second.marks]}
        for kind in marked.KINDS
        for first, second in miniature.marked_corpus(kind, marked_documents)
    ]
    write_table(marked_corpus, pa.Table.from_pylist(rows))


if "snakemake" in globals():
    run_job(main, snakemake)
