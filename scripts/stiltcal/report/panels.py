"""Lay out the panels of a figure: rows of axes of one size, below a head of title and legend."""

from collections.abc import Sequence
from math import ceil
from textwrap import fill
from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import LETTER, TITLE_LINE, Head, appearance


class Layout(NamedTuple):
    """Sizes in inches. panel: height of a panel; between: that between two rows, for labels and the next title.

    left, right, bottom: margins of the figure. gap: between two panels of a row, which have axes labels of their own.
    top: between the head and the first panels.
    """

    panel: float
    left: float = 0.45
    right: float = 0.08
    bottom: float = 0.42
    top: float = 0.24
    between: float = 0.5
    gap: float = 0.38


def panels(count: int, columns: int, layout: Layout, head: Head) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as its appearance says, with its head drawn, and `count` axes in rows of `columns`."""
    width, lines = appearance().width, ceil(count / columns)
    height = head.height + layout.top + lines * layout.panel + (lines - 1) * layout.between + layout.bottom
    each = (width - layout.left - layout.right - (columns - 1) * layout.gap) / columns
    figure = plt.figure(figsize=(width, height))
    axes = []
    for index in range(count):
        line, column = divmod(index, columns)
        top = head.height + layout.top + line * (layout.panel + layout.between)
        left, bottom = layout.left + column * (each + layout.gap), height - top - layout.panel
        axes.append(figure.add_axes((left / width, bottom / height, each / width, layout.panel / height)))
    head.draw(figure)
    return figure, axes


def common_label(figure: Figure, text: str) -> None:
    """Name the x axes of all panels at the bottom of a figure, in as many lines as its width asks for."""
    width, height = figure.get_size_inches()
    figure.text(0.5, 0.06 / height, fill(text, int(width / LETTER)), ha="center", linespacing=1)


def label_height(text: str) -> float:
    """Inches that `common_label` needs."""
    return 0.06 + TITLE_LINE * (fill(text, int(appearance().width / LETTER)).count("\n") + 1)


def outer_labels(axes: Sequence[Axes], columns: int, y: str) -> None:
    """Name the y axes of the panels at the left."""
    for axis in axes[::columns]:
        axis.set_ylabel(y)
