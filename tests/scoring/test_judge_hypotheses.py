"""The primary hypotheses against computations with pandas, scikit-learn, statsmodels and numpy alone."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from sklearn.isotonic import IsotonicRegression
from statsmodels.genmod.families import Binomial

import judge_hypotheses
from stiltcal.scoring import matched

from .conftest import DECLARED, cell_rows, write_study

SPEC = {"kind": "qa", "leading": "exact_match", "guessing": 0.1, "correctness": "exact_match"}


def judge(paths, folder, **changes):
    """(primary.csv, contrasts.csv) of predictions."""
    files = [str(folder / name) for name in ("primary.csv", "contrasts.csv")]
    settings = {"declared": DECLARED, "targets": dict.fromkeys(("xquad", "mlqa"), SPEC)}
    settings |= {"intermediates": ["mnli", "multi"], "source_language": "en"} | changes
    tables = dict(zip(("primary", "contrasts"), files, strict=True))
    judge_hypotheses.main(predictions=paths, **tables, **settings)
    return [pd.read_csv(file, keep_default_na=False, na_values=[""]) for file in files]


@pytest.fixture(scope="session")
def judged(paths, tmp_path_factory):
    return judge(paths, tmp_path_factory.mktemp("judged"))


def quantity(contrasts, name, class_="syntax", intermediate="multi"):
    (row,) = contrasts[
        (contrasts["class"] == class_) & (contrasts.intermediate == intermediate) & (contrasts.quantity == name)
    ].to_dict("records")
    return row


def pooled(table, column, model, texts):
    """Mean over targets of the mean over perturbations and zero-shot languages."""
    rows = table[(table.model == model) & table.perturbation.isin(texts) & (table.language != "en")]
    return rows.groupby(["target", "perturbation", "language"])[column].mean().groupby("target").mean().mean()


def test_the_pooled_contrast_is_a_mean_of_differences(judged, table):
    primary, contrasts = judged
    table = table.assign(brier=(table.confidence - table.correct) ** 2, gap=table.confidence - table.correct)
    for class_, texts in DECLARED["classes"].items():
        for model in ("mnli", "multi"):
            expected = pooled(table, "brier", model, texts) - pooled(table, "brier", "none", texts)
            row = primary[(primary["class"] == class_) & (primary.intermediate == model)].iloc[0]
            assert row.estimate == pytest.approx(expected, abs=1e-9)
            assert row.low < row.estimate < row.high
    texts = DECLARED["classes"]["syntax"]
    gap = pooled(table, "gap", "multi", texts) - pooled(table, "gap", "none", texts)
    assert quantity(contrasts, "signed_gap")["estimate"] == pytest.approx(gap, abs=1e-9)
    task = pooled(table, "correct", "multi", texts) - pooled(table, "correct", "none", texts)
    assert quantity(contrasts, "task_score")["estimate"] == pytest.approx(task, abs=1e-9)
    clean = pooled(table, "brier", "multi", ["clean"]) - pooled(table, "brier", "none", ["clean"])
    assert quantity(contrasts, "error_clean")["estimate"] == pytest.approx(clean, abs=1e-9)
    error = pooled(table, "brier", "multi", texts) - pooled(table, "brier", "none", texts)
    assert quantity(contrasts, "error_interaction")["estimate"] == pytest.approx(error - clean, abs=1e-9)
    level = quantity(contrasts, "error", intermediate="none")
    assert level["estimate"] == pytest.approx(pooled(table, "brier", "none", texts), abs=1e-9)
    assert np.isnan(level["p"])
    right = np.where(table.correct, table.confidence, 1 - table.confidence)
    for name, column in {"brier": table.brier, "nll": -np.log(right), "signed_gap": table.gap}.items():
        expected = pooled(table.assign(level=column), "level", "none", texts)
        level = quantity(contrasts, name, intermediate="none")
        assert level["estimate"] == pytest.approx(expected, abs=1e-9) and level["low"] < expected < level["high"]


def test_counts_are_those_of_the_design(judged):
    row = judged[0].query("`class` == 'syntax' and intermediate == 'multi'").iloc[0]
    assert (row["name"], row.family) == ("qa/syntax/multi", "Question answering")
    assert (row.n, row.clusters, row.languages, row.targets, row.perturbations, row.seeds) == (160, 40, 2, 2, 2, 1)
    assert row.smallest_detectable == pytest.approx((row.high - row.low) / 2 * 1.3, rel=0.2)


def test_items_that_a_perturbation_skips_are_not_counted(tmp_path):
    def some(target, model, language, text, **options):
        return cell_rows(target, model, language, text, n=10 if text == "reverse-1.0" else 40, **options)

    primary, contrasts = judge(write_study(tmp_path, rows=some), tmp_path)
    assert primary.groupby("class", sort=False).n.agg(set).to_dict() == {
        "syntax": {160},
        "reordered": {160},
        "control": {40},
    }
    levels = {name: quantity(contrasts, name, "control", "none")["n"] for name in ("error", "error_clean")}
    assert levels == {"error": 40, "error_clean": 160}


def test_clusters_are_counted_also_where_a_part_of_them_is_held(judged, paths, tmp_path, monkeypatch):
    monkeypatch.setattr(matched, "LARGEST", 500)
    primary, _ = judge(paths, tmp_path)
    assert set(primary.clusters) == {40}
    pd.testing.assert_frame_equal(primary, judged[0])


def test_without_intermediate_tasks_there_are_levels_of_none_alone(judged, paths, tmp_path):
    primary, contrasts = judge([path for path in paths if "/none/" in path], tmp_path, intermediates=[])
    assert primary.empty and list(primary) == list(judged[0])
    levels = judged[1].query("intermediate == 'none'").reset_index(drop=True)
    pd.testing.assert_frame_equal(contrasts, levels)


def test_matched_items_are_those_that_both_answer_alike(judged, table):
    texts = DECLARED["classes"]["syntax"]
    rows = table[table.perturbation.isin(texts) & (table.language != "en")].assign(
        brier=(table.confidence - table.correct) ** 2
    )
    keys = ["target", "perturbation", "language", "id"]
    both = rows[rows.model == "multi"].merge(rows[rows.model == "none"], on=keys)
    both = both[both.correct_x == both.correct_y].assign(change=lambda t: t.brier_x - t.brier_y)
    expected = both.groupby(["target", "perturbation", "language"]).change.mean().groupby("target").mean().mean()
    assert quantity(judged[1], "error_matched")["estimate"] == pytest.approx(expected, abs=1e-9)


def test_corp_is_isotonic_regression(judged, table):
    def parts(model, target, text):
        rows = table[(table.model == model) & (table.target == target) & (table.perturbation == text)]
        rows = rows[rows.language != "en"]
        c, y = rows.confidence.to_numpy(), rows.correct.to_numpy(float)
        best = IsotonicRegression().fit(c, y).predict(c)
        score = [((forecast - y) ** 2).mean() for forecast in (c, best, y.mean())]
        return np.array([score[0] - score[1], score[2] - score[1]])

    cells = [(target, text) for target in ("xquad", "mlqa") for text in DECLARED["classes"]["syntax"]]
    expected = np.mean([parts("multi", *cell) - parts("none", *cell) for cell in cells], axis=0)
    found = [quantity(judged[1], name)["estimate"] for name in ("miscalibration", "discrimination")]
    assert found == pytest.approx(expected, abs=1e-9)
    levels = [quantity(judged[1], name, intermediate="none") for name in ("miscalibration", "discrimination")]
    assert np.isnan([level[end] for level in levels for end in ("low", "high")]).all(), "the regression fits noise"


def test_the_logit_interaction_is_statsmodels(judged, table):
    rows = table[table.model.isin(["none", "multi"]) & (table.language != "en")]
    rows = rows[rows.perturbation.isin(["clean", *DECLARED["classes"]["syntax"]])]
    rows = rows.assign(i=(rows.model == "multi") * 1.0, p=(rows.perturbation != "clean") * 1.0, y=rows.correct * 1.0)
    rows = rows.assign(group=rows.target + rows.language, of=(rows.target + rows.cluster).astype("category").cat.codes)
    offset = np.log(rows.confidence / (1 - rows.confidence))
    model = smf.glm("y ~ 0 + group + i * p", rows, family=Binomial(), offset=offset)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": rows.of.to_numpy()})
    found = quantity(judged[1], "logit_interaction")
    assert found["estimate"] == pytest.approx(fit.params["i:p"], abs=1e-9)
    reach = 2.0226909 * fit.bse["i:p"]  # Student's t with 39 degrees of freedom
    assert [found["low"], found["high"]] == pytest.approx(
        [fit.params["i:p"] - reach, fit.params["i:p"] + reach], abs=1e-6
    )


def test_a_model_at_guessing_has_no_verdict(tmp_path):
    def guessing(target, model, language, text, **options):
        lost = model == "multi" and text != "clean" and target == "mlqa"
        return cell_rows(target, model, language, text, right=0.1 if lost else None, **options)

    primary, _ = judge(write_study(tmp_path, rows=guessing), tmp_path)
    rows = primary[primary["class"] == "syntax"].set_index("intermediate")
    assert rows.verdict["multi"] == "task lost"
    assert rows.reason["multi"] == "exact_match after multi is not above chance level on mlqa"
    assert rows.verdict["mnli"] != "task lost"


@pytest.mark.parametrize("seeds", [(1,), (1, 2)])
def test_a_model_that_answers_nothing_on_a_text_has_no_verdict(tmp_path, seeds):
    def silent(target, model, language, text, **options):
        rows = cell_rows(target, model, language, text, **options)
        if (target, model, text) == ("mlqa", "multi", "mirror_tree-1.0") and language != "en" and options["seed"] == 1:
            return [row | {"prediction": None, "correct": False, "score": 0.0} for row in rows]
        return rows

    spec = SPEC | {"kind": "mining", "leading": "f1"}
    changes = {"targets": dict.fromkeys(("xquad", "mlqa"), spec)}
    primary, contrasts = judge(write_study(tmp_path, seeds=seeds, rows=silent), tmp_path, **changes)
    rows = primary[primary["class"] == "syntax"].set_index("intermediate")
    assert rows.verdict["multi"] == "task lost" and rows.verdict["mnli"] != "task lost"
    assert rows.reason["multi"] == "nothing is answered after multi on mlqa under mirror_tree-1.0"
    with_corp = contrasts[(contrasts.quantity == "miscalibration") & (contrasts["class"] == "syntax")]
    assert set(with_corp.intermediate) == {"none", "mnli"}


def test_several_seeds_widen_the_intervals(tmp_path, judged):
    primary, contrasts = judge(write_study(tmp_path, seeds=(1, 2, 3)), tmp_path)
    assert set(primary.seeds) == {3}
    assert len(contrasts[contrasts.quantity == "logit_interaction"]) == 6
    assert (primary.low < primary.estimate).all() and (primary.estimate < primary.high).all()


def test_one_cluster_is_no_evidence(tmp_path):
    def alone(*args, **options):
        return [row | {"cluster": "c"} for row in cell_rows(*args, **options)]

    paths = write_study(tmp_path, rows=alone)
    declared = DECLARED | {"families": {"Question answering": ["xquad"]}}
    primary, contrasts = judge([p for p in paths if "xquad" in p], tmp_path, declared=declared, targets={"xquad": SPEC})
    assert set(primary.verdict) <= {"inconclusive", "task lost"}
    assert (primary.p == 1).all() and primary.smallest_detectable.isna().all()
    assert "logit_interaction" not in set(contrasts.quantity)


def test_targets_without_clean_cells_have_no_clean_rows(tmp_path, paths):
    for path in paths:
        rows = pd.read_parquet(path)
        target = tmp_path.joinpath(*path.split("/")[-3:])
        target.parent.mkdir(parents=True, exist_ok=True)
        rows[rows.perturbation != "clean"].to_parquet(target)
    primary, contrasts = judge([str(p) for p in sorted(tmp_path.glob("*/*/*.parquet"))], tmp_path)
    assert len(primary) == 6
    assert not set(contrasts.quantity) & {"error_clean", "error_interaction", "logit_interaction", "task_score_clean"}


def test_same_bytes_in_any_order(paths, tmp_path, judged):
    again = judge(paths[::-1], tmp_path)
    assert all(one.equals(other) for one, other in zip(judged, again, strict=True))
