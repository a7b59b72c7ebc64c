"""Draw reliability diagrams: share correct against confidence, with the histogram of confidences below."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..formats.results import cell, rows_of, where
from .labels import error_label, intermediate_label, language_label, perturbation_label, target_label
from .numbers import estimate_text
from .panels import Layout, panels
from .style import Head, Look, appearance, house_style, plain_text

_NARROWEST, _CURVE, _HISTOGRAM = 1.25, 1.45, 0.48  # inches
_LAYOUT = Layout(
    _CURVE + 0.22 + _HISTOGRAM, left=0.44, right=0.06, bottom=0.54, top=0.72, between=1.1, gap=0.2, widest=2.2
)


def draw_reliability(
    bins: pd.DataFrame,
    curves: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    target: str,
    intermediates: Sequence[str],
    perturbations: Sequence[str],
    languages: Sequence[str],
    scaling: str,
    metric: str,
    seed: str,
) -> Figure:
    """Draw a column of panels for each perturbation and language, a curve for each of at most two intermediate tasks.

    `bins`, `curves` and `scores` are the tables of `reliability.csv`, `curves.csv` and `scores.csv`; `metric` is the
    estimator whose estimate and interval are printed above each panel. Points with bars are the bins with their
    intervals, lines with a band the smooth calibration curve. Cells without bins are marked as not run. Languages that
    the target does not have are left out.
    Raises ValueError for more than two intermediates, and for a name that the tables do not have.
    """
    looks = appearance().looks
    if len(intermediates) > len(looks):
        raise ValueError(f"a reliability diagram compares at most {len(looks)} models, not {len(intermediates)}")
    keys = {"target": target, "scaling": scaling, "seed": seed, "intermediate": intermediates}
    bins, scores = rows_of(bins, **keys), rows_of(scores, **keys, metric=metric)
    curves = where(curves, target=target, scaling=scaling, seed=seed)
    present = [language for language in languages if language in set(bins.language)]
    with house_style():
        places = [{"perturbation": text, "language": language} for text in perturbations for language in present]
        head = Head(plain_text(f"{target_label(target)}: confidence and share correct"), handles(intermediates))
        figure, axes = paired_panels(len(places), head)
        for place, (curve, histogram) in zip(places, axes, strict=True):
            frame(curve)
            curve.text(0, 1.27, _title(place), transform=curve.transAxes, va="bottom", fontsize=9, linespacing=1)
            for row, (intermediate, look) in enumerate(zip(intermediates, looks, strict=False)):
                key = {**place, "intermediate": intermediate}
                draw_model(curve, histogram, row, look, where(bins, **key), cell(scores, **key))
                draw_curve(curve, where(curves, **key), look)
        finish(figure, axes, metric)
    return figure


def handles(intermediates: Sequence[str]) -> list[Line2D]:
    """Return the legend of the models."""
    return [
        Line2D([], [], **look, label=plain_text(intermediate_label(name)))
        for name, look in zip(intermediates, appearance().looks, strict=False)
    ]


def paired_panels(count: int, head: Head) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Return curves above histograms, as many side by side as the width allows."""
    columns = _LAYOUT.fitting(count, _NARROWEST)
    figure, whole = panels(count, columns, _LAYOUT, head)
    axes = []
    for index, curve in enumerate(whole):
        box = curve.get_position()
        inch = box.height / _LAYOUT.panel
        curve.set_position((box.x0, box.y1 - _CURVE * inch, box.width, _CURVE * inch))
        histogram = figure.add_axes((box.x0, box.y0, box.width, _HISTOGRAM * inch))
        is_left = index % columns == 0
        curve.tick_params(labelleft=is_left, labelbottom=False)
        curve.set_ylabel("share correct" if is_left else "")
        histogram.set_ylabel("count" if is_left else "")
        histogram.tick_params(labelleft=is_left)
        axes.append((curve, histogram))
    return figure, axes


def _title(where: dict[str, str]) -> str:
    names = {"zero_shot": "zero-shot", "all": "all languages"}
    language = names.get(where["language"], f"source ({language_label(where['language'])})")
    return plain_text(f"{perturbation_label(where['perturbation'])},\n{language}")


def frame(curve: Axes) -> None:
    """Draw the diagonal of perfect calibration, and axes from 0 to 1."""
    curve.plot([0, 1], [0, 1], color="0.6", linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
    curve.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    curve.set(xticklabels=["0", "0.5", "1"], yticklabels=["0", "0.5", "1"])
    curve.set_xticks([0.25, 0.75], minor=True)
    curve.set_yticks([0.25, 0.75], minor=True)
    curve.grid(color="0.92", linewidth=0.5)


def draw_curve(axis: Axes, curves: pd.DataFrame, look: Look) -> None:
    """Draw the smooth calibration curve of a cell with its band, and the intervals of its bins but those of no use."""
    smooth, bins = (curves[curves.curve == name].sort_values("x") for name in ("smooth", "bins"))
    bins = bins[bins.high - bins.low < 1]
    axis.plot(smooth.x, smooth.share, color=look["color"], linewidth=1, zorder=2)
    axis.fill_between(smooth.x, smooth.low, smooth.high, color=look["color"], alpha=0.15, linewidth=0, zorder=1)
    axis.vlines(bins.x, bins.low, bins.high, color=look["color"], linewidth=0.6, alpha=0.5, zorder=2)


def draw_model(curve: Axes, histogram: Axes, row: int, look: Look, rows: pd.DataFrame, score) -> None:
    """Draw the bins and print the numbers of one model; `row` is its line above the panel."""
    at: dict[str, Any] = {"transform": curve.transAxes, "fontsize": 8, "color": look["color"], "va": "bottom"}
    height = 1.15 - 0.115 * row
    if score is None:
        curve.text(0, height, "not run", **at)
        return
    rows = rows.sort_values("bin")
    filled = rows[rows.n > 0]
    area = 3 + 27 * filled.n / filled.n.max()
    curve.scatter(
        filled.confidence, filled.accuracy, s=area, **look, edgecolor="white", linewidth=0.4, zorder=3, clip_on=False
    )
    curve.text(0, height, estimate_text(score.estimate, score.low, score.high), **at)
    side = {"x": row, "ha": ("left", "right")[row], "y": 1.08}
    placed: dict[str, Any] = side | at | {"transform": histogram.transAxes}
    histogram.text(s=f"$n$ = {rows.n.sum():,}", **placed)
    edges = [*rows.low, rows.high.iloc[-1]]
    histogram.stairs(rows.n, edges, color=look["color"], linewidth=0.9)
    histogram.stairs(rows.n, edges, color=look["color"], fill=True, alpha=0.2)


def finish(figure: Figure, axes: Sequence[tuple[Axes, Axes]], metric: str) -> None:
    """Give the histograms one logarithmic scale, and say what stands above each panel."""
    _, height = figure.get_size_inches()
    note = f"above each panel: {error_label(metric)} with its 95 % interval"
    figure.text(0.01, 0.06 / height, note, fontsize=8, color="0.35")
    highest = max(histogram.get_ylim()[1] for _, histogram in axes)
    for _, histogram in axes:
        histogram.set(xlabel="confidence", xlim=(0, 1), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
        histogram.set(yscale="log", ylim=(0.7, max(10.0, highest)))
        histogram.yaxis.set_major_formatter("{x:,.0f}")
