"""Lay out the panels of a figure: rows of axes of one size, below a head of title and legend."""

from collections.abc import Sequence
from math import ceil, inf
from textwrap import fill
from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import LETTER, TITLE_LINE, Head, appearance


class Layout(NamedTuple):
    """Sizes in inches. panel: height of a panel; between: that between two rows, for labels and the next title.

    left, right, bottom: margins of the figure. gap: between two panels of a row, which have axes labels of their own.
    top: between the head and the first panels. widest: the most that a panel is drawn out. heading: above each group
    of panels.
    """

    panel: float
    left: float = 0.45
    right: float = 0.08
    bottom: float = 0.42
    top: float = 0.24
    between: float = 0.5
    gap: float = 0.38
    widest: float = inf
    heading: float = 0.0

    def fitting(self, count: int, narrowest: float) -> int:
        """Return how many of `count` panels, each so many inches wide or wider, stand side by side."""
        room = appearance().width - self.left - self.right + self.gap
        return max(1, min(count, int(room / (narrowest + self.gap))))


def panels(count: int, columns: int, layout: Layout, head: Head, groups: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as its appearance says, with its head drawn, and `count` axes in rows of `columns`.

    Fewer panels than columns share the whole width. groups: their number; each has `count` axes, which begin in a new
    row.
    """
    columns = max(1, min(columns, count))
    width, lines = appearance().width, ceil(count / columns)
    line = layout.panel + layout.between
    group = layout.heading + lines * line
    first = head.height + layout.top + layout.heading
    height = head.height + layout.top + groups * group - layout.between + layout.bottom
    each = min((width - layout.left - layout.right - (columns - 1) * layout.gap) / columns, layout.widest)
    figure = plt.figure(figsize=(width, height))
    axes = []
    for index in range(groups * count):
        row, column = divmod(index % count, columns)
        bottom = height - first - index // count * group - row * line - layout.panel
        left = layout.left + column * (each + layout.gap)
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
