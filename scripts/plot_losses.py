"""Draw the losses of all trainings over their updates."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from stiltcal.formats.history import HISTORY
from stiltcal.formats.results import read_table
from stiltcal.report.labels import labelled
from stiltcal.report.losses import draw_losses
from stiltcal.report.style import drawn_as, save
from stiltcal.support.jobs import run_job


def main(
    *,
    histories: list[str],
    losses: list[str],
    train_sets: list[str],
    intermediates: list[str],
    intermediate: str,
    look: Mapping = MappingProxyType({}),
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Draw the figure to its paths `losses`. histories: one file for each training."""
    table = pd.concat([read_table(path, HISTORY) for path in histories], ignore_index=True)
    grid = {"train_sets": train_sets, "intermediates": intermediates, "intermediate": intermediate}
    with drawn_as(look), labelled(labels):
        save(draw_losses(table, **grid), *losses)


if "snakemake" in globals():
    run_job(main, snakemake)
