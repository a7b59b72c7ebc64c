"""Draw the calibration error of each language, in the order of their distance from the source language."""

from collections.abc import Sequence
from math import ceil

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..formats.results import rows_of
from .labels import error_label, intermediate_label, perturbation_label, report_order, target_label
from .style import BASELINE, CONTRAST, PAGE_WIDTH, Look, head, house_style, plain_text

_PANEL, _TOP, _BOTTOM, _BETWEEN = 0.95, 0.62, 0.42, 0.5  # inches
_LEFT, _RIGHT = 0.45, 0.05  # inches
_DODGE = 0.15


def draw_by_language(
    scores: pd.DataFrame,
    distances: pd.DataFrame,
    *,
    targets: dict[str, dict],
    intermediates: Sequence[str],
    perturbation: str,
    languages: Sequence[str],
    metric: str,
    scaling: str,
    seed: str,
) -> Figure:
    """Draw a panel for each target, with the error on clean and on perturbed text in each of its languages.

    `scores` and `distances` are the tables of these names. languages: the source language first; the others are drawn
    in the order of `distances`, and those without a distance last. intermediates: one or two phases. Lines are 95 %
    intervals.
    """
    keys = {"metric": metric, "scaling": scaling, "seed": seed, "intermediate": intermediates}
    rows = rows_of(scores, **keys, perturbation=["clean", perturbation], language=languages)
    ordered = _ordered(languages, distances)
    with house_style():
        figure, axes = _panels(len(targets), max(rows.groupby("target").language.nunique(), default=1))
        for axis, target in zip(axes, report_order(targets), strict=True):
            part = rows[rows.target == target]
            there = [language for language in ordered if language in set(part.language)]
            _draw_panel(axis, part, there, intermediates)
            axis.set_title(plain_text(target_label(target)))
        _legend(figure, intermediates, perturbation, metric)
    return figure


def _ordered(languages: Sequence[str], distances: pd.DataFrame) -> list[str]:
    """Sort languages: the source language, the nearest to it, and last those whose distance is unknown."""
    known = dict(zip(distances.language, distances.distance, strict=True))
    first, *others = languages
    return [first, *sorted(others, key=lambda language: known.get(language, float("inf")))]


def _panels(count: int, languages: int) -> tuple[Figure, list[Axes]]:
    """Axes in rows of three, two or one, so that the labels of the languages do not touch."""
    columns = 3 if languages <= 10 else 2 if languages <= 18 else 1
    lines = ceil(count / columns)
    height = _TOP + lines * _PANEL + (lines - 1) * _BETWEEN + _BOTTOM
    figure = plt.figure(figsize=(PAGE_WIDTH, height))
    margins = {"left": _LEFT / PAGE_WIDTH, "right": 1 - _RIGHT / PAGE_WIDTH}
    margins |= {"top": 1 - _TOP / height, "bottom": _BOTTOM / height}
    axes = figure.subplots(
        lines, columns, squeeze=False, gridspec_kw=margins | {"hspace": _BETWEEN / _PANEL, "wspace": 0.2}
    ).ravel()
    for unused in axes[count:]:
        unused.remove()
    return figure, list(axes[:count])


def _draw_panel(axis: Axes, rows: pd.DataFrame, languages: Sequence[str], intermediates: Sequence[str]) -> None:
    for side, (intermediate, look) in enumerate(zip(intermediates, (BASELINE, CONTRAST), strict=False)):
        for row in rows[rows.intermediate == intermediate].itertuples():
            is_clean = row.perturbation == "clean"
            x = languages.index(row.language) + _DODGE * (2 * side - 1) + _DODGE * (0.4 if is_clean else -0.4)
            face = "white" if is_clean else look["color"]
            axis.plot([x, x], [row.low, row.high], color=look["color"], linewidth=0.8)
            axis.plot(x, row.estimate, **look, markerfacecolor=face, markersize=3.2, markeredgewidth=0.8)
    axis.set_xticks(range(len(languages)), languages)
    axis.set_xlim(-0.5, len(languages) - 0.5)
    axis.set_ylim(0, 1.05 * max([*rows.high.dropna(), 0.01]))
    axis.locator_params(axis="y", nbins=4)
    axis.tick_params(axis="x", length=0)
    axis.grid(axis="y", color="0.92", linewidth=0.5)


def _legend(figure: Figure, intermediates: Sequence[str], perturbation: str, metric: str) -> None:
    _, height = figure.get_size_inches()
    looks: list[tuple[str, Look]] = [
        (plain_text(intermediate_label(name)), look)
        for name, look in zip(intermediates, (BASELINE, CONTRAST), strict=False)
    ]
    texts: list[tuple[str, Look]] = [(perturbation_label(perturbation), {}), ("clean", {"markerfacecolor": "white"})]
    handles = [
        Line2D([], [], **look, **face, markersize=4, linestyle="none", label=f"{name}, {text}")
        for name, look in looks
        for text, face in texts
    ]
    head(figure, f"{error_label(metric)} by language", handles, 4, 0.8)
    figure.text(0.5, 0.06 / height, "language, by distance of its word order from the source language", ha="center")
