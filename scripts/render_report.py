"""Write the report: one HTML page with the finding, the figures, the tables and the design of the study."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from stiltcal.formats.results import HIERARCHY, STRENGTH, TWINS, read_table
from stiltcal.report.labels import labelled
from stiltcal.report.page import figure, render_page
from stiltcal.support.jobs import run_job


def main(
    *,
    finding: str,
    scores_csv: str,
    calibration_csv: str,
    scalings_csv: str,
    hierarchy: str,
    strength: str,
    images: list[str],
    html: str,
    figures: list[dict],
    shown: dict[str, object],
    targets: dict[str, dict],
    study: dict[str, object],
    fitted: list[str] = (),
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Write the outputs of the report stage to one page.

    figures: heading, caption and files of each figure (`stiltcal.report.page.figure`). images: their PNG files. shown:
    parameters that captions name. study: the design, for a reader. fitted: files temperature.json, whose versions of
    libraries are printed beside the installed ones. labels: `labels.labelled`.
    """
    with labelled(labels):
        text = render_page(
            json.loads(Path(finding).read_text(encoding="utf-8")),
            read_table(scores_csv, TWINS),
            read_table(calibration_csv, TWINS),
            read_table(scalings_csv, TWINS),
            read_table(hierarchy, HIERARCHY, may_be_empty=True),
            read_table(strength, STRENGTH, may_be_empty=True),
            [figure(each, images, shown) for each in figures],
            targets,
            study,
            [
                used
                for path in fitted
                for used in json.loads(Path(path).read_text(encoding="utf-8"))["versions"].values()
            ],
        )
    Path(html).parent.mkdir(parents=True, exist_ok=True)
    Path(html).write_text(text, encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
