"""Draw the reliability diagram of a file of predictions: a panel for each group of its rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .reliability import draw_curve, draw_model, finish, frame, paired_panels
from .style import COLUMN_WIDTH, PAGE_WIDTH, Head, appearance, drawn_as, house_style, plain_text


class Drawn(NamedTuple):
    """One set of confidences in a panel.

    bins: rows of `calibration.estimators.reliability`. curves: columns curve (bins or smooth), x, share, low, high.
    score: estimate, low and high of the calibration error.
    """

    bins: pd.DataFrame
    curves: pd.DataFrame
    score: pd.Series


def draw_diagram(groups: Mapping[str, Sequence[Drawn]], *, title: str, names: Sequence[str], metric: str) -> Figure:
    """Draw a panel for each group, headed by its name, with one or two sets of confidences, which `names` name.

    A single panel is as wide as one column of a paper.

    metric: the calibration error that is printed above each panel.
    """
    looks = appearance().looks
    handles = [Line2D([], [], **look, label=plain_text(name)) for name, look in zip(names, looks, strict=False)]
    with drawn_as({"width": COLUMN_WIDTH if len(groups) == 1 else PAGE_WIDTH}), house_style():
        figure, axes = paired_panels(len(groups), Head(plain_text(title), handles))
        for (group, sets), (curve, histogram) in zip(groups.items(), axes, strict=True):
            frame(curve)
            curve.text(0, 1.31, plain_text(group), transform=curve.transAxes, va="bottom", fontsize=9)
            for row, (drawn, look) in enumerate(zip(sets, looks, strict=False)):
                draw_model(curve, histogram, row, look, drawn.bins, drawn.score)
                draw_curve(curve, drawn.curves, look)
        finish(figure, axes, metric)
    return figure
