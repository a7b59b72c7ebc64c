"""Draw the primary hypotheses: the effect of each intermediate task, its interval and the margin of equivalence."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from .labels import CLASSES, error_label, intermediate_label
from .style import BASELINE, CONTRAST, PAGE_WIDTH, Look, head, house_style, plain_text

_LEFT, _RIGHT, _TOP, _BOTTOM, _GAP = 1.15, 0.08, 0.46, 0.36, 0.1  # inches
_ROW, _TITLE, _FAMILY = 0.135, 0.3, 0.24  # inches
_BAND: Look = {"color": "#e4e4e4", "linewidth": 0}
#: The axis ends at this multiple of the widest interval; those of lost tasks may be wider.
_ROOM = 1.15
_LOOKS: dict[str, Look] = {
    "degrades": CONTRAST,
    "improves": BASELINE,
    "equivalent": {"color": "black", "marker": "D"},
    "inconclusive": {"color": "#777777", "marker": "o", "markerfacecolor": "white"},
    "task lost": {"color": "#aaaaaa", "marker": "x"},
}


def draw_effects(primary: pd.DataFrame, intermediates: Sequence[str]) -> Figure:
    """Draw a row of panels for each family of targets, and a panel for each class of perturbations.

    primary: the table of this name, with rows. Points are estimates, lines simultaneous intervals; the grey band is the
    margin of equivalence. Hypotheses that the study lacks have an empty line.
    """
    families, classes = primary.family.unique(), [name for name in CLASSES if name in set(primary["class"])]
    names = [name for name in intermediates if name in set(primary.intermediate)]
    with house_style():
        figure, axes = _panels(len(families), len(classes), len(names))
        for line, family in zip(axes, families, strict=True):
            rows = primary[primary.family == family]
            for axis, class_ in zip(line, classes, strict=True):
                _draw_panel(axis, rows[rows["class"] == class_].set_index("intermediate"), names, rows.margin.iloc[0])
            _finish_line(figure, line, family, rows)
        _headings(figure, axes[0], classes)
        _legend(figure, set(primary.verdict), primary.metric.iloc[0])
    return figure


def _panels(lines: int, columns: int, rows: int) -> tuple[Figure, list[list[Axes]]]:
    """Axes for `lines` families, each with a heading, and `rows` intermediate tasks."""
    panel = rows * _ROW
    height = _TOP + _TITLE + lines * (_FAMILY + panel + _BOTTOM)
    width = (PAGE_WIDTH - _LEFT - _RIGHT - (columns - 1) * _GAP) / columns
    figure = plt.figure(figsize=(PAGE_WIDTH, height))
    axes = []
    for line in range(lines):
        bottom = height - _TOP - _TITLE - (line + 1) * (_FAMILY + panel) - line * _BOTTOM
        lefts = [_LEFT + column * (width + _GAP) for column in range(columns)]
        boxes = [(left / PAGE_WIDTH, bottom / height, width / PAGE_WIDTH, panel / height) for left in lefts]
        axes.append([figure.add_axes(box) for box in boxes])
    return figure, axes


def _draw_panel(axis: Axes, rows: pd.DataFrame, names: Sequence[str], margin: float) -> None:
    axis.axvspan(-margin, margin, **_BAND)
    axis.axvline(0, color="black", linewidth=0.6)
    for place, name in enumerate(names):
        if name in rows.index:
            row = rows.loc[name]
            look = _LOOKS[row.verdict]
            axis.plot([row.low, row.high], [place, place], color=look["color"], linewidth=1)
            axis.plot(row.estimate, place, **look, markersize=3.5, linestyle="none", zorder=3)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set_yticks(range(len(names)), [plain_text(intermediate_label(name)) for name in names])
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)


def _finish_line(figure: Figure, line: Sequence[Axes], family: str, rows: pd.DataFrame) -> None:
    """Give the panels of a family one scale, on which all decided intervals and all estimates lie."""
    shown = rows[rows.verdict != "task lost"]
    shown = shown if len(shown) else rows
    ends = np.abs([shown.low, shown.high])
    limit = _ROOM * max(float(rows.margin.iloc[0]), float(np.nanmax(ends)) if np.isfinite(ends).any() else 0.0)
    for axis in line:
        axis.set_xlim(-limit, limit)
        axis.set_xticks([-_round(limit), 0, _round(limit)])
        axis.tick_params(labelleft=axis is line[0])
    _, height = figure.get_size_inches()
    top = line[0].get_position().y1
    figure.text(0.01, top + 0.05 / height, family, weight="bold", va="bottom")


def _round(limit: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above a limit."""
    power = 10.0 ** np.floor(np.log10(limit))
    return float(max(step * power for step in (1, 2, 5) if step * power <= limit))


def _headings(figure: Figure, line: Sequence[Axes], classes: Sequence[str]) -> None:
    """Name the classes of perturbations above the heading of the first family."""
    _, height = figure.get_size_inches()
    for axis, class_ in zip(line, classes, strict=True):
        box, label = axis.get_position(), CLASSES[class_].removesuffix(" text").removeprefix("text with ")
        place = (box.x0 + box.width / 2, box.y1 + _FAMILY / height)
        figure.text(*place, label.replace(" or ", " or\n"), ha="center", va="bottom", linespacing=1)


def _legend(figure: Figure, verdicts: set[str], metric: str) -> None:
    shown = [(name, look) for name, look in _LOOKS.items() if name in verdicts]
    lines = [Line2D([], [], **look, markersize=4, linestyle="-", label=name) for name, look in shown]
    handles = [*lines, Patch(**_BAND, label="too small to matter")]
    head(figure, f"Change of {error_label(metric)} on perturbed text", handles, 6, 1.3)
