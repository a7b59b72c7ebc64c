"""Write the pretraining text of the miniature: documents of two parts, stage by stage."""

import pyarrow as pa
from stiltcal.miniature.corpus import STAGES
from stiltcal.miniature.generate import Miniature
from stiltcal.tasks.items import write_table


def main(output: str, *, languages: dict[str, dict], documents: list[int], seed: int) -> None:
    """`documents`: how many of each stage; columns `stage`, `first`, `second`."""
    miniature = Miniature(languages, {}, seed)
    rows = [
        {"stage": stage, "first": first, "second": second}
        for stage in range(STAGES)
        for first, second in miniature.corpus(stage, documents[stage])
    ]
    write_table(output, pa.Table.from_pylist(rows))


if "snakemake" in globals():
    main(snakemake.output[0], **snakemake.params)
