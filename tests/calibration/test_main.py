"""`python -m stiltcal.calibration FILE`."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stiltcal.calibration.__main__ import main
from stiltcal.calibration.estimators import METRICS, classwise_ece, murphy


@pytest.fixture
def show(tmp_path, capsys):
    """A function that writes a file, runs the command on it, and returns (status, JSON or None, error text)."""

    def run(content, name="p.csv", *arguments):
        path = tmp_path / name
        if isinstance(content, dict):
            pq.write_table(pa.table(content), path)
        else:
            path.write_text(content, encoding="utf-8")
        status = main([str(path), "--resamples", "100", *arguments])
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else None, err

    return run


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
    assert "classwise_ece_15" not in show(columns, "q.parquet")[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("confidence,correct\n", "holds no row"),
        ("confidence,right\n0.5,1\n", "no column correct; found: confidence, right"),
        ("confidence,correct\n1.2,1\n", "confidence 1.2 (row 0)"),
        ("confidence,correct\n,1\n0.5,0\n", "confidence has 1 empty"),
        ("confidence,correct\n0.5,maybe\n", "for example 'maybe'"),
        ("confidence,correct\n0.5,2\n", "true or false"),
        ("confidence,correct\nnan,1\n", "confidence has 1 empty"),
        ("confidence,correct,gold,p_a\n0.5,1,b,1.0\n", "gold is 'b', but there is no column p_b; there are: ['a']"),
        ("confidence,correct,gold,p_a,p_b\n0.5,1,b,0.7,0.7\n", "do not sum to 1"),
        ("confidence,correct,gold,p_a,p_b\n0.5,1,b,1.5,-0.5\n", "1.5 (row 0) is not a probability"),
    ],
)
def test_bad_input_is_one_message(show, content, message):
    status, found, error = show(content)
    assert (status, found) == (2, None)
    assert "p.csv: " in error
    assert message in error
    assert len(error.splitlines()) == 1


def test_bad_files_and_options(show):
    assert "named .csv or .parquet" in show("x", "p.txt")[2]
    assert "at least 100" in show("confidence,correct\n0.5,1\n", "p.csv", "--resamples", "10")[2]
    assert main(["/nowhere/at/all.csv"]) == 2


def test_a_quick_run_shows_no_progress(show):
    assert show("confidence,correct\n0.5,1\n0.7,0\n")[2] == ""
