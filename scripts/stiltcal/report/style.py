"""Set the style of all figures, and save them so that the same figure gives the same bytes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.figure import Figure

Look = dict[str, Any]
"""Arguments of matplotlib by name."""

COLUMN_WIDTH = 3.3  #: inches, one column of an ACL paper
PAGE_WIDTH = 6.8  #: inches, both columns
PNG_DPI = 300  #: as in the style file
STYLE_FILE = Path(__file__).with_name("stiltcal.mplstyle")

#: Two colours of Okabe and Ito (2008), told apart by every kind of colour vision and in grey; each goes with a marker.
BASELINE: Look = {"color": "#0072B2", "marker": "o"}
CONTRAST: Look = {"color": "#D55E00", "marker": "s"}
#: Diverging, safe for red-green blindness: purple where the value falls, orange where it rises.
DIVERGING = "PuOr_r"
NOT_RUN: Look = {"facecolor": "#d9d9d9", "edgecolor": "white", "hatch": "/////", "linewidth": 0.6}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the house style inside this block, whatever the settings of the user's matplotlib."""
    with plt.style.context(["default", STYLE_FILE]):
        yield


def plain_text(label: str) -> str:
    """Return a label as matplotlib prints it: between dollar signs it would read mathematics."""
    return label.replace("$", "\\$")


def head(figure: Figure, title: str, handles: Sequence[Artist], columns: int, handle_length: float) -> None:
    """Write a title at the top left of a figure, and a legend in rows of `columns` below it."""
    _, height = figure.get_size_inches()
    place: Look = {"loc": "upper left", "bbox_to_anchor": (0.003, 1 - 0.2 / height), "borderaxespad": 0}
    figure.legend(handles=handles, ncols=columns, **place, handlelength=handle_length, columnspacing=1, fontsize=8)
    figure.text(0.01, 1 - 0.06 / height, title, va="top")


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
