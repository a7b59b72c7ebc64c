"""Write the report: one HTML page with the finding, the figures, the tables and what was run."""

import json
from pathlib import Path

import pandas as pd

from stiltcal.report.page import render_page

#: The libraries that the numbers come from.
PACKAGES = ("torch", "transformers", "numpy", "pandas", "pyarrow", "scipy", "snakemake", "matplotlib")


def main(
    finding: str,
    scores_csv: str,
    calibration_csv: str,
    heatmap: str,
    reliability: list[str],
    html: str,
    *,
    targets: dict[str, dict],
    study: dict[str, object],
) -> None:
    """Bind the outputs of the report stage into a page; `reliability` are files named `reliability_{target}.png`."""
    text = render_page(
        json.loads(Path(finding).read_text(encoding="utf-8")),
        pd.read_csv(scores_csv),
        pd.read_csv(calibration_csv),
        heatmap,
        {Path(path).stem.removeprefix("reliability_"): path for path in reliability},
        targets,
        study,
        PACKAGES,
    )
    Path(html).parent.mkdir(parents=True, exist_ok=True)
    Path(html).write_text(text, encoding="utf-8")


if "snakemake" in globals():
    from stiltcal.jobs import job

    with job(snakemake):
        main(
            snakemake.input.finding,
            snakemake.input.scores_csv,
            snakemake.input.calibration_csv,
            snakemake.input.heatmap,
            snakemake.input.reliability,
            snakemake.output.html,
            **snakemake.params,
        )
