"""`python -m stiltcal.calibration FILE`."""

import gzip

import numpy as np
import pytest

from stiltcal.calibration.estimators import METRICS, classwise_ece, murphy
from stiltcal.measure.__main__ import main


def test_every_metric_has_value_interval_and_n(show):
    rng = np.random.default_rng(0)
    confidence = rng.random(60)
    columns = {"confidence": confidence, "correct": rng.random(60) < confidence}
    status, found, _ = show(columns, "p.parquet")
    assert status == 0
    for name, metric in METRICS.items():
        reason = {"reason"} if name == "mce_width_15" else set()
        assert found[name].keys() == {"value", "estimate", "low", "high", "n"} | reason
        if reason:
            assert (
                found[name]["low"] is found[name]["high"] is None and "no bootstrap interval" in found[name]["reason"]
            )
        else:
            assert found[name]["low"] <= found[name]["estimate"] <= found[name]["high"]
        assert found[name]["value"] == metric(**columns)
        assert found[name]["n"] == found["n"] == 60
    assert found["clusters"] == 60
    text = "confidence,correct\n" + "\n".join(f"{c!r},{int(y)}" for c, y in zip(*columns.values(), strict=True))
    assert show(text.replace("np.float64(", "").replace(")", ""))[1] == found


def test_clusters_widen_the_intervals(show):
    rows = [(0.7, i % 2) for i in range(20)]
    text = "confidence,correct,cluster\n" + "\n".join(f"{c},{y},{y}x{i // 10}" for i, (c, y) in enumerate(rows))
    _, found, _ = show(text)
    assert found["clusters"] == 4


def test_brier_in_parts_and_classwise_error(show):
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1, 1, 1], 50)
    gold = rng.integers(3, size=50)
    columns = {"confidence": probabilities.max(axis=1), "correct": probabilities.argmax(axis=1) == gold}
    classes = {f"p_{name}": column for name, column in zip("abc", probabilities.T, strict=True)}
    _, found, _ = show({**columns, "gold": list(np.array(list("abc"))[gold]), **classes}, "p.parquet")
    assert found["classwise_ece_15"] == {"value": classwise_ece(probabilities, gold), "n": 50}
    assert found["murphy"] == murphy(**columns)
    without = show(columns, "q.parquet")[1]["classwise_ece_15"]
    assert without["value"] is None and "there is no p_{class}" in without["reason"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("confidence,correct\n", "holds no row"),
        ("confidence,right\n0.5,1\n", "no column correct; found: confidence, right"),
        ("confidence,correct\n1.2,1\n", "confidence 1.2 (row 0)"),
        ("confidence,correct\n,1\n0.5,0\n", "confidence has 1 empty"),
        ("confidence,correct\n0.5,maybe\n", "column correct holds 'maybe' (row 0); allowed: true or false"),
        ("confidence,correct\n0.5,2\n", "true or false"),
        ("confidence,correct\nnan,1\n", "confidence has 1 empty"),
        (
            "confidence,correct\n0.5,1\n0;75,1\n",
            "column confidence holds '0;75' (row 1); allowed: a number",
        ),
        ("confidence,correct\ninf,1\n", "holds 'inf' (row 0)"),
        ("Confidence,correct\n0.5,1\n", "no column confidence (did you mean 'Confidence'?); found: Confidence"),
        ("confidence,correct,confidence\n0.5,1,0.6\n", "column confidence occurs 2 times; keep one"),
        ("confidence,correct,cluster\n0.5,1,\n0.6,1,a\n", "column cluster has 1 empty values, the first in row 0"),
        ("confidence,correct\n0.5,1,2\n", "Expected 2 columns, got 3"),
        ('confidence,correct,text\n0.5,1,"a\n0.6,0,b\n', "a quote that opens in row 0 is not closed"),
        (
            'confidence,correct,text\n0.6,1,x\n0.5,1,"a\n0.6,0," b\n0.7,0,c\n',
            "row 1: a field begins with a quote (\") that does not enclose it (',' expected after '\"')",
        ),
        ("confidence;correct\n0,5;1\n", "found one column, 'confidence;correct'; a comma separates columns"),
        ("confidence,correct", "holds no row"),
        ("", "the file is empty"),
        ("\r\n", "the file is empty"),
        ("confidence,correct\n0.5,1\n".encode("utf-16-le"), "UTF-16 without a mark"),
        ("confidence,correct,cluster\n0.5,1,Käse\n".encode("cp1252"), "not UTF-8"),
        (gzip.compress(b"confidence,correct\n0.5,1\n" * 99, mtime=0)[:40], "broken gzip"),
    ],
)
def test_bad_input_is_one_message(show, content, message):
    status, found, error = show(content)
    assert (status, found) == (2, None)
    assert "p.csv: " in error
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ("gold,other\n0.5,1,b,1\n", "there is no p_{class}"),
        ("p_a,p_b\n0.5,1,0.5,0.5\n", "no column gold"),
        ("gold,p_a\n0.5,1,b,1.0\n", "gold is 'b', but there is no column p_b; there are: ['a']"),
        ("gold,p_a,p_b\n0.5,1,,0.5,0.5\n", "column gold has 1 empty values, the first in row 0"),
        ("gold,p_a,p_b\n0.5,1,a,0.5,\n", "column p_b has 1 empty values, the first in row 0"),
        (
            "gold,p_a,p_b\n0.5,1,a,0.5,0.5\n0.5,1,b,0.7,0.72\n",
            "row 1 do not sum to 1 but to 1.42; from 0.99 to 1.01",
        ),
        ("gold,p_a,p_b\n0.5,1,b,1.5,-0.5\n", "1.5 (row 0) is not a probability"),
        ("gold,p_a,p_b\n0.5,1,a,half,0.5\n", "column p_a holds 'half' (row 0)"),
    ],
)
def test_a_metric_that_cannot_be_had_says_why_and_the_others_are_there(show, columns, reason):
    status, found, error = show(f"confidence,correct,{columns}")
    assert (status, error) == (0, "")
    assert found["classwise_ece_15"]["value"] is None and reason in found["classwise_ece_15"]["reason"]
    assert all(isinstance(found[name]["value"], float) for name in METRICS)


