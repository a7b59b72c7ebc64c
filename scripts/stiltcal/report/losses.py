"""Draw the losses of all trainings over their updates: of the intermediate phases, and on each train set."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .labels import intermediate_label, target_label
from .panels import Layout, common_label, outer_labels, panels
from .style import Head, Look, appearance, house_style, plain_text

#: Inches of a panel, between two rows, above the first one, at the left; of a line of text and of a letter.
_PANEL, _BETWEEN, _TOP, _LEFT, _LINE, _LETTER = 1.05, 0.46, 0.24, 0.48, 0.125, 0.058
_NARROWEST = 1.15  # inches
#: Letters that are shown of a name beside the curves.
_LONGEST = 24
#: Losses below are not shown: the axis is logarithmic.
_LEAST = 1e-3
_STEPS = [digit * 10.0**exponent for exponent in range(-3, 4) for digit in (1, 2, 5)]
_OTHERS: Look = {"color": "0.62", "linewidth": 0.6}
_DEV: Look = {"linestyle": (0, (2, 1.2)), "linewidth": 0.8}
_SEED: Look = {"linewidth": 0.3, "alpha": 0.6}


class _Curve(NamedTuple):
    """The rows of one intermediate in a panel, all seeds, and the look of its lines."""

    name: str
    rows: pd.DataFrame
    look: Look

    def means(self, column: str) -> pd.Series:
        """Return the mean over the seeds of a column by step, where it has a value."""
        return self.rows.dropna(subset=[column]).groupby("step")[column].mean().clip(lower=_LEAST)


def draw_losses(
    histories: pd.DataFrame, *, train_sets: Sequence[str], intermediates: Sequence[str], intermediate: str
) -> Figure:
    """Draw a wide panel of the intermediate phases, if there are any, then one for each train set of the targets.

    histories: the tables of `training/`, one below the other. intermediates: phases that are shown beside `none`, each
    a line; `intermediate` has the second colour. With several seeds a line is their mean, and thin lines are single
    seeds.
    """
    looks = _looks(intermediates, intermediate)
    phases = _curves(histories[histories.train_set.isna()], looks)
    several = histories.seed.nunique() > 1
    with house_style():
        head = Head("Losses of the trainings", _handles(looks, several), handle_length=2)
        wide = max(_PANEL, _LINE * (len(phases) + 1)) if phases else 0.0
        top = _TOP + (wide + _BETWEEN if phases else 0.0)
        layout = Layout(_PANEL, left=_LEFT, top=top, between=_BETWEEN)
        columns = min(3, layout.fitting(len(train_sets), _NARROWEST))
        figure, axes = panels(len(train_sets), columns, layout, head)
        if phases:
            axis = _wide_panel(figure, head.height + _TOP, wide, max(len(_name(curve)) for curve in phases))
            _draw(axis, phases, several)
            _name_curves(figure, axis, phases)
            axis.set(title="Intermediate phases", ylabel="loss")
        for axis, train_set in zip(axes, train_sets, strict=True):
            _draw(axis, _curves(histories[histories.train_set == train_set], looks), several)
            axis.set_title(plain_text(target_label(train_set)))
        outer_labels(axes, columns, "loss")
        common_label(figure, "updates")
    return figure


def _looks(intermediates: Sequence[str], intermediate: str) -> dict[str, Look]:
    """Return the looks of the lines by name, grey ones first, so that the others lie above them."""
    without, with_ = appearance().looks
    looks = {name: _OTHERS for name in intermediates if name != intermediate}
    shown = {intermediate: with_} if intermediate in intermediates else {}
    return looks | {"none": without} | shown


def _curves(rows: pd.DataFrame, looks: Mapping[str, Look]) -> list[_Curve]:
    found = [_Curve(name, rows[rows.intermediate == name], look) for name, look in looks.items()]
    return [curve for curve in found if len(curve.rows)]


def _draw(axis: Axes, curves: Sequence[_Curve], several: bool) -> None:
    """Draw the training losses; of lines in colour also the dev losses, with a marker where the weights were kept."""
    for curve in curves:
        line = {key: value for key, value in curve.look.items() if key != "marker"}
        means, dev = curve.means("loss"), curve.means("dev_loss")
        for _, seed in curve.rows.dropna(subset=["loss"]).groupby("seed") if several else ():
            axis.plot(seed.step, seed.loss.clip(lower=_LEAST), **line | _SEED)
        axis.plot(means.index, means, **line)
        if curve.look is not _OTHERS:
            axis.plot(dev.index, dev, **line | _DEV)
            kept = curve.rows[curve.rows.kept == 1].dropna(subset=["dev_loss"])
            point: Look = {"linestyle": "none", "markersize": 3.5, "clip_on": False, "zorder": 3}
            axis.plot(kept.step, kept.dev_loss.clip(lower=_LEAST), **curve.look | point)
    _set_scale(axis, np.concatenate([line.get_ydata() for line in axis.lines]))
    axis.set_xlim(left=0)
    axis.locator_params(axis="x", nbins=4)


def _set_scale(axis: Axes, losses: np.ndarray) -> None:
    """Make the axis of losses logarithmic, from a round number below them to one above."""
    low = max((step for step in _STEPS if step <= losses.min()), default=_STEPS[0])
    high = min((step for step in _STEPS if step >= losses.max() and step > low), default=_STEPS[-1])
    ticks = [step for step in _STEPS if low <= step <= high]
    decades = [step for step in ticks if f"{step:e}"[0] == "1"]
    if len(ticks) > 4 and len(decades) > 1:
        ticks = decades
    axis.set_yscale("log")
    axis.set_ylim(low, high)
    axis.set_yticks(ticks, [f"{step:g}" for step in ticks])
    axis.set_yticks([], minor=True)


def _name(curve: _Curve) -> str:
    label = intermediate_label(curve.name)
    return plain_text(label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…")


def _wide_panel(figure: Figure, top: float, height: float, letters: int) -> Axes:
    """Add a panel as wide as the figure, so many inches below its top, with room for names at the right."""
    width, whole = figure.get_size_inches()
    right = 0.2 + _LETTER * letters
    return figure.add_axes((_LEFT / width, 1 - (top + height) / whole, (width - _LEFT - right) / width, height / whole))


def _name_curves(figure: Figure, axis: Axes, curves: Sequence[_Curve]) -> None:
    """Write the names of the curves beside the panel, in the order of their last losses, each on a line of its own."""
    ends = [(mean.index[-1], mean.iloc[-1]) for mean in (curve.means("loss") for curve in curves)]
    to_axis = axis.transData + axis.transAxes.inverted()
    inches = axis.get_position().height * figure.get_figheight()
    places = spread([to_axis.transform(end)[1] for end in ends], _LINE / inches)
    for curve, end, place in zip(curves, ends, places, strict=True):
        is_grey = curve.look is _OTHERS
        axis.annotate(
            _name(curve),
            end,
            (1 + 0.1 / (axis.get_position().width * figure.get_figwidth()), place),
            textcoords="axes fraction",
            color="0.3" if is_grey else curve.look["color"],
            fontsize=8,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.5, "linestyle": (0, (1, 2.5)), "shrinkA": 1},
        )


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return places for labels in [0, 1], as near to theirs as a gap between neighbours allows, in the same order.

    Where they do not fit, the lowest leave the range.
    """
    order = np.argsort(places, kind="stable")
    placed = [places[number] for number in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    top = 1.0
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], top)
        top = placed[i] - gap
    found = dict(zip(order.tolist(), placed, strict=True))
    return [found[number] for number in range(len(places))]


def _handles(looks: Mapping[str, Look], several: bool) -> list[Line2D]:
    named = [name for name, look in looks.items() if look is not _OTHERS]
    others = len(looks) - len(named)
    entries = [(intermediate_label(name), looks[name]) for name in named]
    entries += [("other intermediate tasks", _OTHERS)] if others else []
    entries += [("on dev items (marker: kept weights)", _DEV | {"color": "0.3"})]
    entries += [("single seeds", _SEED | {"color": "0.3"})] if several else []
    return [Line2D([], [], **look, markersize=4, label=plain_text(label)) for label, look in entries]
