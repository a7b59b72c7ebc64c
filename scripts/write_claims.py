"""Write the published claims with their verdicts, and the gains by intermediate task, as a page."""

from pathlib import Path

from stiltcal.formats.results import BEST_PER_TARGET, CLAIMS, GAINS, read_table
from stiltcal.report.claims import claims_page
from stiltcal.support.jobs import run_job


def main(*, claims: str, gains: str, best_per_target: str, page: str, targets: dict[str, dict]) -> None:
    """Write `page` from the tables alone. targets: `kind` and more by name."""
    tables = (
        read_table(claims, CLAIMS),
        read_table(gains, GAINS),
        read_table(best_per_target, BEST_PER_TARGET, may_be_empty=True),
    )
    Path(page).write_text(claims_page(*tables, targets), encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
