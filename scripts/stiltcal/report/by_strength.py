"""Draw changes of the calibration error against the measured strength of the perturbations, by target."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..formats.results import rows_of, where
from .labels import error_label, intermediate_label, report_order, target_label
from .panels import Layout, common_label, label_height, outer_labels, panels
from .style import Head, Look, appearance, house_style, plain_text
from .summaries import MEASURES, REACHED


def draw_by_strength(
    comparisons: pd.DataFrame,
    strength: pd.DataFrame,
    measured: pd.DataFrame,
    *,
    targets: dict[str, dict],
    intermediate: str,
    perturbations: Sequence[str],
    metric: str,
    scaling: str,
) -> Figure:
    """Draw a point with its interval for each perturbation, and the fitted slope with its band.

    comparisons, strength, measured: the tables of these names (`measured_strength/`). Without intermediate training the
    change is that from clean to perturbed text; of `intermediate` it is the interaction, by how much it differs.
    """
    points = where(rows_of(where(comparisons, metric=metric, scaling=scaling)), language="zero_shot")
    points = points[points.perturbation.isin(perturbations)]
    reached = measured[measured.measure == REACHED]
    slopes = rows_of(where(strength, measure=REACHED, scaling=scaling, metric=metric))
    shown = {("perturbation", "none"): appearance().looks[0]}
    if intermediate != "none":
        shown["interaction", intermediate] = appearance().looks[1]
    with house_style():
        head = Head(f"Change of {error_label(metric)} by strength of the perturbation, zero-shot", _handles(shown))
        columns = min(appearance().columns, len(targets))
        label = f"share of {MEASURES[REACHED]} by the perturbation"
        layout = Layout(1.1, left=0.55, bottom=0.22 + label_height(label), gap=0.42)
        figure, axes = panels(len(targets), columns, layout, head)
        for axis, target in zip(axes, report_order(targets), strict=True):
            places = reached[reached.target == target].set_index("perturbation").strength
            axis.axhline(0, color="0.8", linewidth=0.6)
            for (effect, model), look in shown.items():
                key = {"target": target, "effect": effect, "intermediate": model}
                _draw_points(axis, where(points, **key), places, look)
                _draw_slope(axis, where(slopes, **key), float(places.max()) if len(places) else 0.0, look)
            axis.set_title(plain_text(target_label(target)))
            axis.set_xlim(left=0)
            axis.locator_params(nbins=4)
        outer_labels(axes, columns, "change")
        common_label(figure, label)
    return figure


def _draw_points(axis: Axes, rows: pd.DataFrame, places: pd.Series, look: Look) -> None:
    rows = rows.assign(x=rows.perturbation.map(places)).dropna(subset=["x"])
    axis.vlines(rows.x, rows.low, rows.high, color=look["color"], linewidth=0.5, alpha=0.5)
    axis.plot(rows.x, rows.estimate, **look, markersize=2.5, linestyle="none")


def _draw_slope(axis: Axes, slopes: pd.DataFrame, end: float, look: Look) -> None:
    """Draw the line through the origin, and between the ends of the slope's interval a band."""
    x = np.array([0.0, end])
    for row in slopes.itertuples():
        axis.plot(x, row.slope * x, color=look["color"], linewidth=1)
        axis.fill_between(x, row.low * x, row.high * x, color=look["color"], alpha=0.15, linewidth=0)


def _handles(shown: Mapping[tuple[str, str], Look]) -> list[Line2D]:
    names = {"perturbation": "without intermediate training", "interaction": "difference with"}
    return [
        Line2D(
            [], [], **look, markersize=4,
            label=names[effect] if model == "none" else plain_text(f"{names[effect]} {intermediate_label(model)}"),
        )
        for (effect, model), look in shown.items()
    ]  # fmt: skip
