"""Count the items of evaluation sets that also occur in training sets."""

from pathlib import Path

import pandas as pd

from stiltcal.data.contamination import contamination
from stiltcal.support.jobs import run_job


def main(*, training: list[str], evaluation: list[str], table: str) -> None:
    """Compare items files ({task}/{split}/{language}.parquet), and write `table` (CSV)."""
    rows = contamination(map(Path, training), map(Path, evaluation))
    pd.DataFrame(rows).to_csv(table, index=False, lineterminator="\n")


if "snakemake" in globals():
    run_job(main, snakemake)
