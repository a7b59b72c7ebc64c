"""Draw the change of calibration against that of the task score, and its two parts as arrows, by target."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..formats.results import rows_of, significant
from .labels import error_label, intermediate_label, metric_label, perturbation_label, report_order, target_label
from .lost import mark_lost
from .panels import Layout, panels
from .style import Head, Look, appearance, house_style, plain_text

_OPEN, _LOST = "#777777", "#c4c4c4"
_ARROW: Look = {"arrowstyle": "->,head_length=0.2,head_width=0.1", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}


def draw_decomposition(
    comparisons: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    intermediates: Sequence[str],
    targets: dict[str, dict],
    perturbation: str,
    metric: str,
    scaling: str,
    seed: str,
) -> Figure:
    """Draw a number for each intermediate task where its zero-shot effects on one text are, a panel for each target.

    comparisons, scores: the tables of these names. x: change of the leading task score; y: change of the error. A grey
    arrow leads to the part of y that is due to which answers are right, a coloured one adds the part that is due to how
    sure they are. Both are plug-in differences, which add up; errors without these parts have no arrows. Where the task
    is lost, a lower error is grey. seed: the scores that count.
    """
    rows = rows_of(comparisons, effect="intermediate", perturbation=perturbation, language="zero_shot")
    rows = mark_lost(rows, rows, scores, targets, seed)
    names = [name for name in intermediates if name != "none"]
    with house_style():
        what = f"Change of {error_label(metric)} against change of the task score, {perturbation_label(perturbation)}"
        head = Head(plain_text(what), _handles(names))
        columns = min(appearance().columns, len(targets))
        figure, axes = panels(len(targets), columns, Layout(1.35, left=0.5, between=0.56, gap=0.48), head)
        for axis, target in zip(axes, report_order(targets), strict=True):
            leading = targets[target]["metrics"][0]
            _draw_panel(axis, _effects(rows[rows.target == target], leading, metric, scaling), names)
            axis.set_title(plain_text(target_label(target)))
            axis.set_xlabel(plain_text(f"change of {metric_label(leading)}"))
    return figure


def _effects(rows: pd.DataFrame, leading: str, metric: str, scaling: str) -> pd.DataFrame:
    """Return a row for each intermediate task: `x` and `y`, `part` of y by accuracy, and `p_holm` and `lost` of y."""
    scaled, plain = rows[rows.scaling == scaling], rows[rows.scaling == "none"]

    def of(table: pd.DataFrame, name: str) -> pd.Series:
        return table[table.metric == name].set_index("intermediate").difference

    errors = scaled[scaled.metric == metric].set_index("intermediate")
    return pd.DataFrame(
        {
            "x": of(plain, leading),
            "y": errors.difference,
            "part": of(scaled, f"{metric}_by_accuracy"),
            "p_holm": errors.p_holm,
            "lost": errors.lost,
        }
    ).dropna(subset=["x", "y"])


def _draw_panel(axis: Axes, effects: pd.DataFrame, names: Sequence[str]) -> None:
    axis.axhline(0, color="0.8", linewidth=0.6)
    axis.axvline(0, color="0.8", linewidth=0.6)
    for number, name in enumerate(names, start=1):
        if name in effects.index:
            _draw_effect(axis, effects.loc[name], number)
    axis.update_datalim([(0, 0)])
    axis.margins(0.12)
    axis.autoscale_view()
    axis.locator_params(nbins=4)


def _draw_effect(axis: Axes, row: Mapping, number: int) -> None:
    falls, rises = (look["color"] for look in appearance().looks)
    color = _LOST if row["lost"] else (rises if row["y"] > 0 else falls) if significant(row) else _OPEN
    if pd.notna(row["part"]):
        turn = (row["x"], row["part"])
        axis.update_datalim([turn])
        axis.annotate("", turn, (0, 0), arrowprops=_ARROW | {"color": "0.75"})
        axis.annotate("", (row["x"], row["y"]), turn, arrowprops=_ARROW | {"color": color})
    axis.plot(row["x"], row["y"], "o", color="white", markersize=6, zorder=3)
    axis.plot(row["x"], row["y"], **_numbered(number, color), zorder=4)


def _numbered(number: int, color: str) -> Look:
    """Return a look whose marker is a number."""
    size = 5 if number < 10 else 7
    return {"marker": f"${number}$", "color": color, "markersize": size, "markeredgewidth": 0.3, "linestyle": "none"}


def _handles(names: Sequence[str]) -> list[Line2D]:
    falls, rises = (look["color"] for look in appearance().looks)
    signs = {"rises": rises, "falls": falls, "falls, task lost": _LOST, "not significant": _OPEN}
    return [
        *(
            Line2D([], [], **_numbered(number, "black"), label=plain_text(intermediate_label(name)))
            for number, name in enumerate(names, start=1)
        ),
        *(Line2D([], [], marker="s", linestyle="none", color=color, label=label) for label, color in signs.items()),
        Line2D([], [], color="0.75", label="part by accuracy"),
        Line2D([], [], color=_OPEN, label="part by confidence"),
    ]
