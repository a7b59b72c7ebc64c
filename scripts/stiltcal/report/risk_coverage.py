"""Draw risk-coverage curves: the share of wrong answers among the most confident ones, a panel for each target."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .labels import intermediate_label, perturbation_label, report_order, target_label
from .panels import Layout, common_label, outer_labels, panels
from .style import Head, Look, appearance, house_style, plain_text

_CLEAN: Look = {"linestyle": (0, (3, 1.5))}
_PERTURBED: Look = {"linestyle": "-"}
#: The axis of the risk ends at 1.5 times the highest risk, or this, so that wide bands of few answers do not hide it.
_LEAST = 0.03


def draw_risk_coverage(
    curves: pd.DataFrame, *, targets: dict[str, dict], intermediates: Sequence[str], perturbation: str
) -> Figure:
    """Draw the zero-shot risk over coverage on clean and on perturbed text, for one or two models.

    curves: the rows of `curves.csv` with one seed and scaling. Bands are pointwise 95 % intervals.
    """
    rows = curves[(curves.curve == "risk") & (curves.language == "zero_shot")]
    texts = {"clean": _CLEAN} if perturbation == "clean" else {perturbation: _PERTURBED, "clean": _CLEAN}
    looks = dict(zip(intermediates, appearance().looks, strict=False))
    with house_style():
        handles = [
            Line2D(
                [],
                [],
                color=look["color"],
                **line,
                label=plain_text(f"{intermediate_label(model)}, {perturbation_label(text)}"),
            )
            for model, look in looks.items()
            for text, line in texts.items()
        ]
        head = Head("Risk: share wrong among the most confident answers, zero-shot", handles, handle_length=2)
        columns = min(appearance().columns, len(targets))
        figure, axes = panels(len(targets), columns, Layout(1.0, left=0.5, bottom=0.4), head)
        for axis, target in zip(axes, report_order(targets), strict=True):
            here = rows[rows.target == target]
            for model, look in looks.items():
                for text, line in texts.items():
                    part = here[(here.intermediate == model) & (here.perturbation == text)].sort_values("x")
                    _draw_curve(axis, part, look["color"], line)
            top = 1.5 * max([*here.share[here.intermediate.isin(intermediates)], _LEAST])
            axis.set(xlim=(0, 1), ylim=(0, min(1.0, top)), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
            axis.locator_params(axis="y", nbins=4)
            axis.set_title(plain_text(target_label(target)))
        outer_labels(axes, columns, "risk")
        common_label(figure, "coverage: share of answers that are given")
    return figure


def _draw_curve(axis: Axes, part: pd.DataFrame, color: str, line: Look) -> None:
    axis.plot(part.x, part.share, color=color, **line)
    axis.fill_between(part.x, part.low, part.high, color=color, alpha=0.1, linewidth=0)
