"""Gains and the choice by dev scores, from predictions, against pandas, numpy and seqeval."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import t as student
from seqeval.metrics import f1_score

import judge_claims
from stiltcal.formats.items import write_table
from stiltcal.formats.results import BEST
from stiltcal.scoring.gains import DevScores, dev_scores

from .conftest import MODELS, TARGETS, cell_rows, write_study

TASKS = {target: {"kind": "qa", "metrics": ["exact_match", "f1"]} for target in TARGETS}


def graded(target, model, language, text, **options):
    """Wrong answers with an F1 above 0, so that the two metrics differ."""
    rows = cell_rows(target, model, language, text, **options)
    return [row | {"score": 1.0 if row["correct"] else round(row["confidence"] / 3, 3)} for row in rows]


def dev_rows(target, model, language, text, **options):
    """Dev items in the source language: on xquad the model that is worst on test items is best."""
    if (language, text) != ("en", "clean"):
        return []
    right = {"xquad": (0.2, 0.3, 0.9), "mlqa": (0.2, 0.6, 0.4)}[target][MODELS.index(model)]
    return cell_rows(target, model, language, text, n=60, right=right, **options)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    return write_study(folder / "test", rows=graded), write_study(folder / "dev", rows=dev_rows)


def judge(study, folder, **changes) -> dict[str, pd.DataFrame]:
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {name: str(folder / f"{name}.csv") for name in ("claims", "gains", "best_per_target")}
    settings = {"intermediates": list(MODELS), "targets": TASKS, "level": 0.05, "resamples": 2000} | changes
    judge_claims.main(predictions=study[0], dev_predictions=study[1], **outputs, **settings)
    return {name: pd.read_csv(path, keep_default_na=False, na_values=[""]) for name, path in outputs.items()}


@pytest.fixture(scope="module")
def tables(study, tmp_path_factory):
    return judge(study, tmp_path_factory.mktemp("judged"))


def read(paths) -> pd.DataFrame:
    tables = (pd.read_parquet(path).assign(model=Path(path).parts[-3], target=Path(path).parts[-2]) for path in paths)
    table = pd.concat(tables, ignore_index=True)
    return table.assign(both=(table.correct + table.score) / 2)


def test_gains_are_differences_of_means(study, tables):
    """As XTREME averages: metrics, then languages, then targets."""
    clean = read(study[0]).query("perturbation == 'clean'")
    means = clean.groupby(["model", "target", "language"]).both.mean().groupby(["model", "target"]).mean()
    rows = tables["gains"].set_index(["intermediate", "target"])
    for model in MODELS:
        assert [rows.score[model, target] for target in TARGETS] == pytest.approx(means[model][list(TARGETS)].tolist())
        assert rows.score[model, "all"] == pytest.approx(means[model].mean())
    for model in MODELS[1:]:
        for target in TARGETS:
            assert rows.estimate[model, target] == pytest.approx(means[model, target] - means["none", target])
        assert rows.estimate[model, "all"] == pytest.approx(means[model].mean() - means["none"].mean())
    assert rows.loc["none"].estimate.isna().all()
    assert (rows.n["mnli", "xquad"], rows.n["mnli", "all"], rows.languages["mnli", "xquad"]) == (120, 240, 3)


def test_intervals_are_those_of_means_over_clusters(study, tables):
    """Clusters are as large and stand in all languages: a gain is the mean of their gains."""
    clean = read(study[0]).query("perturbation == 'clean'")
    by_cluster = clean.groupby(["model", "target", "cluster"]).both.mean()
    rows = tables["gains"].set_index(["intermediate", "target"])
    error = {}
    for target in TARGETS:
        change = by_cluster["multi", target] - by_cluster["none", target]
        error[target] = change.std(ddof=1) / np.sqrt(len(change))
        assert _reach(rows, "multi", target) == pytest.approx(student.ppf(0.975, 19) * error[target], rel=0.08)
    pooled = np.hypot(*error.values()) / 2  # the targets have other items
    assert _reach(rows, "multi", "all") == pytest.approx(student.ppf(0.975, 19) * pooled, rel=0.08)


def _reach(rows, *key) -> float:
    return (rows.high[key] - rows.low[key]) / 2


def test_the_best_is_chosen_on_dev_items_alone(study, tables, tmp_path):
    dev = read(study[1]).groupby(["target", "model"]).both.mean()
    best = tables["best_per_target"].set_index("target")
    assert best.intermediate[list(TARGETS)].tolist() == ["multi", "mnli"]
    assert best.runner_up[list(TARGETS)].tolist() == ["mnli", "multi"]
    assert best.dev_score[list(TARGETS)].tolist() == pytest.approx([dev["xquad", "multi"], dev["mlqa", "mnli"]])
    gains = tables["gains"].set_index(["intermediate", "target"])
    assert gains.score["multi", "xquad"] < gains.score["mnli", "xquad"], "by test scores it would be another"
    assert gains.chosen[BEST].dropna().tolist() == ["multi", "mnli"]
    for target, name in zip(TARGETS, ("multi", "mnli"), strict=True):
        columns = ["score", "estimate", "low", "high", "p"]
        assert gains.loc[(BEST, target), columns].tolist() == gains.loc[(name, target), columns].tolist()
        assert best.estimate[target] == gains.estimate[name, target]
    mean = np.mean([gains.estimate["multi", "xquad"], gains.estimate["mnli", "mlqa"]])
    assert best.estimate["all"] == pytest.approx(mean)
    claim = tables["claims"].set_index("claim").loc[BEST]
    assert claim.estimate == pytest.approx(mean)
    others = write_study(tmp_path / "test", rows=lambda *a, **o: cell_rows(*a, right=0.5, **o))
    other = judge((others, study[1]), tmp_path / "judged")["best_per_target"].set_index("target")
    columns = ["intermediate", "dev_score", "tied", "runner_up", "runner_up_dev_score", "dev_n"]
    assert other[columns].equals(best[columns])


def test_none_alone_tests_no_claim(study, tmp_path):
    alone = tuple([path for path in paths if "/none/" in path] for paths in study)
    tables = judge(alone, tmp_path, intermediates=["none"])
    assert tables["best_per_target"].empty and set(tables["claims"].verdict) == {"not testable"}
    assert set(tables["gains"].intermediate) == {"none"}


def test_several_seeds_are_averaged(tmp_path):
    seeds = (1, 2, 3)
    study = [write_study(tmp_path / n, seeds, rows) for n, rows in (("test", graded), ("dev", dev_rows))]
    found = judge(study, tmp_path / "judged", resamples=300)
    dev = read(study[1]).groupby(["target", "model"]).both.mean()
    gains = found["gains"].set_index(["intermediate", "target"])
    assert gains.dev_score["multi", "xquad"] == pytest.approx(dev["xquad", "multi"])
    assert set(found["claims"].seeds) == {3}
    clean = read(study[0]).query("perturbation == 'clean'").groupby(["model", "target"]).both.mean()
    assert gains.estimate["multi", "xquad"] == pytest.approx(clean["multi", "xquad"] - clean["none", "xquad"])


def test_same_bytes_in_any_order(study, tables, tmp_path):
    again = judge([paths[::-1] for paths in study], tmp_path)
    assert all(tables[name].equals(again[name]) for name in tables)


def test_dev_scores_of_tagging_are_seqevals(tmp_path):
    gold = [["B-PER", "I-PER", "O"], ["O", "B-LOC"], ["B-ORG", "O", "O"]]
    predicted = [["B-PER", "I-PER", "O"], ["O", "B-PER"], ["B-ORG", "O", "B-LOC"]]
    base = {"language": "en", "perturbation": "clean", "score": 0.0, "selected": True, "confidence": 0.5}
    rows = [
        {**base, "id": f"i{i}", "cluster": f"c{i}", "unit": "token", "position": j, "gold": a, "prediction": b,
         "correct": a == b}
        for i, tags in enumerate(zip(gold, predicted, strict=True)) for j, (a, b) in enumerate(zip(*tags, strict=True))
    ]  # fmt: skip
    rows.append(rows[0] | {"unit": "entity", "gold": "PER:0:1", "prediction": "PER:0:1", "correct": True})
    path = tmp_path / "none" / "panx" / "seed1.parquet"
    write_table(path, pa.Table.from_pylist(rows))
    assert dev_scores([str(path)], "tagging", ["f1"]) == DevScores(
        {"none": pytest.approx(f1_score(gold, predicted))}, 3
    )
