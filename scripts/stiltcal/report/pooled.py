"""Draw the reliability of each family of targets together: smooth calibration curves, zero-shot."""

from collections.abc import Sequence
from textwrap import fill

import pandas as pd
from matplotlib.figure import Figure

from .labels import perturbation_label
from .panels import Layout, common_label, outer_labels, panels
from .reliability import draw_curve, frame, handles
from .style import Head, Look, appearance, house_style, plain_text

#: Inches that the heading of a panel needs.
_NARROWEST = 1.4
_PAPER: Look = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}


def draw_pooled(
    curves: pd.DataFrame, *, families: Sequence[str], intermediates: Sequence[str], perturbations: Sequence[str]
) -> Figure:
    """Draw a panel for each of `perturbations` (a row) and of `families` (a column), with a curve for each model.

    curves: the rows of `curves.csv` with one seed and scaling. families: headings, which stand in its column `target`.
    intermediates: one or two phases. Bars are the intervals of the bins, bands those of the smooth curve.
    """
    rows = curves[curves.language == "zero_shot"]
    layout = Layout(1.35, bottom=0.4, top=0.4, between=0.56, gap=0.15)
    columns = layout.fitting(len(families), _NARROWEST)
    cells = [(text, family) for text in perturbations for family in families]
    if columns < len(families):  # in a narrow figure a family's texts stand side by side
        columns = layout.fitting(len(perturbations), _NARROWEST)
        cells = [(text, family) for family in families for text in perturbations]
    with house_style():
        head = Head("Confidence and share correct by family of targets, zero-shot", handles(intermediates))
        figure, axes = panels(len(cells), columns, layout, head)
        for axis, (text, family) in zip(axes, cells, strict=True):
            frame(axis)
            here = rows[(rows.perturbation == text) & (rows.target == family)]
            for name, look in zip(intermediates, appearance().looks, strict=False):
                part = here[here.intermediate == name]
                draw_curve(axis, part, look)
                bins = part[part.curve == "bins"]
                axis.plot(bins.x, bins.share, **look, markersize=2.5, linestyle="none")
            axis.set_title(plain_text(fill(family, 22)), linespacing=1)
            axis.text(0.03, 0.93, plain_text(perturbation_label(text)), va="top", fontsize=8, bbox=_PAPER)
            axis.text(0.97, 0.05, _size(here.n), ha="right", fontsize=8)
        outer_labels(axes, columns, "share correct")
        common_label(figure, "confidence")
        for index, axis in enumerate(axes):
            axis.tick_params(labelleft=index % columns == 0)
    return figure


def _size(n: pd.Series) -> str:
    """Write the number of units of a panel, or its range where models have other numbers (entities, pairs)."""
    if n.empty:
        return "not run"
    least, most = f"{n.min():,}", f"{n.max():,}"
    return f"$n$ = {least}" if least == most else f"$n$ = {least}\N{EN DASH}{most}"
