"""The report as one HTML page that holds everything it shows: figures, tables, the finding, what was run."""

import base64
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stiltcal.report.finding import count_table
from stiltcal.report.labels import error_label, target_label
from stiltcal.report.style import COLUMN_WIDTH, PAGE_WIDTH, PNG_DPI
from stiltcal.report.tables import calibration_grid, scores_grid


def render_page(
    finding: Mapping,
    scores: pd.DataFrame,
    calibration: pd.DataFrame,
    heatmap: str | Path,
    reliability: Mapping[str, str | Path],
    targets: Mapping[str, dict],
    study: Mapping[str, object],
    packages: Sequence[str],
) -> str:
    """HTML text of the report.

    `finding` is `finding.json`; `scores` and `calibration` are the CSV twins of the tables; figures are PNG files,
    those of `reliability` by target; `study` says what was run, in words for a reader; `packages` are installed
    distributions whose versions are printed.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    head, lines = count_table(finding["counts"])
    return environment.get_template("page.html.j2").render(
        finding=finding,
        heatmap=_figure(heatmap, "Heat map of calibration change"),
        reliability=[_figure(path, f"Reliability diagram, {target_label(t)}") for t, path in reliability.items()],
        scores=scores_grid(scores, targets),
        calibration=calibration_grid(calibration, targets),
        metric=error_label(calibration.metric.iloc[0]),
        counts={"head": head, "lines": lines},
        study={name: _text(value) for name, value in study.items()},
        versions={"Python": platform.python_version(), **{name: version(name) for name in packages}},
    )


def _figure(path: str | Path, alt: str) -> dict:
    data = Path(path).read_bytes()
    pixels = int.from_bytes(data[16:20])  # the width, as the PNG header has it
    inches = min((COLUMN_WIDTH, PAGE_WIDTH), key=lambda width: abs(width - pixels / PNG_DPI))
    return {"data": base64.b64encode(data).decode("ascii"), "alt": alt, "inches": inches}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
