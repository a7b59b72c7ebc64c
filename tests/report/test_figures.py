import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

import plot_comparisons
from stiltcal.formats.results import (
    COMPARISONS,
    CURVES,
    PRIMARY,
    RELIABILITY,
    SCORES,
    read_table,
    rows_of,
    significant,
)
from stiltcal.report.by_language import draw_by_language
from stiltcal.report.effects import draw_effects
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.lost import mark_lost
from stiltcal.report.numbers import estimate_text
from stiltcal.report.reliability import draw_reliability
from stiltcal.report.style import PAGE_WIDTH

from .looks import SHOWN, assert_legible, grid_of, texts


@pytest.fixture
def heatmap(results):
    tables = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    yield draw_heatmap(*tables, **grid_of(results), **SHOWN)
    plt.close("all")


@pytest.fixture
def reliability(results):
    def draw(target="xquad", languages=("qaa", "zero_shot"), **changes):
        settings = {
            "intermediates": ["none", "squad_v1"],
            "perturbations": ["clean", "mirror_tree-1.0"],
            "scaling": "none",
            "metric": "ece_width_15",
            "seed": "1",
        } | changes
        curves = read_table(results.curves, CURVES)
        tables = read_table(results.reliability, RELIABILITY), curves, read_table(results.scores, SCORES)
        return draw_reliability(*tables, target=target, languages=languages, **settings)

    yield draw
    plt.close("all")


def test_heatmap_is_as_wide_as_a_page_and_legible(heatmap):
    assert heatmap.get_figwidth() == PAGE_WIDTH
    assert_legible(heatmap)


def test_heatmap_marks_what_is_decided_and_greys_what_was_not_run(heatmap, results):
    tables = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    rows = rows_of(tables[0], metric="ece_width_15", scaling="none", effect="intermediate", language="zero_shot")
    rows = mark_lost(rows, *tables, results.targets, "1")
    falls = significant(rows) & (rows.estimate < 0)
    expected = {"^": significant(rows) & (rows.estimate > 0), "v": falls & ~rows.lost, "X": falls & rows.lost}
    for marker, marked in expected.items():
        marks = [line for axis in heatmap.axes for line in axis.lines if line.get_marker() == marker]
        assert sum(len(line.get_xdata()) for line in marks) == marked.sum()
    assert expected["^"].any() and expected["v"].any()
    absent = {axis.get_title(loc="left"): len(axis.patches) for axis in heatmap.axes[: len(results.targets)]}
    assert {target: number for target, number in absent.items() if number} == {"BUCC": 3}  # it has no mirrored trees


def test_heatmap_of_one_cell_and_of_many_texts(results):
    tables = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    grid = {"intermediates": ["none", "mnli"], "targets": {"xquad": results.targets["xquad"]}}
    assert_legible(draw_heatmap(*tables, **grid, perturbations=["clean"], **SHOWN))
    assert_legible(draw_heatmap(*tables, **grid, perturbations=["clean", "crop-1.0"], **SHOWN))
    many = draw_heatmap(*tables, **grid, perturbations=["clean", *(f"perturbation-{i}" for i in range(30))], **SHOWN)
    assert_legible(many)
    assert len(many.axes[0].get_yticklabels()) == 31
    plt.close("all")


@pytest.fixture
def effects(results):
    yield draw_effects(read_table(results.primary, PRIMARY), results.intermediates)
    plt.close("all")


def test_effects_are_as_wide_as_a_page_and_legible(effects, results):
    assert effects.get_figwidth() == PAGE_WIDTH
    assert_legible(effects)
    headings = {text.get_text() for text in texts(effects)}
    assert {"Question answering", "Sentence retrieval", "reworded or\nreordered", "control", "task lost"} <= headings


def test_effects_are_those_of_the_table(effects, results):
    primary = read_table(results.primary, PRIMARY)
    points = [line for axis in effects.axes for line in axis.lines if line.get_marker() not in ("None", None, "")]
    drawn = sorted((float(line.get_xdata()[0]), line.get_marker()) for line in points)
    markers = {"degrades": "s", "improves": "o", "equivalent": "D", "inconclusive": "o", "task lost": "x"}
    rows = sorted(zip(primary.estimate, primary.verdict.map(markers), strict=True))
    assert drawn == [(pytest.approx(estimate), marker) for estimate, marker in rows]
    ends = sorted(tuple(line.get_xdata()) for axis in effects.axes for line in axis.lines if len(line.get_xdata()) == 2)
    intervals = [ends for ends in ends if ends != (0, 0)]  # without the axes' zero
    np.testing.assert_allclose(intervals, sorted(zip(primary.low, primary.high, strict=True)))


def test_effects_of_one_hypothesis(results):
    primary = read_table(results.primary, PRIMARY).iloc[:1]
    assert_legible(draw_effects(primary, ["none", *primary.intermediate]))
    plt.close("all")


