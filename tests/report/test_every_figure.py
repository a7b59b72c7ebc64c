import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from stiltcal.formats.results import (
    COMPARISONS,
    CONTRASTS,
    CURVES,
    DISTANCES,
    MEASURED_STRENGTH,
    PRIMARY,
    RELIABILITY,
    SCORES,
    STRENGTH,
    read_table,
    rows_of,
)
from stiltcal.report import labels
from stiltcal.report.by_language import draw_by_language
from stiltcal.report.by_scaling import draw_by_scaling
from stiltcal.report.by_strength import draw_by_strength
from stiltcal.report.decomposition import draw_decomposition
from stiltcal.report.effects import draw_effects, draw_interactions
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.pooled import draw_pooled
from stiltcal.report.reliability import draw_reliability
from stiltcal.report.risk_coverage import draw_risk_coverage
from stiltcal.report.style import COLUMN_WIDTH, PAGE_WIDTH, appearance, drawn_as
from stiltcal.tasks.kinds import FAMILIES

from .looks import SHOWN, assert_legible, grid_of, texts

RULES = (Path(__file__).parents[2] / "rules" / "figures.smk").read_text(encoding="utf-8")


def every_figure(results):
    """Draw every figure of a synthetic study but the losses of its trainings, by the names of their captions."""
    comparisons, scores = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    primary, contrasts = read_table(results.primary, PRIMARY), read_table(results.contrasts, CONTRASTS)
    curves, bins = read_table(results.curves, CURVES), read_table(results.reliability, RELIABILITY)
    curves = curves[curves.scaling == "none"]
    text, seed, scaling = "mirror_tree-1.0", {"seed": "1"}, {"scaling": "none"}
    one = {"intermediates": ["none", "squad_v1"], "perturbation": text}
    two = {"intermediates": ["none", "squad_v1"], "perturbations": ["clean", text]}
    grid = {"targets": results.targets, "metric": "ece_width_15"}
    distances = read_table(results.distances, DISTANCES)
    strength = read_table(results.strength, STRENGTH), read_table(results.measured, MEASURED_STRENGTH)
    texts = {"intermediate": "squad_v1", "perturbations": results.perturbations}
    changes = grid | scaling | {"intermediates": results.intermediates, "perturbation": text}
    cells = {"target": "xquad", "languages": ["qaa", "zero_shot"], "metric": "ece_width_15"} | scaling | seed
    return {
        "effects": draw_effects(primary, results.intermediates),
        "interactions": draw_interactions(contrasts, primary, results.intermediates),
        "heatmap": draw_heatmap(comparisons, scores, **grid_of(results), **SHOWN),
        "by_language": draw_by_language(
            scores, distances, **grid, **scaling, **seed, **one, languages=results.languages
        ),
        "by_scaling": draw_by_scaling(scores, **grid, **seed, **one),
        "by_strength": draw_by_strength(comparisons, *strength, **grid, **scaling, **texts),
        "decomposition": draw_decomposition(with_parts(comparisons), scores, **changes, **seed),
        "pooled": draw_pooled(curves, families=list(FAMILIES.values())[:3], **two),
        "risk_coverage": draw_risk_coverage(curves, targets=results.targets, **one),
        "reliability": draw_reliability(bins, curves, scores, **two, **cells),
    }


@pytest.fixture(scope="module")
def figures(results):
    """Every figure as it is by default."""
    return every_figure(results)


def with_parts(comparisons):
    """Comparisons with the two parts of the changes of the error: a third by accuracy, two by confidence."""
    errors = comparisons[comparisons.metric == "ece_width_15"]
    parts = [
        errors.assign(metric=f"ece_width_15_by_{cause}", difference=share * errors.difference)
        for cause, share in (("accuracy", 1 / 3), ("confidence", 2 / 3))
    ]
    return pd.concat([comparisons, *parts])


def assert_fills(figures, width):
    for name, figure in figures.items():
        assert figure.get_figwidth() == width, name
        assert_legible(figure)
        assert figure.legends and all(each.get_texts() for each in figure.legends), name


def test_every_figure_of_the_rules_is_tested(figures):
    """`test_losses.py` tests the losses, which need histories of trainings."""
    assert set(re.findall(r'\bdrawn\(\s*f?"[^"]+",\s*"(\w+)"', RULES)) == {*figures, "losses"}


