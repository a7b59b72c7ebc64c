"""Write the report: one HTML page with the finding, the figures, the tables and the design of the study."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from stiltcal.formats.results import HIERARCHY, STRENGTH, TWINS, read_table
from stiltcal.report.explorer import read_blocks
from stiltcal.report.labels import labelled
from stiltcal.report.packing import explorer
from stiltcal.report.page import figure, plain_caption, render_page
from stiltcal.support.jobs import run_job


def main(*, html: str, labels: Mapping = MappingProxyType({}), **inputs) -> None:
    """Write the outputs of the report stage to one page. inputs: of `page_of`. labels: `labels.labelled`."""
    with labelled(labels):
        text = page_of(**inputs)
    Path(html).parent.mkdir(parents=True, exist_ok=True)
    Path(html).write_text(text, encoding="utf-8")


def page_of(
    *,
    finding: str,
    behind: list[str],
    scores: str,
    comparisons: str,
    scores_csv: str,
    calibration_csv: str,
    scalings_csv: str,
    hierarchy: str,
    strength: str,
    images: list[str],
    figures: list[dict],
    tables: dict[str, dict],
    shown: dict[str, object],
    targets: dict[str, dict],
    study: dict[str, object],
    perturbations: list[str],
    gallery: str = "gallery",
    fitted: list[str] = (),
) -> str:
    """Return the page.

    behind: tables whose rows the numbers of the finding name. figures: heading, caption and files of each
    (`page.figure`). images: their PNG files. tables: heading and caption of each. shown: what captions name, with the
    seed, metric and scaling. gallery: its folder, seen from the page. fitted: files temperature.json.
    """
    found = _json(finding)
    grid, blocks = read_blocks(scores, comparisons, shown["seed"], shown["intermediates"], targets, perturbations)
    return render_page(
        found,
        read_table(scores_csv, TWINS),
        read_table(calibration_csv, TWINS),
        read_table(scalings_csv, TWINS),
        read_table(hierarchy, HIERARCHY, may_be_empty=True),
        read_table(strength, STRENGTH, may_be_empty=True),
        [figure(each, images, shown, targets) for each in figures],
        {name: each | {"caption": plain_caption(each, shown)} for name, each in tables.items()},
        targets,
        study,
        [used for path in fitted for used in _json(path)["versions"].values()],
        explorer(grid, blocks, found["numbers"], behind, shown, gallery),
    )


def _json(path: str) -> dict:
    return json.loads(Path(path).read_text(encoding="utf-8"))


if "snakemake" in globals():
    run_job(main, snakemake)
