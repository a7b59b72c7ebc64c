"""Draw the effects of the primary hypotheses with their intervals and verdicts, and the interactions."""

from collections.abc import Mapping
from types import MappingProxyType

from stiltcal.formats.results import CONTRASTS, PRIMARY, read_table
from stiltcal.report.effects import draw_effects, draw_interactions
from stiltcal.report.labels import labelled
from stiltcal.report.style import drawn_as, save
from stiltcal.support.jobs import run_job


def main(
    *,
    primary: str,
    contrasts: str,
    effects: list[str],
    interactions: list[str],
    intermediates: list[str],
    look: Mapping = MappingProxyType({}),
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Draw both figures to their paths, for each family of targets and class of perturbations."""
    judged = read_table(primary, PRIMARY)
    with drawn_as(look), labelled(labels):
        save(draw_effects(judged, intermediates), *effects)
        save(draw_interactions(read_table(contrasts, CONTRASTS), judged, intermediates), *interactions)


if "snakemake" in globals():
    run_job(main, snakemake)
