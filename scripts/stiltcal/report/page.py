"""Render the report as one self-contained HTML page: figures, tables, finding and study."""

import base64
import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from .captions import caption_text
from .labels import scaling_label, target_label
from .links import linked
from .markdown import COUNTS, count_table, main_results
from .scaling_table import scaling_grid
from .style import COLUMN_WIDTH, PAGE_WIDTH, PNG_DPI
from .summaries import distance_grid, strength_grid
from .tables import calibration_grid, scores_grid

#: Templates of the page; the first includes the others.
_TEMPLATES = ("page.html.j2", "page_explore.html.j2")
_STYLE = "page.css"
#: Scripts of the page, in their order.
_SCRIPTS = ("page_data.js", "page_map.js", "page_sources.js", "page.js")
#: Nothing is loaded from anywhere; of scripts only our own is run.
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
    "form-action 'none'"
)
_PACKAGES = ("jinja2", "matplotlib", "numpy", "pandas", "pyarrow")


def render_page(
    finding: Mapping,
    scores: pd.DataFrame,
    calibration: pd.DataFrame,
    scalings: pd.DataFrame,
    hierarchy: pd.DataFrame,
    strength: pd.DataFrame,
    figures: Sequence[Mapping],
    captions: Mapping[str, Mapping[str, str]],
    targets: Mapping[str, dict],
    study: Mapping[str, object],
    used: Iterable[Mapping[str, str]],
    explorer: Mapping[str, object],
) -> str:
    """Return the HTML text of the report.

    finding: contents of finding.json. scores, calibration, scalings: the CSV twins of the LaTeX tables. hierarchy,
    strength: result tables, shown with the scaling of `calibration`. figures: results of `figure`, in their order.
    captions: `heading` and `caption` of the tables `scores`, `calibration` and `scalings`. targets: `kind` and
    `metrics` by name. study: settings of the study as label and value. used: package versions of training and
    prediction, which may have run in other environments. explorer: `index`, `blocks` and `sources` as
    `packing` has them, `shown_tables` (texts by name) and `galleries` (label and page by target).
    """
    finding = linked(finding)
    heading, results = main_results(finding["tables"])
    head, lines = count_table(finding["counts"])
    return _template().render(
        finding=finding,
        **_assets(),
        **explorer,
        results={"title": heading, "tables": results},
        compares_models="calibration" not in finding["tables"],
        figures=figures,
        captions=captions,
        scores=scores_grid(scores, targets),
        calibration=calibration_grid(calibration, targets),
        scalings=scaling_grid(scalings, targets),
        scaling_labels={name: scaling_label(name) for name in scalings.scaling.unique()},
        distance=distance_grid(hierarchy, targets, calibration.scaling.iloc[0]),
        strength=strength_grid(strength, targets, calibration.scaling.iloc[0]),
        counts={"head": head, "lines": lines, "caption": COUNTS.replace("`", "")},
        study={name: _text(value) for name, value in study.items()},
        versions=_versions(used),
    )


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(_TEMPLATES[0])


def _assets() -> dict[str, str]:
    """Return the style and the script of the page, and the policy that allows this script alone."""
    style, *scripts = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in (_STYLE, *_SCRIPTS))
    script = "\n".join(scripts)
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return {"style": style, "script": script, "policy": _POLICY.format(digest=digest)}


def _versions(used: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """List package versions of this and of earlier jobs; several versions of one package are joined by "and"."""
    found = {name: {version(name)} for name in _PACKAGES} | {"python": {platform.python_version()}}
    for versions in used:
        for name, number in versions.items():
            found.setdefault(name, set()).add(number)
    return {name: " and ".join(sorted(found[name])) for name in sorted(found)}


def plain_caption(listed: Mapping, shown: Mapping[str, object]) -> str:
    """Return the caption of a figure or table (`captions.caption_text`) without its markup."""
    return caption_text(listed["caption"], shown, listed["heading"]).replace("*", "").replace("``", "")


def figure(listed: Mapping, images: Iterable[str | Path], shown: Mapping[str, object], targets: Iterable[str]) -> dict:
    """Return one figure of the page: `heading`, `caption` and `images`.

    listed: `heading`, `caption` (a template) and `files`, names without their endings: one, or several of which those
    of a target end with `_<target>`. images: PNG files, of other figures too. Raises ValueError if the caption names
    another parameter than those of `shown`.
    """
    paths = {Path(path).stem: path for path in images}
    heading, files = listed["heading"], listed["files"]
    by_length = sorted(targets, key=len, reverse=True)  # a target's name may end with that of another
    shows = [next((target for target in by_length if name.endswith(f"_{target}")), "") for name in files]
    alts = [f"{heading}: {target_label(target)}" if target else heading for target in shows]
    return {
        "heading": heading,
        "caption": plain_caption(listed, shown),
        "images": [
            _image(paths[name], alt) | {"target": target} for name, alt, target in zip(files, alts, shows, strict=True)
        ],
    }


def _image(path: str | Path, alt: str) -> dict:
    data = Path(path).read_bytes()
    pixels = int.from_bytes(data[16:20])  # the width, as the PNG header has it
    inches = min((COLUMN_WIDTH, PAGE_WIDTH), key=lambda width: abs(width - pixels / PNG_DPI))
    return {"data": base64.b64encode(data).decode("ascii"), "alt": alt, "inches": inches}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
