import numpy as np
import pandas as pd
import pytest

import bin_reliability
from stiltcal.calibration.estimators import metric
from stiltcal.formats.results import CURVES, RELIABILITY, read_table

ROWS = {
    "language": ["qaa", "qaa", "qaa", "qab", "qac"],
    "perturbation": ["clean"] * 5,
    "unit": ["item"] * 5,
    "cluster": ["a", "b", "c", "a", "b"],
    "prediction": ["a"] * 5,
    "correct": [True, False, True, False, True],
    "score": [1.0, 0.5, 1.0, 0.4, 1.0],
    "confidence": [0.9, 0.8, 0.3, 0.95, 0.55],
    "confidence_source": [0.6, 0.6, 0.2, 0.7, 0.4],
}


def binned(folder, tables, **settings):
    paths = []
    for place, table in tables.items():
        paths.append(folder / place)
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(table).to_parquet(paths[-1])
    written = {"reliability": folder / "reliability.csv", "curves": folder / "curves.csv"}
    settings = {"perturbation": "clean", "source_language": "qaa", **settings}
    bin_reliability.main(predictions=paths, **written, **settings)
    return read_table(folder / "reliability.csv", RELIABILITY)


def cell(table, **keys):
    return table[(table[list(keys)] == pd.Series(keys)).all(axis=1)].sort_values("bin")


def test_bins_of_a_cell_by_hand(tmp_path):
    table = binned(tmp_path, {"none/xquad/seed1.parquet": ROWS}, bins=2)
    here = cell(table, language="qaa", scaling="none")
    assert here.n.tolist() == [1, 2]
    assert here.confidence.tolist() == [0.3, 0.85] and here.accuracy.tolist() == [1.0, 0.5]
    assert cell(table, language="qaa", scaling="source").n.tolist() == [1, 2]


def test_zero_shot_pools_all_languages_but_the_source(tmp_path):
    table = binned(tmp_path, {"none/xquad/seed1.parquet": ROWS}, bins=2)
    assert cell(table, language="zero_shot", scaling="none").n.tolist() == [0, 2]
    assert cell(table, language="zero_shot", scaling="none").confidence.isna().tolist() == [True, False]
    assert cell(table, language="all", scaling="none").n.tolist() == [1, 4]
    only_source = {name: values[:3] for name, values in ROWS.items()}
    alone = binned(tmp_path / "alone", {"none/xquad/seed1.parquet": only_source}, bins=2)
    assert set(alone.language) == {"qaa", "all"}


def test_several_seeds_are_kept_and_pooled(tmp_path):
    seeds = {f"mnli/xquad/seed{seed}.parquet": ROWS for seed in (1, 2)}
    table = binned(tmp_path, {**seeds, "none/xquad/seed1.parquet": ROWS}, bins=2)
    assert set(table[table.intermediate == "mnli"].seed) == {"1", "2", "all"}
    assert set(table[table.intermediate == "none"].seed) == {"1"}
    assert cell(table, intermediate="mnli", seed="all", language="all", scaling="none").n.tolist() == [2, 8]


def test_bins_give_the_error_that_the_scores_report(tmp_path):
    generator = np.random.default_rng(0)
    confidence = generator.random(300)
    rows = {"language": "qaa", "perturbation": "clean", "unit": "item", "cluster": "a", "prediction": "a"}
    rows |= {"correct": generator.random(300) < confidence**2, "score": 0.0, "confidence": confidence}
    table = binned(tmp_path, {"none/xnli/seed1.parquet": rows | {"confidence_source": confidence}})
    here = cell(table, language="qaa", scaling="none").dropna()
    error = (here.n / 300 * (here.confidence - here.accuracy).abs()).sum()
    assert error == pytest.approx(metric("ece_width_15")(confidence, rows["correct"]), abs=1e-9)


def test_units_without_a_prediction_have_no_confidence_to_bin(tmp_path):
    rows = ROWS | {"prediction": ["a", None, "", None, "a"]}
    table = binned(tmp_path, {"none/bucc/seed1.parquet": rows}, bins=2)
    assert cell(table, language="all", scaling="none").n.tolist() == [1, 2]
    assert set(table.language) == {"qaa", "qac", "all", "zero_shot"}


def test_answers_may_be_right_by_f1(tmp_path):
    files = {"none/xquad/seed1.parquet": ROWS, "none/xnli/seed1.parquet": ROWS}
    table = binned(tmp_path, files, bins=1, correctness="f1", qa=["xquad"])
    accuracy = {
        target: cell(table, target=target, language="qaa", scaling="none").accuracy.item()
        for target in ("xquad", "xnli")
    }
    assert accuracy == {"xquad": 1.0, "xnli": pytest.approx(2 / 3)}


def test_a_scaling_that_a_target_does_not_have_is_left_out(tmp_path):
    table = binned(tmp_path, {"none/xquad/seed1.parquet": ROWS}, scalings=["none", "vector"])
    assert set(table.scaling) == {"none"}


def test_curves_of_a_model_and_of_its_family(tmp_path):
    """Zero-shot answers of two targets: 0.95 wrong and 0.55 right, each twice."""
    files = {"none/xquad/seed1.parquet": ROWS, "none/mlqa/seed1.parquet": ROWS}
    binned(tmp_path, files, families={"Question answering": ["xquad", "mlqa"]})
    curves = read_table(tmp_path / "curves.csv", CURVES)
    assert set(curves.target) == {"xquad", "mlqa", "Question answering"}
    assert set(curves.language) == {"qaa", "zero_shot"}
    family = curves[(curves.target == "Question answering") & (curves.language == "zero_shot")]
    bins = family[family.curve == "bins"]
    assert bins.x.tolist() == [0.55, 0.95] and bins.share.tolist() == [1.0, 0.0] and set(bins.n) == {4}
    risk = family[family.curve == "risk"].set_index("x").share
    assert risk[0.5] == 1.0 and risk[1.0] == 0.5 and risk[0.8] == pytest.approx(2 / 3.2)
    assert (curves.low <= curves.share).all() and (curves.share <= curves.high).all()


def test_paragraphs_of_two_targets_are_different_even_if_they_have_one_name(tmp_path):
    """As if the names had been different: a paragraph that counts once for both makes other intervals."""
    curves = []
    for folder, names in (("same", ROWS["cluster"]), ("other", [f"of mlqa {name}" for name in ROWS["cluster"]])):
        files = {"none/xquad/seed1.parquet": ROWS, "none/mlqa/seed1.parquet": ROWS | {"cluster": names}}
        binned(tmp_path / folder, files, families={"Question answering": ["xquad", "mlqa"]})
        curves.append(read_table(tmp_path / folder / "curves.csv", CURVES))
    pd.testing.assert_frame_equal(*curves)


def test_curves_are_drawn_of_the_shown_scaling_and_of_entities_before_tokens(tmp_path):
    rows = ROWS | {"unit": ["entity", "token", "entity", "token", "entity"]}
    binned(tmp_path, {"none/panx/seed1.parquet": rows}, scaling="source")
    curves = read_table(tmp_path / "curves.csv", CURVES)
    assert set(curves.unit) == {"entity"} and set(curves.scaling) == {"source"}
    bins = curves[(curves.curve == "bins") & (curves.language == "qaa")]
    assert bins.x.tolist() == [0.2, 0.6] and bins.share.tolist() == [1.0, 1.0]
