"""`stiltcal-calibration --by`, `--against` and `--plot`: groups of rows, paired differences, and diagrams."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

import score_predictions
from stiltcal.calibration.errors import NO_INTERVAL
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.summary import groups_of
from stiltcal.formats.predictions import resampling_seed
from stiltcal.measure.paired import Columns
from stiltcal.measure.plot import drawn
from stiltcal.report.diagram import draw_diagram

ROWS = [(0.05 * (n % 20), int(n * 7 % 20 < n % 20), f"c{n // 3}", "ab"[n % 2]) for n in range(60)]
TEXT = "confidence,correct,cluster,language,other\n" + "\n".join(
    f"{c:.2f},{right},{cluster},{language},{c**2:.4f}" for c, right, cluster, language in ROWS
)


def test_each_group_is_what_its_rows_alone_would_be(show):
    _, found, _ = show(TEXT, "p.csv", "--by", "language")
    assert found["by"] == "language" and list(found["groups"]) == ["a", "b"]
    for language, group in found["groups"].items():
        assert group == show(TEXT, "p.csv", "--where", f"language={language}")[1]
        assert group["n"] == 30


def test_a_difference_is_that_of_the_two_columns(show):
    _, found, _ = show(TEXT, "p.csv", "--against", "other")
    _, other, _ = show(TEXT, "p.csv", "--confidence", "other")
    assert found["against"].keys() == {"confidence", "correct", "differences"}
    for name, row in found["against"]["differences"].items():
        assert row["value"] == pytest.approx(found[name]["value"] - other[name]["value"], abs=1e-12)
        if name in NO_INTERVAL:
            assert row["low"] is row["high"] is row["p"] is None and row["reason"] == NO_INTERVAL[name]
        else:
            assert row["low"] <= row["estimate"] <= row["high"] and 0 <= row["p"] <= 1
    assert found["against"]["differences"].keys() == METRICS.keys()
    groups = show(TEXT, "p.csv", "--against", "other", "--by", "language")[1]["groups"]
    assert all(group["against"]["confidence"] == "other" for group in groups.values())


def test_two_systems_are_compared_as_the_workflow_compares_them(show, grid, tmp_path):
    """The same resamples, and items whose outcome differs between the systems widen the interval as there."""
    paths = grid("classification", languages=("de",))[:2]
    tables = {name: str(tmp_path / f"{name}.csv") for name in ("scores", "comparisons", "strength", "measured")}
    score_predictions.main(
        predictions=paths, perturbed=[], **tables, kind="classification", source_language="en", metrics=list(METRICS),
        metric="ece_width_15", scalings=["none"], resamples=100,
    )  # fmt: skip
    ours = pd.read_csv(tables["comparisons"], keep_default_na=False, na_values=[""])
    ours = ours[(ours.effect == "intermediate") & (ours.perturbation == "clean") & (ours.language == "de")]
    ours = ours.set_index("metric")
    without, with_ = (pq.read_table(path).to_pandas().query("perturbation == 'clean'") for path in paths)
    both = with_.merge(without, on=["id", "cluster"], suffixes=("", "_without"))
    columns = {name: both[name].to_list() for name in ("confidence", "correct", "cluster")}
    columns |= {name: both[name].to_list() for name in ("confidence_without", "correct_without")}
    asked = ("--against", "confidence_without", "--against-correct", "correct_without")
    _, found, _ = show(columns, "p.parquet", *asked, "--seed", str(resampling_seed("xnli")))
    for name in METRICS:
        row = found["against"]["differences"][name]
        wanted = ours.loc[name]
        assert row["value"] == pytest.approx(wanted.difference, abs=1e-9)
        if name not in NO_INTERVAL:
            shown = ("estimate", "low", "high", "p")
            assert [row[each] for each in shown] == pytest.approx(wanted[list(shown)].to_list(), abs=1e-9), name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by", "languag"], "no column languag (did you mean 'language'?)"),
        (["--against", "others"], "no column others (did you mean 'other'?)"),
        (["--against", "language"], "column language holds 'a' (row 0); allowed: a number"),
        (["--against", "other", "--against-correct", "confidence"], "correct has 0.05 (row 1)"),
        (["--correct", "confidence"], "correct has 0.05 (row"),
        (["--against-correct", "correct"], "--against-correct needs --against"),
    ],
)
def test_one_message_for_what_is_wrong(show, arguments, message):
    status, out, err = show(TEXT, "p.csv", *arguments)
    assert status == 2 and out is None
    assert message in err and err.count("\n") == 1


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_a_diagram_has_the_same_bytes_again(show, tmp_path, ending):
    drawn = []
    for name in ("first", "second"):
        path = tmp_path / f"{name}.{ending}"
        assert show(TEXT, "p.csv", "--by", "language", "--against", "other", "--plot", str(path))[0] == 0
        drawn.append(path.read_bytes())
    assert drawn[0] == drawn[1] and drawn[0].startswith((b"%PDF", b"\x89PNG"))


def test_a_diagram_shows_each_group_and_each_set_of_confidences(tmp_path):
    (tmp_path / "p.csv").write_text(TEXT, encoding="utf-8")
    tables = groups_of(tmp_path / "p.csv", by="language")
    columns = [Columns("confidence", "correct"), Columns("other", "correct")]
    groups = {name: [drawn(table, each, 100, 0) for each in columns] for name, table in tables.items()}
    figure = draw_diagram(groups, title="p$1.csv", names=["confidence", "a+b"], metric="ece_width_15")
    texts = [text.get_text() for axis in figure.axes for text in axis.texts]
    assert "a" in texts and "b" in texts and texts.count("$n$ = 30") == 4
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["confidence", "a+b"]
    assert all(panel.bins.n.sum() == 30 for sets in groups.values() for panel in sets)


def test_too_many_panels_are_refused(show, tmp_path):
    text = "confidence,correct,id\n" + "\n".join(f"0.5,1,i{n}" for n in range(25))
    status, _, err = show(text, "p.csv", "--by", "id", "--plot", str(tmp_path / "p.pdf"))
    assert status == 2 and "--plot: 25 groups; a figure has at most 24 panels" in err


def test_a_figure_that_cannot_be_saved_loses_no_number(show, tmp_path):
    (tmp_path / "p.png").mkdir()
    status, out, err = show(TEXT, "p.csv", "--plot", str(tmp_path / "p.png"))
    assert status == 2 and out["n"] == 60
    assert "p.png" in err and err.count("\n") == 1


def test_two_answers_far_apart_have_a_diagram(show, tmp_path):
    text = "confidence,correct\n0.1,0\n0.9,1\n"
    assert show(text, "p.csv", "--plot", str(tmp_path / "p.png"))[0] == 0


def test_too_many_groups_are_refused(show):
    text = "confidence,correct,id\n" + "\n".join(f"0.5,1,i{n}" for n in range(201))
    assert "column id has 201 different values; at most 200 are told apart" in show(text, "p.csv", "--by", "id")[2]
