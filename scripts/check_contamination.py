"""Count what of the evaluation sets is in the training sets."""

from pathlib import Path

import pandas as pd

from stiltcal.data.contamination import contamination
from stiltcal.support.jobs import job


def main(training: list[str], evaluation: list[str], out: str) -> None:
    """Compare items files ({task}/{split}/{language}.parquet); the table goes to `out` (CSV)."""
    rows = contamination(map(Path, training), map(Path, evaluation))
    pd.DataFrame(rows).to_csv(out, index=False, lineterminator="\n")


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.training, snakemake.input.evaluation, snakemake.output[0])
