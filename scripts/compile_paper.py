"""Write a short paper with the finding, every figure and every table, and compile it with LaTeX."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from stiltcal.report.labels import labelled
from stiltcal.report.paper import render_paper
from stiltcal.report.typeset import typeset
from stiltcal.support.jobs import run_job


def main(
    *,
    finding: str,
    tex: list[str],
    captions: list[str],
    images: list[str],
    paper: str,
    pdf: str,
    figures: list[dict],
    shown: dict[str, object],
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Write paper.tex and paper.pdf.

    tex, captions: the files of the tables, in the folder `tables` beside the paper. images: PDF files of the figures,
    in `figures`. figures: heading, caption and files of each figure. shown: parameters that captions name.
    labels: as `labels.labelled`.
    """
    inputs = [Path(path).read_text(encoding="utf-8") for path in (*tex, *captions)]
    found = json.loads(Path(finding).read_text(encoding="utf-8"))
    with labelled(labels):
        text = render_paper(found, figures, shown, [Path(path).stem for path in tex], inputs)
    Path(paper).write_text(text, encoding="utf-8")
    Path(pdf).write_bytes(typeset(text, Path(paper).parent))


if "snakemake" in globals():
    run_job(main, snakemake)
