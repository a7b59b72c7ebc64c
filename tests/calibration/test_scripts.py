"""score_predictions on small predictions, against what follows from the rows."""

import csv

import numpy as np
import pyarrow.parquet as pq
import pytest

import score_predictions
from stiltcal.calibration.estimators import METRICS
from stiltcal.formats.rows import write_rows
from stiltcal.scoring.multiplicity import holm

OPTIONS = {
    "source_language": "en",
    "metrics": ["ece_width_15", "signed_gap", "brier"],
    "metric": "ece_width_15",
    "scalings": ["none", "source"],
    "resamples": 200,
}


def run(paths, tmp_path, kind, **changes):
    """The rows of scores and of comparisons, by their keys, numbers as numbers."""
    tables = {name: str(tmp_path / f"{name}.csv") for name in ("scores", "comparisons", "strength", "measured")}
    score_predictions.main(predictions=paths, perturbed=[], **tables, kind=kind, **(OPTIONS | changes))
    return [read(tables[name]) for name in ("scores", "comparisons")]


def read(path):
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = ("value", "difference", "estimate", "low", "high", "p", "p_holm", "n")
    return [{k: float(v) if k in numbers and v else v for k, v in row.items()} for row in rows]


def pick(rows, **keys):
    return [row for row in rows if all(row[k] == v for k, v in keys.items())]


def one(rows, **keys):
    (row,) = pick(rows, **keys)
    return row


def test_scores_are_those_of_the_rows(grid, tmp_path):
    paths = grid("classification")
    rows, _ = run(paths, tmp_path, "classification")
    table = pq.read_table(paths[0]).to_pandas().query("language == 'de' and perturbation == 'clean'")
    cell = {"intermediate": "none", "language": "de", "perturbation": "clean", "seed": "1", "unit": "item"}
    assert one(rows, **cell, metric="accuracy")["value"] == pytest.approx(table.correct.mean())
    assert one(rows, **cell, metric="guessing")["value"] == pytest.approx(0.5)
    for scaling, column in (("none", "confidence"), ("source", "confidence_source")):
        found = one(rows, **cell, scaling=scaling, metric="brier")
        assert found["value"] == pytest.approx(METRICS["brier"](table[column], table.correct), rel=1e-9)
        assert found["low"] < found["value"] < found["high"]
    values = [one(rows, **cell | {"language": x}, scaling="none", metric="brier")["value"] for x in ("en", "de", "zh")]
    assert one(rows, **cell | {"language": "all"}, scaling="none", metric="brier")["value"] == pytest.approx(
        np.mean(values)
    )
    zero_shot = one(rows, **cell | {"language": "zero_shot"}, scaling="none", metric="brier")
    assert (zero_shot["value"], zero_shot["n"]) == (pytest.approx(np.mean(values[1:])), 80)


def test_tagging_scores_entities_beside_the_tokens(grid, tmp_path):
    rows, _ = run(grid("tagging"), tmp_path, "tagging")
    cell = {"intermediate": "none", "language": "de", "perturbation": "clean"}
    f1 = one(rows, **cell, metric="f1")
    assert 0 < f1["value"] < 1
    assert (f1["unit"], f1["n"]) == ("token", 40)  # sentences
    assert one(rows, **cell, metric="brier", scaling="none")["n"] == 160  # tokens


def test_several_seeds_are_averaged(grid, tmp_path):
    rows, _ = run(grid("classification", seeds=(1, 2)), tmp_path, "classification")
    cell = {"intermediate": "none", "language": "de", "perturbation": "clean", "scaling": "none", "metric": "brier"}
    single = [one(rows, **cell, seed=seed)["value"] for seed in ("1", "2")]
    assert one(rows, **cell, seed="all")["value"] == pytest.approx(np.mean(single))


def test_comparisons_are_differences_of_the_scores(grid, tmp_path):
    paths = grid("qa")
    scores, rows = run(paths, tmp_path, "qa")

    def value(intermediate, perturbation):
        keys = {"language": "de", "scaling": "none", "metric": "ece_width_15"}
        return one(scores, intermediate=intermediate, perturbation=perturbation, **keys)["value"]

    cell = {"language": "de", "scaling": "none", "metric": "ece_width_15", "intermediate": "mnli"}
    perturbed = {**cell, "perturbation": "reverse-1.0"}
    expected = {
        "intermediate": value("mnli", "reverse-1.0") - value("none", "reverse-1.0"),
        "perturbation": value("mnli", "reverse-1.0") - value("mnli", "clean"),
    }
    expected["interaction"] = expected["perturbation"] - value("none", "reverse-1.0") + value("none", "clean")
    for effect, difference in expected.items():
        found = one(rows, effect=effect, **perturbed)
        assert found["difference"] == pytest.approx(difference, abs=1e-8)
        assert found["low"] <= found["estimate"] <= found["high"]
        parts = [
            one(rows, effect=effect, **perturbed | {"metric": f"ece_width_15_by_{part}"})
            for part in ("accuracy", "confidence")
        ]
        assert sum(part["difference"] for part in parts) == pytest.approx(difference, abs=1e-8)


