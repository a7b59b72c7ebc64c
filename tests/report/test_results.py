import pandas as pd
import pytest

from stiltcal.formats.results import COMPARISONS, SCORES, cell, read_table, rows_of
from stiltcal.report.labels import error_label, family_order, perturbation_label
from stiltcal.report.numbers import estimate_text, number


def test_a_row_knows_its_line_in_the_file(results):
    scores = read_table(results.scores, SCORES)
    row = scores.sample(1, random_state=1).iloc[0]
    line = results.scores.read_text().splitlines()[row.line - 1].split(",")
    assert line[0] == row.intermediate and float(line[8]) == row.value and float(line[9]) == row.estimate


def test_language_codes_are_text(tmp_path):
    """`nan` is Min Nan Chinese, `no` Norwegian; neither is missing or false."""
    file = tmp_path / "scores.csv"
    file.write_text(",".join(SCORES) + "\nnone,xnli,clean,nan,item,none,1,accuracy,0.5,0.5,0.4,0.6,10\n")
    assert read_table(file, SCORES).language.tolist() == ["nan"]


def test_a_missing_column_is_named_with_its_file(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("intermediate,target\nnone,xnli\n")
    with pytest.raises(ValueError, match=r"scores\.csv: no column perturbation, .*found intermediate, target"):
        read_table(file, SCORES)


def test_an_empty_table_is_an_error(tmp_path):
    file = tmp_path / "comparisons.csv"
    file.write_text(",".join(COMPARISONS) + "\n")
    with pytest.raises(ValueError, match="holds no row"):
        read_table(file, COMPARISONS)


def test_an_unknown_value_is_answered_with_the_known_ones(results):
    with pytest.raises(ValueError, match=r"no row has metric 'ece_15'; found: .*brier, ece_width_15"):
        rows_of(read_table(results.scores, SCORES), metric="ece_15")


def test_tagging_is_reported_by_its_entities(results):
    rows = rows_of(read_table(results.scores, SCORES), target=["panx", "xnli"])
    assert set(rows[["target", "unit"]].itertuples(index=False, name=None)) == {("panx", "entity"), ("xnli", "item")}


def test_a_cell_is_one_row_or_none():
    table = pd.DataFrame({"target": ["a", "a"], "metric": ["x", "y"], "line": [2, 3]})
    assert cell(table, target="a", metric="y").line == 3
    assert cell(table, target="b") is None
    with pytest.raises(ValueError, match="2 rows have"):
        cell(table, target="a")


def test_families_put_question_answering_first_and_keep_the_given_order():
    targets = {name: {"kind": kind} for name, kind in [("t", "retrieval"), ("b", "mining"), ("y", "qa"), ("x", "qa")]}
    assert family_order(targets) == {"Question answering": ["y", "x"], "Sentence retrieval": ["t", "b"]}
    with pytest.raises(ValueError, match="target 'z' has the kind 'chat'"):
        family_order({"z": {"kind": "chat"}})


def test_names_and_numbers_for_readers():
    assert perturbation_label("shuffle_local-0.5") == "shuffle local 0.5"
    assert perturbation_label("mirror_tree-1.0") == "mirror tree"
    assert number(-0.0312) == "\N{MINUS SIGN}0.031"
    assert number(0.5, 2, signed=True) == "+0.50"
    assert number(-0.0004, signed=True) == "0.000"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.211, 0.1962, 0.2274), "0.211 [0.196, 0.227]"),
        ((0.0131, 0.0129, 0.0134), "0.0131 [0.0129, 0.0134]"),  # not the end of its own interval
        ((0.0, 0.0, 0.031), "0.000 [0.000, 0.031]"),
        ((1.0, 0.9, 1.0), "1.000 (at least 0.900)"),
        ((0.5, 0.5, 0.6), "0.500 (at most 0.600)"),
        ((0.25, 0.25, 0.25), "0.250 (no interval)"),
        ((0.25, float("nan"), float("nan")), "0.250 (no interval)"),
        ((0.25, float("-inf"), float("inf")), "0.250 (no interval)"),
    ],
)
def test_an_estimate_is_never_the_end_of_its_own_interval_unless_it_is_zero(numbers, text):
    assert estimate_text(*numbers) == text


def test_only_what_is_better_low_is_an_error():
    assert error_label("brier") == "Brier score"
    with pytest.raises(ValueError, match="less is better, not 'auroc'; allowed: ece_width_10"):
        error_label("auroc")