@pytest.mark.parametrize("kind", ["float32", "float16", "widened"])
def test_precision_makes_no_difference_on_the_edges_of_bins(show, kind):
    rng = np.random.default_rng(3)
    confidence = rng.choice(np.arange(2, 21) / 20, 400)
    correct = rng.random(400) < confidence
    other = confidence.astype("float16" if kind == "float16" else "float32")
    other = other.astype(float) if kind == "widened" else other
    found, expected = (show({"confidence": c, "correct": correct}, "p.parquet")[1] for c in (other, confidence))
    assert found == expected


def test_last_digits_make_no_difference_on_the_edges_of_bins(show):
    found, expected = (show(f"confidence,correct\n{c!r},1\n0.25,0\n")[1] for c in (0.1 + 0.2, 0.3))
    assert found["ece_width_10"]["value"] == pytest.approx(expected["ece_width_10"]["value"])
    assert expected["ece_width_10"]["value"] == pytest.approx(abs(0.55 - 1) / 2), "both are in (0.2, 0.3]"


def test_the_predictions_of_the_workflow_are_read(show):
    own = {
        "language": ["de", "de", "de", "nan", "nan"],
        "perturbation": ["clean"] * 5,
        "id": list("abcab"),
        "cluster": list("abcab"),
        "unit": ["item"] * 5,
        "position": [0] * 5,
        "gold": ["x", None, "y", "x", "y"],
        "prediction": ["x", "y", None, "x", "x"],
        "correct": [True, False, False, True, False],
        "score": [1.0, 0.0, 0.0, 1.0, 0.0],
        "selected": [True] * 5,
        "confidence": [0.9, 0.8, 0.0, 0.7, 0.6],
        "confidence_source": [0.8, 0.7, 0.0, 0.6, 0.5],
    }
    found = show(own, "p.parquet")[1]
    assert (found["n"], found["pooled"]) == (4, {"language": 2})
    chosen = show(own, "p.parquet", "--where", "language=nan", "--confidence", "confidence_source")[1]
    assert chosen["n"] == 2 and chosen["mean_confidence"]["value"] == pytest.approx(0.55) and "pooled" not in chosen
    status, _, error = show(own, "p.parquet", "--where", "language=dee")
    assert status == 2 and "no row has language 'dee' (did you mean 'de'?); found: de, nan" in error


def test_a_folder_makes_no_column(show, tmp_path):
    (tmp_path / "cluster=3").mkdir()
    columns = {"confidence": [0.5, 0.6], "correct": [True, False]}
    assert show(columns, "cluster=3/p.parquet")[1]["clusters"] == 2


def test_bad_files_and_options(show, capsys):
    assert "named .csv, .tsv, .jsonl" in show("x", "p.txt")[2]
    assert "at least 100" in show("confidence,correct\n0.5,1\n", "p.csv", "--resamples", "10")[2]
    assert "this one is .gz" in show("x", "p.parquet.gz")[2]
    assert main(["/nowhere/at/all.csv"]) == 2
    assert capsys.readouterr().err == "stiltcal.calibration: /nowhere/at/all.csv: No such file or directory\n"


def test_percentages_are_refused_with_the_remedy(show):
    assert "divide percentages by 100" in show("confidence,correct\n63.7,1\n2,0\n", "p.csv")[2]
    assert "divide" not in show("confidence,correct\n1.2,1\n0.2,0\n", "p.csv")[2]


def test_a_quick_run_shows_no_progress(show):
    assert show("confidence,correct\n0.5,1\n0.7,0\n")[2] == ""