def test_answers_are_judged_by_two_notions(grid, write_predictions, tmp_path):
    paths = grid("qa")
    for path, name in zip(paths, ("none", "mnli", "multi"), strict=True):
        rows = pq.read_table(path).to_pylist()
        partly = [row | {"score": 0.5 if int(row["id"][1:]) % 3 == 0 else row["score"]} for row in rows]
        write_predictions(partly, name)
    scores, rows = run(paths, tmp_path, "qa", correctness=["exact_match", "f1"])
    table = pq.read_table(paths[0]).to_pandas().query("language == 'de' and perturbation == 'clean'")
    cell = {"intermediate": "none", "language": "de", "perturbation": "clean", "scaling": "none", "metric": "brier"}
    for unit, right in (("item", table.correct), ("item_f1", table.score >= 0.5)):
        assert one(scores, **cell, unit=unit)["value"] == pytest.approx(METRICS["brier"](table.confidence, right))
    keys = {"effect": "interaction", "intermediate": "mnli", "language": "de", "scaling": "none", "unit": "item_f1"}
    parts = [one(rows, **keys, metric=f"ece_width_15_by_{part}") for part in ("accuracy", "confidence")]
    whole = one(rows, **keys, metric="ece_width_15")
    assert sum(part["difference"] for part in parts) == pytest.approx(whole["difference"], abs=1e-8)
    first = run(paths, tmp_path, "qa", correctness=["f1", "exact_match"])[0]
    assert one(first, **cell, unit="item")["value"] == one(scores, **cell, unit="item_f1")["value"]
    assert one(first, **cell | {"metric": "exact_match"}) == one(scores, **cell | {"metric": "exact_match"})


def test_holm_corrects_within_families(grid, tmp_path):
    _, rows = run(grid("classification"), tmp_path, "classification")
    brier = {"scaling": "none", "metric": "brier"}
    texts = {text: pick(rows, effect="intermediate", perturbation=text, **brier) for text in ("clean", "reverse-1.0")}
    by_perturbation = pick(rows, effect="perturbation", **brier)
    untrained = [row for row in by_perturbation if row["intermediate"] == "none"]
    families = [*texts.values(), untrained, [row for row in by_perturbation if row not in untrained]]
    families.append(pick(rows, effect="interaction", **brier))
    for family in families:
        for scope in (["zero_shot"], ["all"], ["en", "de", "zh"]):
            found = [row for row in family if row["language"] in scope]
            assert len(found) in (len(scope), 2 * len(scope))  # `none` alone, or both other intermediates
            assert [row["p_holm"] for row in found] == pytest.approx(holm([row["p"] for row in found]))


def test_the_largest_gap_has_estimates_without_intervals(grid, tmp_path):
    scores, rows = run(grid("classification"), tmp_path, "classification", metrics=["mce_width_15"])
    for row in pick(scores, metric="mce_width_15") + pick(rows, metric="mce_width_15"):
        assert isinstance(row["estimate"], float) and row["low"] == row["high"] == row.get("p_holm", "") == ""


def test_order_of_rows_and_files_changes_no_byte(grid, tmp_path):
    paths = grid("classification")
    one_way = run(paths, tmp_path, "classification")
    grid("classification", reverse=True)  # the same rows, last first
    assert run(paths[::-1], tmp_path, "classification") == one_way


def test_skipped_items_are_left_out_of_both_sides(grid, write_predictions, tmp_path):
    paths = grid("classification")
    for path, name in zip(paths, ("none", "mnli", "multi"), strict=True):
        rows = pq.read_table(path).to_pylist()
        kept = [row for row in rows if row["perturbation"] == "clean" or int(row["id"][1:]) < 30]
        write_predictions(kept, name)
    _, rows = run(paths, tmp_path, "classification")
    found = one(rows, effect="perturbation", intermediate="mnli", language="de", metric="accuracy")
    table = pq.read_table(paths[1]).to_pandas().query("language == 'de'")
    table = table[table.id.str[1:].astype(int) < 30]
    expected = table[table.perturbation != "clean"].correct.mean() - table[table.perturbation == "clean"].correct.mean()
    assert (found["difference"], found["n"]) == (pytest.approx(expected), 30)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("confidence", 1.5, r"column confidence has 1.5 \(item, clean, en, i0\); it must be in \[0, 1\]"),
        ("confidence_source", float("nan"), r"column confidence_source has nan"),
        ("confidence", None, "column confidence has 1 empty values"),
        ("score", -1.0, "column score has -1.0"),
        ("correct", None, "column correct has 1 empty values"),
        ("cluster", None, "column cluster has 1 empty values"),
    ],
)
def test_bad_values_are_named(column, value, message, grid, write_predictions, tmp_path):
    paths = grid("classification")
    rows = pq.read_table(paths[0]).to_pylist()
    write_predictions([rows[0] | {column: value}, *rows[1:]], "none")
    with pytest.raises(ValueError, match=rf"none/xnli/seed1\.parquet: {message}"):
        run(paths, tmp_path, "classification")


def test_no_table_holds_what_is_not_finite(tmp_path):
    with pytest.raises(ValueError, match=r"t\.csv: value would not be finite in the row"):
        write_rows(tmp_path / "t.csv", ("value",), [{"value": 1.0}, {"value": float("nan")}])


def test_bad_predictions_are_named(grid, write_predictions, tmp_path):
    paths = grid("classification")
    rows = pq.read_table(paths[0]).to_pylist()
    with pytest.raises(ValueError, match="unknown calibration metric 'ece'"):
        run(paths, tmp_path, "classification", metrics=["ece"])
    with pytest.raises(ValueError, match=r"seed1\.parquet: no column confidence_target"):
        run(paths, tmp_path, "classification", scalings=["target"])
    write_predictions([*rows, rows[0]], "none")
    with pytest.raises(ValueError, match=r"none/xnli/seed1\.parquet: item, clean, en: a unit .* occurs twice"):
        run(paths, tmp_path, "classification")
    other = write_predictions(rows, "none", target="xquad")
    with pytest.raises(ValueError, match="predictions: give those of one target; found xnli, xquad"):
        run([*paths, other], tmp_path, "classification")