def test_reliability_prints_the_error_its_interval_and_the_n_of_its_bins(reliability, results):
    figure = reliability()
    assert figure.get_figwidth() == PAGE_WIDTH
    assert_legible(figure)
    printed = {text.get_text() for text in texts(figure)}
    scores = pd.read_csv(results.scores)
    scores = scores[(scores.target == "xquad") & (scores.metric == "ece_width_15") & (scores.scaling == "none")]
    scores = scores[scores.intermediate.isin(["none", "squad_v1"]) & scores.language.isin(["qaa", "zero_shot"])]
    for row in scores[scores.perturbation.isin(["clean", "mirror_tree-1.0"])].itertuples():
        assert estimate_text(row.estimate, row.low, row.high) in printed
    bins = pd.read_csv(results.reliability)
    bins = bins[(bins.target == "xquad") & (bins.scaling == "none") & bins.language.isin(["qaa", "zero_shot"])]
    bins = bins[bins.intermediate.isin(["none", "squad_v1"]) & bins.perturbation.isin(["clean", "mirror_tree-1.0"])]
    for n in bins.groupby(["intermediate", "perturbation", "language"]).n.sum():
        assert f"$n$ = {n:,}" in printed


def test_reliability_draws_the_bins_it_was_given(reliability, results):
    curve = reliability().axes[0]
    bins = pd.read_csv(results.reliability)
    keys = {"intermediate": "none", "target": "xquad", "perturbation": "clean", "language": "qaa", "scaling": "none"}
    bins = bins[(bins[list(keys)] == pd.Series(keys)).all(axis=1) & (bins.n > 0)]
    none, _ = (each for each in curve.collections if isinstance(each, PathCollection))
    np.testing.assert_allclose(none.get_offsets(), bins[["confidence", "accuracy"]])


def test_reliability_of_a_target_without_the_source_language_has_two_panels(reliability):
    figure = reliability("bucc", languages=["en", "zero_shot"])
    assert len(figure.axes) == 4
    assert_legible(figure)
    assert "not run" in {text.get_text() for text in texts(figure)}


def test_reliability_compares_two_models(reliability):
    with pytest.raises(ValueError, match="at most 2 models, not 3"):
        reliability(intermediates=["none", "mnli", "multi"])


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(report, results, diagram, tmp_path):
    """In another process, which hashes strings with another seed."""
    names = ("calibration_change", "by_strength", "decomposition")
    paths = {name: [str(tmp_path / f"{name}.pdf")] for name in names}
    paths["calibration_change"].append(str(tmp_path / "calibration_change.png"))
    tables = {name: str(getattr(results, name)) for name in ("comparisons", "scores", "strength")}
    tables["measured"] = [str(results.measured)]
    cells = {name: diagram[name] for name in ("intermediate", "perturbation", "seed")}
    arguments = f"**{tables!r}, **{paths!r}, **{grid_of(results)!r}, **{cells!r}"
    code = f"import plot_comparisons\nplot_comparisons.main({arguments})"
    scripts = Path(plot_comparisons.__file__).parent
    subprocess.run([sys.executable, "-c", code], cwd=scripts, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    for path in (Path(path) for pair in paths.values() for path in pair):
        assert path.read_bytes() == (report / path.name.replace("calibration_change", "heatmap")).read_bytes()


def test_pdf_has_no_date_and_embeds_truetype(report):
    pdf = (report / "reliability_xquad.pdf").read_bytes()
    assert b"CreationDate" not in pdf and b"Matplotlib v" not in pdf
    assert b"/FontFile2" in pdf and b"/Type3" not in pdf


@pytest.fixture
def by_language(results):
    def draw(languages=("qaa", "qab", "qac"), **changes):
        settings = {"intermediates": ["none", "squad_v1"], "perturbation": "mirror_tree-1.0"}
        distances = pd.DataFrame({"language": ["qac", "qab"], "distance": [0.1, 0.3]})
        shown = {name: SHOWN[name] for name in ("metric", "scaling", "seed")}
        scores = read_table(results.scores, SCORES)
        settings |= {"targets": results.targets, "languages": list(languages), **changes}
        return draw_by_language(scores, distances, **shown, **settings)

    yield draw
    plt.close("all")


def test_languages_stand_by_distance_and_those_without_one_last(by_language, results):
    figure = by_language(languages=results.languages)
    assert figure.get_figwidth() == PAGE_WIDTH
    assert_legible(figure)
    known = [language for language in ("qac", "qab") if language in results.languages]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [results.languages[0], *known]


def test_points_by_language_are_those_of_the_table(by_language, results):
    axis = by_language(languages=results.languages).axes[0]
    points = [line for line in axis.lines if len(line.get_xdata()) == 1]
    scores = read_table(results.scores, SCORES)
    keys = {
        "target": "xquad",
        "metric": "ece_width_15",
        "scaling": "none",
        "perturbation": ["clean", "mirror_tree-1.0"],
    }
    rows = rows_of(scores, **keys, intermediate=["none", "squad_v1"], language=results.languages)
    np.testing.assert_allclose(sorted(float(line.get_ydata()[0]) for line in points), sorted(rows.estimate))
    hollow = [line for line in points if line.get_markerfacecolor() == "white"]
    assert len(hollow) == (rows.perturbation == "clean").sum()
