"""Draw the heat map of calibration change: texts by intermediate tasks, a panel for each target."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from seaborn import heatmap

from ..formats.results import rows_of, significant
from .labels import error_label, intermediate_label, perturbation_label, report_order, target_label
from .lost import mark_lost
from .numbers import number
from .panels import Layout, panels
from .style import NOT_RUN, Head, Look, appearance, house_style, plain_text

_ROW, _LEFT, _GAP, _BAR = 0.13, 1.3, 0.12, 1.9  # inches
#: In narrower figures, in inches, the colour bar stands below the head, not beside the title.
_BESIDE = 5.5
#: The colour scale ends at this quantile of the absolute differences, so that one large cell does not pale the others.
_SHOWN = 0.98
_RISE: Look = {"marker": "^", "linestyle": "none", "color": "black", "markeredgecolor": "white", "markeredgewidth": 0.5}
_FALL = _RISE | {"marker": "v"}
_LOST = _RISE | {"marker": "X"}
_IS_LOST = 2


class _Columns(NamedTuple):
    """Columns of a panel: the column of comparisons.csv that names them, the names, and their labels."""

    key: str
    names: Sequence[str]
    label: Callable[[str], str]


def draw_heatmap(
    comparisons: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    intermediates: Sequence[str],
    targets: dict[str, dict],
    perturbations: Sequence[str],
    metric: str,
    scaling: str,
    language: str,
    seed: str,
) -> Figure:
    """Draw the difference of a calibration error from `none` on the same text: clean, and under each perturbation.

    `comparisons` and `scores` are the tables of these names; `targets` maps names to their task's `kind` and
    `metrics`. Cells whose Holm-corrected p value is below the level carry a triangle that points
    where the error goes, or a cross where it falls but the task is lost; cells of the grid that the table does not have
    are grey. On a page three targets stand side by side; the figure is as high as its texts ask for. Without
    intermediate tasks a single panel has the change of the error of `none` by each perturbation, with a column for each
    target.
    """
    trained, ordered = [name for name in intermediates if name != "none"], report_order(targets)
    rows = rows_of(comparisons, metric=metric, scaling=scaling, language=language)
    effect = "intermediate" if trained else "perturbation"
    rows = mark_lost(rows[rows.effect == effect], comparisons, scores, targets, seed)
    texts = [*(["clean"] if trained else []), *(name for name in perturbations if name != "clean")]
    columns = _Columns("intermediate", trained, intermediate_label)
    parts = [(target_label(target), rows[rows.target == target]) for target in ordered]
    if not trained:
        columns, parts = _Columns("target", ordered, target_label), [("none: perturbed minus clean text", rows)]
    limit = _limit(rows.estimate)
    with house_style():
        head = Head(f"Change of {error_label(metric)}; marks: Holm $p$ < 0.05", _handles(marks_lost=bool(trained)))
        side_by_side, is_beside = min(appearance().columns, len(parts)), appearance().width >= _BESIDE
        top = 0.24 if is_beside else 0.52
        layout = Layout(len(texts) * _ROW, left=_LEFT, bottom=_room(columns), top=top, between=0.24, gap=_GAP)
        figure, axes = panels(len(parts), side_by_side, layout, head)
        for index, ((title, part), axis) in enumerate(zip(parts, axes, strict=True)):
            image = _draw_panel(axis, part, texts, columns, limit)
            axis.set_title(plain_text(title))
            axis.tick_params(labelleft=index % side_by_side == 0, labelbottom=index + side_by_side >= len(axes))
        _colour_bar(figure, image, 0.16 if is_beside else head.height + 0.1)
    return figure


def _room(columns: _Columns) -> float:
    """Inches below the panels for the labels of the columns, which stand upright."""
    return 0.15 + 0.062 * max(len(columns.label(name)) for name in columns.names)


def _limit(differences: pd.Series) -> float:
    """Return the end of the colour scale: a quantile of the absolute differences, rounded up to a multiple of 0.02."""
    return max(0.02, ceil(differences.abs().quantile(_SHOWN) / 0.02) * 0.02)


def _draw_panel(axis: Axes, rows: pd.DataFrame, texts: Sequence[str], columns: _Columns, limit: float):
    rows = rows.assign(mark=(np.sign(rows.estimate) * significant(rows)).where(~rows.lost.astype(bool), _IS_LOST))
    values, marks = (
        rows.pivot(index="perturbation", columns=columns.key, values=column).reindex(index=texts, columns=columns.names)
        for column in ("estimate", "mark")
    )
    look = {
        "cmap": appearance().change,
        "vmin": -limit,
        "vmax": limit,
        "linecolor": "white",
        "linewidth": 0.6,
        "cbar": False,
    }
    names = {
        "xticklabels": [plain_text(columns.label(name)) for name in columns.names],
        "yticklabels": [plain_text(perturbation_label(name)) for name in texts],
    }
    heatmap(values.astype(float), ax=axis, **look, **names)
    for y, x in np.argwhere(values.isna().to_numpy()):
        axis.add_patch(Rectangle((x, y), 1, 1, **NOT_RUN))
    for sign, marker in ((1, _RISE), (-1, _FALL), (_IS_LOST, _LOST)):
        y, x = np.nonzero((marks == sign).to_numpy())
        axis.plot(x + 0.5, y + 0.5, **marker, markersize=4)
    if "clean" in texts:
        axis.axhline(1, color="white", linewidth=2.5)  # below clean text: perturbed text
    axis.set(xlabel=None, ylabel=None)
    axis.tick_params(length=0)
    axis.tick_params(axis="x", rotation=90)
    axis.tick_params(axis="y", rotation=0)
    return axis.collections[0]


def _handles(marks_lost: bool) -> list[Artist]:
    return [
        Line2D([], [], **_RISE, markersize=6, label="rises"),
        Line2D([], [], **_FALL, markersize=6, label="falls"),
        *([Line2D([], [], **_LOST, markersize=6, label="falls, task lost")] if marks_lost else []),
        Patch(**NOT_RUN, label="not run"),
    ]


def _colour_bar(figure: Figure, image, below: float) -> None:
    """Draw the colour bar at the right, so many inches below the top of the figure."""
    width, height = figure.get_size_inches()
    length = min(_BAR, width - _LEFT - 0.2)
    bar = figure.add_axes(((width - length - 0.15) / width, 1 - below / height, length / width, 0.1 / height))
    limit = image.norm.vmax
    ticks: Look = {"ticks": [-limit, 0, limit], "format": lambda x, _: number(x, 2, signed=True) if x else "0"}
    figure.colorbar(image, cax=bar, orientation="horizontal", extend="both", **ticks)
    bar.tick_params(length=2)