def test_every_figure_is_as_wide_as_a_page_and_legible(figures):
    assert_fills(figures, PAGE_WIDTH)


def test_a_heatmap_of_one_target_fills_its_width(results):
    tables = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    grid = grid_of(results) | {"targets": {"xquad": results.targets["xquad"]}}
    figure = draw_heatmap(*tables, **grid, **SHOWN)
    assert figure.axes[0].get_position().x1 * PAGE_WIDTH > PAGE_WIDTH - 0.1
    plt.close("all")


def test_every_figure_has_the_width_the_colours_and_the_labels_of_the_study(results):
    """Labels are text: between dollar signs matplotlib would read mathematics."""
    look = {"width": COLUMN_WIDTH, "without": "#112233", "with": "#445566", "change": "RdBu_r"}
    given = {
        "tasks": {"xquad": "$Quiz^2$"},
        "intermediates": {"squad_v1": "Facts_$1"},
        "perturbations": {"mirror_tree-1.0": "$mirrored$"},
        "languages": {"qab": "$Bab$"},
    }
    with drawn_as(look), labels.labelled(given):
        figures = every_figure(results)
        assert_fills(figures, COLUMN_WIDTH)
    for name, figure in figures.items():
        words = " ".join(text.get_text() for text in texts(figure))
        assert any(word in words for word in ("Quiz", "Facts", "mirrored", "Bab")), name
        shown = [text.get_text() for text in texts(figure) if re.search("Quiz|Facts|mirrored|Bab", text.get_text())]
        assert all(re.search(r"(?<!\\)\$(Quiz|mirrored|Bab|1)", text) is None for text in shown), name
        lines = [line for axis in figure.axes for line in axis.lines]
        lines += [line for legend in figure.legends for line in legend.get_lines()]
        assert name == "heatmap" or {"#112233", "#445566"} & {to_hex(line.get_color()) for line in lines}, name
    assert appearance().with_ == "#D55E00" and labels.target_label("xquad") == "XQuAD"


def test_parts_of_a_change_lead_from_the_origin_to_the_change(figures, results):
    axis = figures["decomposition"].axes[0]
    rows = rows_of(
        read_table(results.comparisons, COMPARISONS),
        effect="intermediate",
        target="xquad",
        perturbation="mirror_tree-1.0",
        language="zero_shot",
    ).set_index("intermediate")
    x = rows[rows.metric == "exact_match"].difference
    y = rows[(rows.metric == "ece_width_15") & (rows.scaling == "none")].difference
    arrows = [(text.xyann, text.xy) for text in axis.texts if text.arrow_patch is not None]
    for number, name in enumerate(results.intermediates[1:]):
        first, second = arrows[2 * number : 2 * number + 2]
        np.testing.assert_allclose(first, [(0, 0), (x[name], y[name] / 3)])
        np.testing.assert_allclose(second, [(x[name], y[name] / 3), (x[name], y[name])])


def test_slopes_by_strength_are_those_of_the_table(figures, results):
    axis = figures["by_strength"].axes[0]
    slopes = read_table(results.strength, STRENGTH)
    slopes = slopes[(slopes.measure == "reached") & (slopes.target == "xquad") & (slopes.scaling == "none")]
    expected = slopes[slopes.intermediate.isin(["none", "squad_v1"])].slope
    lines = [line.get_xydata() for line in axis.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == 0]
    drawn = [points[1, 1] / points[1, 0] for points in lines if points[1, 1]]
    np.testing.assert_allclose(sorted(drawn), sorted(expected))


def test_risks_are_those_of_the_table(figures, results):
    axis = figures["risk_coverage"].axes[0]
    curves = read_table(results.curves, CURVES)
    keys = {"target": "xquad", "curve": "risk", "language": "zero_shot", "scaling": "none"}
    rows = curves[(curves[list(keys)] == pd.Series(keys)).all(axis=1)]
    rows = rows[rows.intermediate.isin(["none", "squad_v1"]) & rows.perturbation.isin(["clean", "mirror_tree-1.0"])]
    drawn = np.concatenate([line.get_ydata() for line in axis.lines])
    np.testing.assert_allclose(sorted(drawn), sorted(rows.share))
