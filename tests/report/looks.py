"""How figures of the synthetic study are asked for, and looked at."""

from matplotlib.text import Text

from stiltcal.report.style import house_style


def grid_of(results):
    return {name: getattr(results, name) for name in ("intermediates", "targets", "perturbations")}


SHOWN = {"metric": "ece_width_15", "scaling": "none", "language": "zero_shot", "seed": "1"}


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def undrawn_labels(figure):
    """Labels of ticks beyond the ends of their axis, which matplotlib makes and does not draw."""
    ends = [(one, sorted(one.get_view_interval())) for axis in figure.axes for one in (axis.xaxis, axis.yaxis)]
    return {tick.label1 for one, (low, high) in ends for tick in one.majorTicks if not low <= tick.get_loc() <= high}


def assert_legible(figure):
    """Nothing below 8 pt, nothing cut by the edge of the figure."""
    with house_style():
        figure.canvas.draw()
        edge = figure.bbox.padded(1)
        hidden = undrawn_labels(figure)
        for text in texts(figure):
            if text in hidden:
                continue
            assert text.get_fontsize() >= 8, text
            box = text.get_window_extent()
            assert box.width == 0 or (edge.contains(box.x0, box.y0) and edge.contains(box.x1, box.y1)), text
