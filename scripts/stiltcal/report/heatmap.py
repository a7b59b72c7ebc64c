"""Draw the heat map of calibration change: texts by intermediate tasks, a panel for each target."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from seaborn import heatmap

from ..formats.results import rows_of, significant
from .labels import error_label, intermediate_label, perturbation_label, report_order, target_label
from .lost import mark_lost
from .numbers import number
from .style import DIVERGING, NOT_RUN, PAGE_WIDTH, Look, house_style, plain_text

_COLUMNS = 3
_LEFT, _RIGHT, _TOP, _BOTTOM, _GAP = 1.3, 0.06, 0.45, 0.65, 0.12  # inches
_ROW, _TITLE = 0.13, 0.24  # inches
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
    are grey. Three targets stand side by side; the figure is as high as its texts ask for. Without intermediate tasks a
    single panel has the change of the error of `none` by each perturbation, with a column for each target.
    """
    trained, ordered = [name for name in intermediates if name != "none"], report_order(targets)
    rows = rows_of(comparisons, metric=metric, scaling=scaling, language=language)
    effect = "intermediate" if trained else "perturbation"
    rows = mark_lost(rows[rows.effect == effect], comparisons, scores, targets, seed)
    texts = [*(["clean"] if trained else []), *(name for name in perturbations if name != "clean")]
    columns = _Columns("intermediate", trained, intermediate_label)
    panels = [(target_label(target), rows[rows.target == target]) for target in ordered]
    if not trained:
        columns, panels = _Columns("target", ordered, target_label), [("none: perturbed minus clean text", rows)]
    limit = _limit(rows.estimate)
    with house_style():
        figure, axes = _panels(len(panels), len(texts))
        for (title, part), axis in zip(panels, axes, strict=True):
            image = _draw_panel(axis, part, texts, columns, limit)
            axis.set_title(plain_text(title))
        _finish(figure, axes, image, metric, marks_lost=bool(trained))
    return figure


def _limit(differences: pd.Series) -> float:
    """Return the end of the colour scale: a quantile of the absolute differences, rounded up to a multiple of 0.02."""
    return max(0.02, ceil(differences.abs().quantile(_SHOWN) / 0.02) * 0.02)


def _panels(count: int, rows: int) -> tuple[Figure, list[Axes]]:
    """Axes in rows of three, high enough for `rows` labels, with room for titles, labels and the colour bar."""
    lines = ceil(count / _COLUMNS)
    panel = rows * _ROW
    height = _TOP + lines * (_TITLE + panel) + _BOTTOM
    width = (PAGE_WIDTH - _LEFT - _RIGHT - (_COLUMNS - 1) * _GAP) / _COLUMNS
    figure = plt.figure(figsize=(PAGE_WIDTH, height))
    axes = []
    for index in range(count):
        line, column = divmod(index, _COLUMNS)
        top = _TOP + line * (_TITLE + panel) + _TITLE
        left, bottom = _LEFT + column * (width + _GAP), height - top - panel
        axes.append(figure.add_axes((left / PAGE_WIDTH, bottom / height, width / PAGE_WIDTH, panel / height)))
    return figure, axes


def _draw_panel(axis: Axes, rows: pd.DataFrame, texts: Sequence[str], columns: _Columns, limit: float):
    rows = rows.assign(mark=(np.sign(rows.estimate) * significant(rows)).where(~rows.lost.astype(bool), _IS_LOST))
    values, marks = (
        rows.pivot(index="perturbation", columns=columns.key, values=column).reindex(index=texts, columns=columns.names)
        for column in ("estimate", "mark")
    )
    look = {"cmap": DIVERGING, "vmin": -limit, "vmax": limit, "linecolor": "white", "linewidth": 0.6, "cbar": False}
    names = {
        "xticklabels": [plain_text(columns.label(name)) for name in columns.names],
        "yticklabels": [perturbation_label(name) for name in texts],
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


def _finish(figure: Figure, axes: Sequence[Axes], image, metric: str, marks_lost: bool) -> None:
    for index, axis in enumerate(axes):
        axis.tick_params(labelleft=index % _COLUMNS == 0, labelbottom=index + _COLUMNS >= len(axes))
    width, height = figure.get_size_inches()
    bar = figure.add_axes((_LEFT / width, 1 - 0.16 / height, 1.9 / width, 0.1 / height))
    limit = image.norm.vmax
    ticks: Look = {"ticks": [-limit, 0, limit], "format": lambda x, _: number(x, 2, signed=True) if x else "0"}
    figure.colorbar(image, cax=bar, orientation="horizontal", extend="both", **ticks)
    bar.tick_params(length=2)
    figure.text(
        (_LEFT + 2.05) / width,
        1 - 0.11 / height,
        f"change of {error_label(metric)}; marks: Holm $p$ < 0.05",
        va="center",
    )
    handles = [
        Line2D([], [], **_RISE, markersize=6, label="rises"),
        Line2D([], [], **_FALL, markersize=6, label="falls"),
        *([Line2D([], [], **_LOST, markersize=6, label="falls, task lost")] if marks_lost else []),
        Patch(**NOT_RUN, label="not run"),
    ]
    place: Look = {"loc": "upper left", "bbox_to_anchor": ((_LEFT + 1.98) / width, 1 - 0.2 / height)}
    figure.legend(handles=handles, ncols=4, **place, borderaxespad=0, handlelength=1, columnspacing=1, fontsize=8)
