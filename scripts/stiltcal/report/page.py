"""Render the report as one self-contained HTML page: figures, tables, finding and study."""

import base64
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .captions import caption_text
from .labels import error_label, scaling_label, target_label
from .markdown import COUNTS, count_table, main_results
from .scaling_table import scaling_grid
from .style import COLUMN_WIDTH, PAGE_WIDTH, PNG_DPI
from .summaries import distance_grid, strength_grid
from .tables import calibration_grid, scores_grid

_PACKAGES = ("jinja2", "matplotlib", "numpy", "pandas", "pyarrow")


def render_page(
    finding: Mapping,
    scores: pd.DataFrame,
    calibration: pd.DataFrame,
    scalings: pd.DataFrame,
    hierarchy: pd.DataFrame,
    strength: pd.DataFrame,
    figures: Sequence[Mapping],
    targets: Mapping[str, dict],
    study: Mapping[str, object],
    used: Iterable[Mapping[str, str]],
) -> str:
    """Return the HTML text of the report.

    finding: contents of finding.json. scores, calibration, scalings: the CSV twins of the LaTeX tables. hierarchy,
    strength: result tables, shown with the scaling of `calibration`. figures: results of `figure`, in their order.
    targets: `kind` and `metrics` by name. study: settings of the study as label and value. used: package versions of
    training and prediction, which may have run in other environments. Raises ValueError for a metric that is no error.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    heading, results = main_results(finding["tables"])
    head, lines = count_table(finding["counts"])
    return environment.get_template("page.html.j2").render(
        finding=finding,
        results={"title": heading, "tables": results},
        compares_models="calibration" not in finding["tables"],
        figures=figures,
        scores=scores_grid(scores, targets),
        calibration=calibration_grid(calibration, targets),
        scalings=scaling_grid(scalings, targets),
        scaling_labels={name: scaling_label(name) for name in scalings.scaling.unique()},
        distance=distance_grid(hierarchy, targets, calibration.scaling.iloc[0]),
        strength=strength_grid(strength, targets, calibration.scaling.iloc[0]),
        metric=error_label(calibration.metric.iloc[0]),
        counts={"head": head, "lines": lines, "caption": COUNTS.replace("`", "")},
        study={name: _text(value) for name, value in study.items()},
        versions=_versions(used),
    )


def _versions(used: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """List package versions of this and of earlier jobs; several versions of one package are joined by "and"."""
    found = {name: {version(name)} for name in _PACKAGES} | {"python": {platform.python_version()}}
    for versions in used:
        for name, number in versions.items():
            found.setdefault(name, set()).add(number)
    return {name: " and ".join(sorted(found[name])) for name in sorted(found)}


def figure(listed: Mapping, images: Iterable[str | Path], shown: Mapping[str, object]) -> dict:
    """Return one figure of the page: `heading`, `caption` and `images`.

    listed: `heading`, `caption` (a template of plain text, which names values of `shown` as `snakemake.params`, as in
    Snakemake's own report) and `files`, names without their endings: one, or one for each target, `<figure>_<target>`.
    images: PNG files, of other figures too. Raises ValueError if the caption names another parameter.
    """
    paths = {Path(path).stem: path for path in images}
    heading, files = listed["heading"], listed["files"]
    caption = caption_text(listed["caption"], shown, heading)
    alts = [heading] if len(files) == 1 else [f"{heading}: {target_label(name.partition('_')[2])}" for name in files]
    return {
        "heading": heading,
        "caption": caption,
        "images": [_image(paths[name], alt) for name, alt in zip(files, alts, strict=True)],
    }


def _image(path: str | Path, alt: str) -> dict:
    data = Path(path).read_bytes()
    pixels = int.from_bytes(data[16:20])  # the width, as the PNG header has it
    inches = min((COLUMN_WIDTH, PAGE_WIDTH), key=lambda width: abs(width - pixels / PNG_DPI))
    return {"data": base64.b64encode(data).decode("ascii"), "alt": alt, "inches": inches}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
