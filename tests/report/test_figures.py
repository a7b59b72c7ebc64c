import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import plot_heatmap
from stiltcal.formats.results import COMPARISONS, PRIMARY, RELIABILITY, SCORES, read_table, rows_of, significant
from stiltcal.report import labels
from stiltcal.report.by_language import draw_by_language
from stiltcal.report.effects import draw_effects
from stiltcal.report.heatmap import draw_heatmap
from stiltcal.report.lost import mark_lost
from stiltcal.report.numbers import estimate_text
from stiltcal.report.reliability import draw_reliability
from stiltcal.report.style import COLUMN_WIDTH, PAGE_WIDTH, house_style


def grid_of(results):
    return {name: getattr(results, name) for name in ("intermediates", "targets", "perturbations")}


SHOWN = {"metric": "ece_width_15", "scaling": "none", "language": "zero_shot", "seed": "1"}


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
        tables = read_table(results.reliability, RELIABILITY), read_table(results.scores, SCORES)
        return draw_reliability(*tables, target=target, languages=languages, **settings)

    yield draw
    plt.close("all")


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def assert_legible(figure):
    """Nothing below 8 pt, nothing cut by the edge of the figure."""
    with house_style():
        figure.canvas.draw()
        edge = figure.bbox.padded(1)
        for text in texts(figure):
            assert text.get_fontsize() >= 8, text
            box = text.get_window_extent()
            assert box.width == 0 or (edge.contains(box.x0, box.y0) and edge.contains(box.x1, box.y1)), text


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
    _, none, _ = curve.lines
    np.testing.assert_allclose(none.get_xydata(), bins[["confidence", "accuracy"]])


def test_reliability_of_a_target_without_the_source_language_fits_one_column(reliability):
    figure = reliability("bucc", languages=["en", "zero_shot"])
    assert figure.get_figwidth() == COLUMN_WIDTH
    assert_legible(figure)
    assert "not run" in {text.get_text() for text in texts(figure)}


def test_reliability_compares_two_models(reliability):
    with pytest.raises(ValueError, match="at most 2 models, not 3"):
        reliability(intermediates=["none", "mnli", "multi"])


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(report, results, diagram, tmp_path):
    """In another process, which hashes strings with another seed."""
    grid, figures = grid_of(results), ("heatmap", "reliability_xquad")
    paths = {name: {end: str(tmp_path / f"{name}.{end}") for end in ("pdf", "png")} for name in figures}
    code = (
        "import plot_reliability, plot_heatmap\n"
        f"plot_heatmap.main(comparisons={str(results.comparisons)!r}, scores={str(results.scores)!r}, "
        f"**{paths['heatmap']!r}, **{grid!r}, seed='1')\n"
        f"plot_reliability.main(reliability={str(results.reliability)!r}, scores={str(results.scores)!r}, "
        f"**{paths['reliability_xquad']!r}, **{diagram!r})\n"
    )
    scripts = Path(plot_heatmap.__file__).parent
    subprocess.run([sys.executable, "-c", code], cwd=scripts, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    for path in (Path(path) for pair in paths.values() for path in pair.values()):
        assert path.read_bytes() == (report / path.name).read_bytes()


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


def test_labels_of_tasks_are_text_in_every_figure(results, by_language, reliability, monkeypatch):
    """Between dollar signs matplotlib would read mathematics."""
    monkeypatch.setattr(labels, "task_labels", lambda: {"squad_v1": "$a_1$", "xquad": "$b^2$"})
    tables = read_table(results.comparisons, COMPARISONS), read_table(results.scores, SCORES)
    figures = {
        "effects": draw_effects(read_table(results.primary, PRIMARY), results.intermediates),
        "by_language": by_language(),
        "heatmap": draw_heatmap(*tables, **grid_of(results), **SHOWN),
        "reliability": reliability(),
    }
    for name, figure in figures.items():
        with house_style():
            figure.canvas.draw()  # makes the ticks
        found = {text.get_text() for text in texts(figure) if "a_1" in text.get_text() or "b^2" in text.get_text()}
        assert found and all(text.count("$") == text.count("\\$") for text in found), name
    plt.close("all")
