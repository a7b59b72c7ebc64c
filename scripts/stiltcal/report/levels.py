"""Draw errors with their intervals, side by side: without and with an intermediate task, clean and perturbed."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .labels import intermediate_label, perturbation_label
from .style import Look, appearance, plain_text

_DODGE = 0.15


def draw_levels(axis: Axes, rows: pd.DataFrame, key: str, places: Sequence[str], intermediates: Sequence[str]) -> None:
    """Draw a point with its 95 % interval for each row of `scores.csv`, at the place of its value in the column `key`.

    intermediates: one or two phases, left and right of the place. Clean text is hollow.
    """
    for side, (intermediate, look) in enumerate(zip(intermediates, appearance().looks, strict=False)):
        for row in rows[rows.intermediate == intermediate].itertuples():
            is_clean = row.perturbation == "clean"
            middle = _DODGE * (2 * side - 1) if len(intermediates) > 1 else 0.0
            x = places.index(getattr(row, key)) + middle + _DODGE * (0.4 if is_clean else -0.4)
            face = "white" if is_clean else look["color"]
            axis.plot([x, x], [row.low, row.high], color=look["color"], linewidth=0.8)
            point: Look = {"markerfacecolor": face, "markersize": 3.2, "markeredgewidth": 0.8, "clip_on": False}
            axis.plot(x, row.estimate, **look, **point)
    axis.set_xlim(-0.5, len(places) - 0.5)
    axis.set_ylim(0, 1.05 * max([*rows.high.dropna(), 0.01]))
    axis.locator_params(axis="y", nbins=4)
    axis.tick_params(axis="x", length=0)
    axis.grid(axis="y", color="0.92", linewidth=0.5)


def level_handles(intermediates: Sequence[str], perturbation: str) -> list[Line2D]:
    """Return the legend of `draw_levels`."""
    texts: list[tuple[str, Look]] = [(perturbation_label(perturbation), {}), ("clean", {"markerfacecolor": "white"})]
    return [
        Line2D([], [], **look, **face, markersize=4, linestyle="none", label=plain_text(f"{label}, {text}"))
        for label, look in zip(map(intermediate_label, intermediates), appearance().looks, strict=False)
        for text, face in texts
    ]
