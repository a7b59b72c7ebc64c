"""Draw reliability diagrams: share correct against confidence, with the histogram of confidences below."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..formats.results import cell, rows_of
from .labels import error_label, intermediate_label, perturbation_label, target_label
from .numbers import estimate_text
from .style import BASELINE, COLUMN_WIDTH, CONTRAST, PAGE_WIDTH, house_style, plain_text

_LOOKS = (BASELINE, CONTRAST)
_HEIGHT, _LEFT, _RIGHT = 3.1, 0.44, 0.06  # inches


def draw_reliability(
    bins: pd.DataFrame,
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

    `bins` and `scores` are tables of `reliability.csv` and `scores.csv`; `metric` is the estimator whose estimate and
    interval are printed above each panel. Cells without bins are marked as not run.
    Languages that the target does not have are left out.
    Raises ValueError for more than two intermediates, and for a name that the tables do not have.
    """
    if len(intermediates) > len(_LOOKS):
        raise ValueError(f"a reliability diagram compares at most {len(_LOOKS)} models, not {len(intermediates)}")
    keys = {"target": target, "scaling": scaling, "seed": seed, "intermediate": intermediates}
    bins, scores = rows_of(bins, **keys), rows_of(scores, **keys, metric=metric)
    present = [language for language in languages if language in set(bins.language)]
    with house_style():
        panels = [(perturbation, language) for perturbation in perturbations for language in present]
        figure, axes = _panels(len(panels))
        for (perturbation, language), (curve, histogram) in zip(panels, axes.T, strict=True):
            where = {"perturbation": perturbation, "language": language}
            _frame(curve, histogram, _title(where))
            for row, (intermediate, look) in enumerate(zip(intermediates, _LOOKS, strict=False)):
                key = {**where, "intermediate": intermediate}
                _draw_model(curve, histogram, row, look, bins, cell(scores, **key), key)
        _finish(figure, axes, target, intermediates, metric)
    return figure


def _panels(columns: int) -> tuple[Figure, np.ndarray]:
    """Curves above histograms, in the width of one column of the paper where there are only two."""
    width = PAGE_WIDTH if columns > 2 else COLUMN_WIDTH
    margins = {"left": _LEFT / width, "right": 1 - _RIGHT / width, "top": 0.705, "bottom": 0.12}
    spaces = {"hspace": 0.24, "wspace": 0.13, "height_ratios": (3, 1)}
    figure = plt.figure(figsize=(width, _HEIGHT))
    return figure, figure.subplots(2, columns, sharex=True, sharey="row", squeeze=False, gridspec_kw=margins | spaces)


def _title(where: dict[str, str]) -> str:
    names = {"zero_shot": "zero-shot", "all": "all languages"}
    text = perturbation_label(where["perturbation"])
    language = names.get(where["language"], f"source ({where['language']})")
    return f"{text}, {language}"


def _frame(curve: Axes, histogram: Axes, title: str) -> None:
    curve.plot([0, 1], [0, 1], color="0.6", linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
    curve.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.25, 0.5, 0.75, 1])
    curve.set_xticks([0.25, 0.75], minor=True)
    curve.grid(color="0.92", linewidth=0.5)
    curve.text(0, 1.275, title, transform=curve.transAxes, va="bottom", fontsize=9)
    histogram.set(xlabel="confidence", xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])


def _draw_model(curve, histogram, row, look, bins, score, key) -> None:
    """The curve, the histogram and the printed numbers of one model; `row` is its line above the panel."""
    at = {"transform": curve.transAxes, "fontsize": 8, "color": look["color"], "va": "bottom"}
    height = 1.15 - 0.125 * row
    if score is None:
        curve.text(0, height, "not run", **at)
        return
    rows = bins[(bins[list(key)] == pd.Series(key)).all(axis=1)].sort_values("bin")
    filled = rows[rows.n > 0]
    curve.plot(filled.confidence, filled.accuracy, color=look["color"], linewidth=0.8, alpha=0.6, zorder=2)
    area = 3 + 27 * filled.n / filled.n.max()
    curve.scatter(
        filled.confidence, filled.accuracy, s=area, **look, edgecolor="white", linewidth=0.4, zorder=3, clip_on=False
    )
    curve.text(0, height, estimate_text(score.estimate, score.low, score.high), **at)
    side = {"x": row, "ha": ("left", "right")[row], "y": 1.08}
    histogram.text(s=f"$n$ = {rows.n.sum():,}", **side, **(at | {"transform": histogram.transAxes}))
    edges = [*rows.low, rows.high.iloc[-1]]
    histogram.stairs(rows.n, edges, color=look["color"], linewidth=0.9)
    histogram.stairs(rows.n, edges, color=look["color"], fill=True, alpha=0.2)


def _finish(figure: Figure, axes, target: str, intermediates: Sequence[str], metric: str) -> None:
    axes[0, 0].set(ylabel="share correct", yticks=[0, 0.5, 1], yticklabels=["0", "0.5", "1"])
    axes[1, 0].set(ylabel="count", yscale="log")
    axes[1, 0].yaxis.set_major_formatter("{x:,.0f}")
    axes[1, 0].set_ylim(bottom=0.7)
    figure.align_ylabels(axes[:, 0])
    handles = [
        Line2D([], [], **look, label=plain_text(intermediate_label(name)))
        for name, look in zip(intermediates, _LOOKS, strict=False)
    ]
    left = axes[0, 0].get_position().x0
    figure.legend(handles=handles, loc="center right", ncols=2, bbox_to_anchor=(1.0, 0.965), borderaxespad=0.3)
    figure.text(left, 0.965, plain_text(target_label(target)), fontsize=10, weight="bold", va="center")
    note = f"with {error_label(metric)} and its 95 % interval"
    figure.text(left, 0.908, note, fontsize=8, color="0.35", va="center")
