"""score_predictions where cells, units or outcomes are missing."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from stiltcal.calibration.estimators import METRICS

from .test_scripts import one, pick, run


def test_a_language_where_no_model_names_an_entity_counts_in_the_mean_of_f1(grid, write_predictions, tmp_path):
    paths = grid("tagging")
    for path, name in zip(paths, ("none", "mnli", "multi"), strict=True):
        tokens = pq.read_table(path).to_pylist()
        nothing = [
            row | {"prediction": "O", "correct": row["gold"] == "O"} for row in tokens if row["language"] == "de"
        ]
        tokens = [row for row in tokens if row["language"] != "de"]
        entities = [row | {"unit": "entity"} for row in tokens if row["prediction"] != "O"]
        write_predictions([*tokens, *nothing, *entities], name)
    rows, _ = run(paths, tmp_path, "tagging")
    cell = {"intermediate": "none", "perturbation": "clean", "unit": "entity", "metric": "f1"}
    values = [one(rows, **cell, language=language)["value"] for language in ("en", "de", "zh")]
    assert values[1] == 0 and min(values[0], values[2]) > 0
    mean = one(rows, **cell, language="all")
    assert (mean["value"], mean["languages"]) == (pytest.approx(np.mean(values)), "3")


@pytest.mark.slow
@pytest.mark.parametrize("outcome", [True, False])
def test_cells_of_one_tied_unit_and_of_one_outcome_have_defined_rows(outcome, grid, write_predictions, tmp_path):
    paths = grid("qa", n=12)
    for path, name in zip(paths, ("none", "mnli", "multi"), strict=True):
        rows = pq.read_table(path).to_pylist()
        same = {"correct": outcome, "score": float(outcome), "confidence": 0.5, "confidence_source": 1.0}
        alone = [row | same for row in rows if row["language"] == "en" and row["id"] == "i0"]
        tied = [row | same for row in rows if row["language"] == "de"]
        write_predictions([*alone, *tied, *(row for row in rows if row["language"] == "zh")], name)
    scores, rows = run(paths, tmp_path, "qa", metrics=list(METRICS), resamples=50)
    assert {row["n"] for row in pick(scores, language="en")} == {1}
    scores, rows = ([row for row in table if row["metric"] != "mce_width_15"] for table in (scores, rows))
    assert all(np.isfinite([row["value"], row["low"], row["high"]]).all() for row in scores)
    assert all(np.isfinite([row["difference"], row["low"], row["high"], row["p_holm"]]).all() for row in rows)


def test_a_language_without_a_cell_is_left_out_of_what_it_lacks(grid, write_predictions, tmp_path):
    paths = grid("classification")
    for path, name in zip(paths, ("none", "mnli", "multi"), strict=True):
        rows = pq.read_table(path).to_pylist()
        write_predictions(
            [row for row in rows if (row["language"], row["perturbation"]) != ("de", "reverse-1.0")], name
        )
    scores, rows = run(paths, tmp_path, "classification")
    assert not pick(scores, language="de", perturbation="reverse-1.0")
    assert not pick(rows, language="de", effect="interaction")
    zero_shot = {"intermediate": "mnli", "metric": "brier", "scaling": "none", "perturbation": "reverse-1.0"}
    assert one(scores, **zero_shot, language="zero_shot")["value"] == one(scores, **zero_shot, language="zh")["value"]
    assert one(scores, **zero_shot, language="zero_shot")["languages"] == "1"
    clean = zero_shot | {"perturbation": "clean"}
    assert [one(scores, **clean, language=name)["languages"] for name in ("zero_shot", "all", "de")] == ["2", "3", "1"]


def test_a_language_without_a_seed_has_no_mean_over_seeds(grid, write_predictions, tmp_path):
    paths = grid("classification", seeds=(1, 2, 3))
    for path, name in zip(paths[2::3], ("none", "mnli", "multi"), strict=True):
        write_predictions([row for row in pq.read_table(path).to_pylist() if row["language"] != "de"], name, seed=3)
    scores, rows = run(paths, tmp_path, "classification")
    assert {row["seed"] for row in pick(scores, language="de")} == {"1", "2"}
    assert not pick(rows, language="de") and pick(rows, language="zh")
    means = pick(scores, language="zero_shot", seed="all") + pick(rows, language="zero_shot")
    assert {row["languages"] for row in means} == {"1"}
