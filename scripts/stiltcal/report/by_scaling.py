"""Draw the calibration error before and after each scaling of the confidences, a panel for each target."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from ..formats.results import rows_of
from .labels import SCALINGS, error_label, report_order, target_label
from .levels import draw_levels, level_handles
from .panels import Layout, panels
from .style import Head, appearance, house_style, plain_text

#: Inches that the name of a scaling needs.
_NAME = 0.62
#: Displayed names; other scalings have their own (`labels.SCALINGS` describes them).
_NAMES = {"none": "before"}


def draw_by_scaling(
    scores: pd.DataFrame,
    *,
    targets: dict[str, dict],
    intermediates: Sequence[str],
    perturbation: str,
    metric: str,
    seed: str,
) -> Figure:
    """Draw the zero-shot error with every scaling that a target has, on clean and on perturbed text.

    scores: the table of this name. intermediates: one or two phases. The first place, `before`, has no scaling.
    """
    keys = {"metric": metric, "seed": seed, "intermediate": intermediates, "language": "zero_shot"}
    rows = rows_of(scores, **keys, perturbation=["clean", perturbation])
    names = [name for name in SCALINGS if name in set(rows.scaling)]
    with house_style():
        head = Head(
            f"{error_label(metric)} before and after scaling, zero-shot", level_handles(intermediates, perturbation)
        )
        columns = max(1, min(appearance().columns, int(appearance().width / (len(names) * _NAME + 0.45))))
        figure, axes = panels(len(targets), columns, Layout(0.95, bottom=0.25, between=0.42, gap=0.3), head)
        for axis, target in zip(axes, report_order(targets), strict=True):
            part = rows[rows.target == target]
            there = [name for name in names if name in set(part.scaling)]
            draw_levels(axis, part, "scaling", there, intermediates)
            axis.set_xticks(range(len(there)), [_NAMES.get(name, name) for name in there])
            axis.set_title(plain_text(target_label(target)))
    return figure
