"""Draw effects of intermediate tasks as forest plots: the primary hypotheses, and the interactions beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from .labels import CLASSES, error_label, intermediate_label
from .panels import Layout, panels
from .style import Head, Look, appearance, house_style, plain_text

_ROW, _TITLE, _FAMILY, _BOTTOM, _NARROWEST = 0.135, 0.3, 0.24, 0.36, 0.85  # inches
_LAYOUT = Layout(_ROW, left=1.15, bottom=_BOTTOM, top=0.04 + _TITLE, between=_BOTTOM, gap=0.1, heading=_FAMILY)
_BAND: Look = {"color": "#e4e4e4", "linewidth": 0}
#: The axis ends at this multiple of the widest interval; those of lost tasks may be wider.
_ROOM = 1.15
#: Labels of ticks are inside this share of the axis, so that those of neighbours do not touch.
_INSIDE = 0.85
#: They are so close to each other that ticks are never less than two thirds of that share apart.
_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8)
#: The quantity of contrasts.csv that is an interaction in the error, and where its interval may lie.
INTERACTION = "error_interaction"
_GROWS, _SHRINKS, _SMALL, _OPEN, _LOST = "grows", "shrinks", "too small to matter", "open", "task lost"


def _looks() -> dict[str, Look]:
    """Return colours and markers by verdict, and for interactions by the place of the interval."""
    improves, degrades = appearance().looks
    equivalent: Look = {"color": "black", "marker": "D"}
    undecided: Look = {"color": "#777777", "marker": "o", "markerfacecolor": "white"}
    return {
        **{"degrades": degrades, "improves": improves, "equivalent": equivalent, "inconclusive": undecided},
        _LOST: {"color": "#aaaaaa", "marker": "x"},
        **{_GROWS: degrades, _SHRINKS: improves, _SMALL: equivalent, _OPEN: undecided},
    }


def draw_effects(primary: pd.DataFrame, intermediates: Sequence[str]) -> Figure:
    """Draw a row of panels for each family of targets, and a panel for each class of perturbations.

    primary: the table of this name, with rows. Points are estimates, lines simultaneous intervals; the grey band is the
    margin of equivalence. Hypotheses that the study lacks have an empty line.
    """
    title = f"Change of {error_label(primary.metric.iloc[0])} on perturbed text"
    return _draw(primary, intermediates, title)


def draw_interactions(contrasts: pd.DataFrame, primary: pd.DataFrame, intermediates: Sequence[str]) -> Figure:
    """Draw how much more a perturbation adds to the error with an intermediate task than without, as `draw_effects`.

    contrasts, primary: the tables of these names. Colours say where the pointwise interval lies: above zero, below
    zero, inside the margin of `primary`, or none of these. Lost tasks are those of `primary`.
    """
    keys = ["family", "class", "intermediate"]
    rows = contrasts[contrasts.quantity == INTERACTION].merge(primary[[*keys, "verdict", "margin"]], on=keys)
    rows["verdict"] = np.select(
        [rows.verdict == _LOST, rows.low > 0, rows.high < 0, (rows.low > -rows.margin) & (rows.high < rows.margin)],
        [_LOST, _GROWS, _SHRINKS, _SMALL],
        _OPEN,
    )
    title = f"Interaction: what perturbations add to {error_label(primary.metric.iloc[0])}, with minus without"
    return _draw(rows, intermediates, title)


def _draw(rows: pd.DataFrame, intermediates: Sequence[str], title: str) -> Figure:
    families, classes = rows.family.unique(), [name for name in CLASSES if name in set(rows["class"])]
    names = [name for name in intermediates if name in set(rows.intermediate)]
    layout = _LAYOUT._replace(panel=len(names) * _ROW)
    beside = layout.fitting(len(classes), _NARROWEST)
    if beside < len(classes):  # a family's row is broken, and each part has headings
        layout = layout._replace(between=_BOTTOM + _TITLE)
    with house_style():
        looks = _looks()
        figure, axes = panels(len(classes), beside, layout, Head(title, _handles(rows, looks), 1.3), len(families))
        for number, family in enumerate(families):
            here, own = rows[rows.family == family], axes[number * len(classes) :][: len(classes)]
            for axis, class_ in zip(own, classes, strict=True):
                part = here[here["class"] == class_].set_index("intermediate")
                _draw_panel(axis, part, names, here.margin.iloc[0], looks)
            _finish_family(figure, own, beside, family, here)
            if not number or beside < len(classes):
                _name_classes(figure, own, beside, classes)
    return figure


def _draw_panel(axis: Axes, rows: pd.DataFrame, names: Sequence[str], margin: float, looks: Mapping[str, Look]) -> None:
    axis.axvspan(-margin, margin, **_BAND)
    axis.axvline(0, color="black", linewidth=0.6)
    for place, name in enumerate(names):
        if name in rows.index:
            row = rows.loc[name]
            look = looks[row.verdict]
            axis.plot([row.low, row.high], [place, place], color=look["color"], linewidth=1)
            axis.plot(row.estimate, place, **look, markersize=3.5, linestyle="none", zorder=3)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set_yticks(range(len(names)), [plain_text(intermediate_label(name)) for name in names])
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)


def _finish_family(figure: Figure, axes: Sequence[Axes], beside: int, family: str, rows: pd.DataFrame) -> None:
    """Give the panels of a family one scale, on which all decided intervals and all estimates lie."""
    shown = rows[rows.verdict != _LOST]
    shown = shown if len(shown) else rows
    ends = np.abs([shown.low, shown.high])
    limit = _ROOM * max(float(rows.margin.iloc[0]), float(np.nanmax(ends)) if np.isfinite(ends).any() else 0.0)
    for index, axis in enumerate(axes):
        axis.set_xlim(-limit, limit)
        end = _round(_INSIDE * limit)
        axis.set_xticks([-end, 0, end], [f"\N{MINUS SIGN}{end:g}", "0", f"{end:g}"])
        axis.tick_params(labelleft=index % beside == 0)
    _, height = figure.get_size_inches()
    above = 0.05 if beside == len(axes) else _TITLE
    figure.text(0.01, axes[0].get_position().y1 + above / height, family, weight="bold", va="bottom")


def _round(limit: float) -> float:
    """Return the largest short number that is not above a limit: one of `_STEPS` times a power of ten."""
    power = 10.0 ** np.floor(np.log10(limit))
    return float(max(step * power for step in _STEPS if step * power <= limit))


def _name_classes(figure: Figure, axes: Sequence[Axes], beside: int, classes: Sequence[str]) -> None:
    """Name the classes of perturbations above the panels of a family; in an unbroken row its name stands between."""
    above = (_FAMILY if beside == len(classes) else 0.03) / figure.get_figheight()
    for axis, class_ in zip(axes, classes, strict=True):
        box, label = axis.get_position(), CLASSES[class_].removesuffix(" text").removeprefix("text with ")
        place = (box.x0 + box.width / 2, box.y1 + above)
        figure.text(*place, label.replace(" or ", " or\n"), ha="center", va="bottom", linespacing=1)


def _handles(rows: pd.DataFrame, looks: Mapping[str, Look]) -> list[Line2D | Patch]:
    """Return the legend of the verdicts that occur, and of the band."""
    shown = [(name, look) for name, look in looks.items() if name in set(rows.verdict)]
    lines = [Line2D([], [], **look, markersize=4, linestyle="-", label=name) for name, look in shown]
    return [*lines, Patch(**_BAND, label="margin of equivalence")]
