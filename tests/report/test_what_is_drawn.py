"""Figures draw each model in its own colour, each scaling over its own name, and each change with its own sign."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from stiltcal.formats.results import COMPARISONS, CURVES, SCORES, read_table, rows_of, where
from stiltcal.report.by_scaling import draw_by_scaling
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.labels import intermediate_label, perturbation_label
from stiltcal.report.pooled import draw_pooled
from stiltcal.report.style import drawn_as

from .looks import SHOWN, grid_of

#: Colours by model, and the figures' names of two of the scalings.
COLOURS = {"none": "#123456", "squad_v1": "#abcdef"}
SCALINGS = {"before": "none", "source": "source"}


@pytest.fixture(autouse=True)
def coloured():
    with drawn_as({"without": COLOURS["none"], "with": COLOURS["squad_v1"]}):
        yield
    plt.close("all")


def test_pooled_curves_and_bins_have_the_colour_of_their_model(results):
    family = "Question answering"
    curves = where(read_table(results.curves, CURVES), scaling="none", seed="1", target=family, perturbation="clean")
    figure = draw_pooled(curves, families=[family], intermediates=list(COLOURS), perturbations=["clean"])
    rows = where(curves, language="zero_shot")
    for name, colour in COLOURS.items():
        smooth, bins = (line for line in figure.axes[0].lines if line.get_color() == colour)
        expected = where(rows, intermediate=name).sort_values("x")
        np.testing.assert_array_equal(smooth.get_ydata(), where(expected, curve="smooth").share)
        np.testing.assert_array_equal(sorted(bins.get_ydata()), sorted(where(expected, curve="bins").share))
    (legend,) = figure.legends
    named = zip(legend.get_texts(), legend.get_lines(), strict=True)
    assert {text.get_text(): line.get_color() for text, line in named} == {
        intermediate_label(name): colour for name, colour in COLOURS.items()
    }


def test_errors_by_scaling_stand_over_the_name_of_their_scaling(results):
    """In the colour of their model; those of clean text are hollow."""
    scores, names = read_table(results.scores, SCORES), ["clean", "mirror_tree-1.0"]
    shown = {"metric": "ece_width_15", "seed": "1"}
    figure = draw_by_scaling(
        scores, targets={"xquad": results.targets["xquad"]}, intermediates=list(COLOURS), perturbation=names[1], **shown
    )
    axis, models = figure.axes[0], {colour: name for name, colour in COLOURS.items()}
    places = dict(zip(axis.get_xticks(), (SCALINGS[label.get_text()] for label in axis.get_xticklabels()), strict=True))
    points = [(line, *line.get_xydata()[0]) for line in axis.lines if len(line.get_xdata()) == 1]
    drawn = {
        (places[round(x)], models[line.get_color()], line.get_markerfacecolor() == "white"): y for line, x, y in points
    }
    keys = {"target": "xquad", "language": "zero_shot", "intermediate": list(COLOURS), "perturbation": names}
    rows = rows_of(scores, **shown, **keys).itertuples()
    assert drawn == {(row.scaling, row.intermediate, row.perturbation == "clean"): row.estimate for row in rows}
    assert len(drawn) == len(points) == 8


def test_cells_of_the_heat_map_are_the_changes_of_their_text_and_task(results):
    tables = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    grid = grid_of(results) | {"targets": {"xquad": results.targets["xquad"]}}
    axis, *_ = draw_heatmap(*tables, **grid, **SHOWN).axes
    (mesh, *_) = axis.collections
    texts, tasks = (
        [label.get_text() for label in labels] for labels in (axis.get_yticklabels(), axis.get_xticklabels())
    )
    values = mesh.get_array().reshape(len(texts), len(tasks))
    drawn = {(text, task): values[y, x] for y, text in enumerate(texts) for x, task in enumerate(tasks)}
    keys = {"target": "xquad", "metric": "ece_width_15", "scaling": "none", "effect": "intermediate"}
    expected = {
        (perturbation_label(row.perturbation), intermediate_label(row.intermediate)): row.estimate
        for row in rows_of(tables[0], **keys, language="zero_shot").itertuples()
    }
    assert drawn == pytest.approx(expected)
    rise, fall = max(expected.values()), min(expected.values())
    red, _, blue, _ = mesh.to_rgba([rise, fall]).T
    assert rise > 0 > fall
    assert (np.sign(red - blue) == [1, -1]).all(), "orange where the error rises, purple where it falls"
