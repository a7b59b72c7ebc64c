"""The report of a study without intermediate tasks: calibration under perturbation, without comparison."""

import csv
import json
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from stiltcal.formats.results import COMPARISONS, PRIMARY, SCORES, read_table, rows_of
from stiltcal.report.data_quality import Checks
from stiltcal.report.finding import write_finding
from stiltcal.report.heatmap import draw_heatmap

from .test_figures import SHOWN, assert_legible, texts
from .test_finding import NAMES, NUMERAL, scope_of, tables_of
from .test_page import render


@pytest.fixture
def written(baseline_report):
    finding = json.loads((baseline_report / "finding.json").read_text(encoding="utf-8"))
    return (baseline_report / "finding.md").read_text(encoding="utf-8"), finding


def changes_of(results, target):
    """Zero-shot changes of the error by each perturbation, by the file."""
    table = pd.read_csv(results.comparisons)
    keys = {"effect": "perturbation", "target": target, "metric": "ece_width_15", "scaling": "none"}
    keys |= {"language": "zero_shot", "intermediate": "none"}
    return table[(table[list(keys)] == pd.Series(keys)).all(axis=1)]


def test_it_is_said_first_that_there_is_no_answer(written):
    page, finding = written
    first = page.split("\n\n")[2]
    assert first.startswith("**No answer.** The study has no intermediate task, and so no answer to this question.")
    assert [part["family"] for part in finding["answer"][1:]] == list(finding["hypotheses"]["families"])
    assert finding["primary"] == [] and {row["intermediate"] for row in finding["contrasts"]} == {"none"}


def test_the_answer_has_levels_and_the_significant_changes(written, baseline):
    answer = written[1]["answer"][1]["text"]
    row = changes_of(baseline, "xquad").set_index("perturbation").loc["mirror_tree-1.0"]
    assert row.p_holm < 0.05 and row.estimate > 0
    assert "The mean error on reworded or reordered text is 0.200 [0.100, 0.280], and 0.100 [0.050, 0.140] on" in answer
    number = f"+{row.estimate:.3f} [{row.low:.3f}, {row.high:.3f}], n = 400"
    assert f"Against clean text, the error rises significantly for XQuAD under mirror tree ({number})." in answer


def test_every_change_stands_in_a_table(written, baseline):
    page, finding = written
    tables = {table["title"]: table for table in finding["tables"]["calibration"]}
    assert "## Calibration under perturbation" in page and "## Primary results" not in page
    changes = tables["Question answering: changes"]
    assert [row[:2] for row in changes["rows"]] == [["XQuAD", "mirror tree"], ["XQuAD", "reverse"]]
    found = changes_of(baseline, "xquad")
    assert [float(row[3].removeprefix("< ")) for row in changes["rows"]] == pytest.approx(list(found.p_holm), abs=5e-4)
    levels = tables["Question answering: levels"]
    assert levels["head"][:3] == ["class", "error", "error on clean text"]
    assert [row[0] for row in levels["rows"]] == ["syntax", "reordered", "control"]


def test_every_numeral_is_quoted_from_the_line_it_names(written, baseline):
    page, finding = written
    assert set(NUMERAL.findall(NAMES.sub("", page))) <= {entry["text"] for entry in finding["numbers"]}
    names = ("scores", "contrasts", "comparisons", "hierarchy", "strength")
    files = {f"{name}.csv": list(csv.reader(getattr(baseline, name).open())) for name in names}
    read = [entry for entry in finding["numbers"] if "line" in entry and entry["file"] in files]
    for entry in read:
        head, line = files[entry["file"]][0], files[entry["file"]][entry["line"] - 1]
        assert float(dict(zip(head, line, strict=True))[entry["column"]]) == entry["value"]
    assert {entry["file"] for entry in read} == set(files)


def test_nothing_is_said_of_effects_of_intermediate_training(written):
    page, finding = written
    body = page.partition("## Design")[2]
    left = [line for line in body.splitlines() if "intermediate" in line]
    allowed = (
        "without intermediate training|no intermediate task|Effects of intermediate training: the study has no model"
    )
    allowed += "|Intermediate tasks of the"
    assert all(re.search(allowed, line, re.IGNORECASE) for line in left), left
    assert (
        {row["effect"] for row in finding["counts"]}
        == {row["effect"] for row in finding["effects"]}
        == {"perturbation"}
    )
    assert "BUCC was not run on this text: mirror tree." in finding["limits"]
    assert not [text for text in finding["limits"] if "clean" in text and "was not run" in text]


def test_a_study_whose_perturbations_have_no_class(baseline):
    scope = scope_of(baseline, hypotheses=scope_of(baseline).hypotheses | {"classes": {}})
    primary = read_table(baseline.primary, PRIMARY, may_be_empty=True)
    tables = tables_of(baseline, primary=primary)
    finding = write_finding(tables._replace(contrasts=tables.contrasts[:0]), scope, Checks())
    _, question_answering, *_ = (part["text"] for part in finding["answer"])
    beginning = (
        "Against clean text, the error on perturbed text is significantly higher in one and lower in none of two "
    )
    assert question_answering.startswith(beginning)
    ending = "Where no change is significant (XQuAD under reverse) there may still be one: the intervals range from"
    assert ending in question_answering


def test_heatmap_shows_the_change_of_each_target_by_each_perturbation(baseline):
    tables = read_table(baseline.comparisons, COMPARISONS), read_table(baseline.scores, SCORES)
    grid = {name: getattr(baseline, name) for name in ("intermediates", "targets", "perturbations")}
    figure = draw_heatmap(*tables, **grid, **SHOWN)
    assert_legible(figure)
    axis = figure.axes[0]
    assert axis.get_title(loc="left") == "none: perturbed minus clean text"
    assert [label.get_text() for label in axis.get_xticklabels()] == ["XQuAD", "XNLI", "PAN-X", "BUCC"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["reverse", "mirror tree"]
    rows = rows_of(tables[0], metric="ece_width_15", scaling="none", effect="perturbation", language="zero_shot")
    (rises,) = [line for line in axis.lines if line.get_marker() == "^"]
    assert len(rises.get_xdata()) == ((rows.p_holm < 0.05) & (rows.estimate > 0)).sum() > 0
    assert len(axis.patches) == 1, "BUCC has no mirrored trees"
    assert not {text.get_text() for text in texts(figure)} & {"falls, task lost"}
    plt.close("all")


def test_the_table_of_errors_marks_changes_by_the_perturbation(baseline_report):
    rows = pd.read_csv(baseline_report / "calibration.csv")
    assert set(rows.intermediate) == {"none"}
    assert set(rows.effect[rows.perturbation == "mirror_tree-1.0"].dropna()) == {"perturbation"}
    assert rows.effect[rows.perturbation == "clean"].isna().all()
    assert "uparrow" in (baseline_report / "calibration.tex").read_text().split("mirror tree")[1]
    assert "uparrow" not in (baseline_report / "scores.tex").read_text().split("\\midrule")[1]


def test_page(baseline_report, baseline, tmp_path):
    page = render(baseline_report, baseline, tmp_path)
    assert "<h1>Calibration under perturbation</h1>" in page
    assert "<strong>No answer.</strong>" in page and "Question answering: changes" in page
    for words in (
        "Primary results",
        "by intermediate training (columns)",
        "with intermediate training",
        "task is lost",
    ):
        assert words not in page.partition('<section id="answer">')[2], words
