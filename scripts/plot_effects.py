"""Draw the effects of the primary hypotheses with their intervals and verdicts."""

from stiltcal.formats.results import PRIMARY, read_table
from stiltcal.report.effects import draw_effects
from stiltcal.report.style import save
from stiltcal.support.jobs import run_job


def main(*, primary: str, pdf: str, png: str, intermediates: list[str]) -> None:
    """Draw the intermediate tasks of each family of targets and class of perturbations."""
    save(draw_effects(read_table(primary, PRIMARY), intermediates), pdf, png)


if "snakemake" in globals():
    run_job(main, snakemake)
