"""Set the style of all figures, and save them so that the same figure gives the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

Look = dict[str, Any]
"""Arguments of matplotlib by name."""

COLUMN_WIDTH = 3.3  #: inches, one column of an ACL paper
PAGE_WIDTH = 6.8  #: inches, both columns
PNG_DPI = 300  #: as in the style file
LETTER, TITLE_LINE, _LEGEND_LINE = 0.062, 0.14, 0.15  #: inches: a letter of a title, lines of title and legend
STYLE_FILE = Path(__file__).with_name("stiltcal.mplstyle")

NOT_RUN: Look = {"facecolor": "#d9d9d9", "edgecolor": "white", "hatch": "/////", "linewidth": 0.6}


class Appearance(NamedTuple):
    """Hold what a study may choose: the width of figures in inches, and their colours (`report` in the configuration).

    without, with_: colours as `#rrggbb` of models without and with intermediate training; by default two of Okabe and
    Ito (2008), told apart by every kind of colour vision and in grey. change: a diverging colour map; by default purple
    where the value falls and orange where it rises, safe for red-green blindness.
    """

    width: float = PAGE_WIDTH
    without: str = "#0072B2"
    with_: str = "#D55E00"
    change: str = "PuOr_r"

    @property
    def looks(self) -> tuple[Look, Look]:
        """Colour and marker of models without and with intermediate training."""
        return {"color": self.without, "marker": "o"}, {"color": self.with_, "marker": "s"}

    @property
    def columns(self) -> int:
        """Panels that stand side by side: three on a page, one in a column of a paper."""
        return max(1, min(3, int(self.width / 2.2)))


_DEFAULT = Appearance()
_chosen: ContextVar[Appearance] = ContextVar("appearance", default=_DEFAULT)


def appearance() -> Appearance:
    """Return the appearance of the figures that are drawn now."""
    return _chosen.get()


@contextmanager
def drawn_as(look: Mapping[str, Any]) -> Iterator[None]:
    """Draw with the width and the colours of `look` (`width`, `without`, `with`, `change`) inside this block."""
    token = _chosen.set(Appearance(**{"with_" if key == "with" else key: value for key, value in look.items()}))
    try:
        yield
    finally:
        _chosen.reset(token)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the house style inside this block, whatever the settings of the user's matplotlib."""
    with plt.style.context(["default", STYLE_FILE]):
        yield


def plain_text(label: str) -> str:
    """Return a label as matplotlib prints it: between dollar signs it would read mathematics."""
    return label.replace("$", "\\$")


class Head:
    """A title and a legend below it, in as many lines as the width of figures asks for."""

    def __init__(self, title: str, handles: Sequence[Artist], handle_length: float = 0.8):
        """handle_length: that of the legend's lines, in units of its text size."""
        width = appearance().width
        self.title = fill(title, int(width / LETTER))
        self.legend: Look = {"handles": handles, "handlelength": handle_length, "columnspacing": 1, "fontsize": 8}
        self.columns = next(columns for columns in range(len(handles), 0, -1) if self._width(columns) < width)
        self.lines = -(-len(handles) // self.columns)

    def _width(self, columns: int) -> float:
        """Return the width in inches of the legend with so many columns; 0 for one, which cannot be narrower."""
        if columns == 1:
            return 0.0
        with house_style():
            figure = Figure(figsize=(PAGE_WIDTH, 1))
            legend = figure.legend(**self.legend, ncols=columns)
            return legend.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width / figure.dpi

    @property
    def height(self) -> float:
        """Inches from the top of the figure to below the legend."""
        return 0.08 + TITLE_LINE * (self.title.count("\n") + 1) + _LEGEND_LINE * self.lines

    def draw(self, figure: Figure) -> None:
        """Write both at the top left."""
        _, height = figure.get_size_inches()
        below = 1 - (0.06 + TITLE_LINE * (self.title.count("\n") + 1)) / height
        place: Look = {"loc": "upper left", "bbox_to_anchor": (0.003, below), "borderaxespad": 0}
        figure.legend(**self.legend, ncols=self.columns, **place)
        figure.text(0.01, 1 - 0.06 / height, self.title, va="top", linespacing=1)


def save(figure: Figure, *paths: str | Path) -> None:
    """Save a figure under each path (the suffix gives the format), without date or version, and close it."""
    with house_style():
        for path in map(Path, paths):
            path.parent.mkdir(parents=True, exist_ok=True)
            metadata = (
                {"Creator": "stiltcal", "CreationDate": None, "Producer": None}
                if path.suffix == ".pdf"
                else {"Software": None}
            )
            figure.savefig(path, metadata=metadata)
    plt.close(figure)
