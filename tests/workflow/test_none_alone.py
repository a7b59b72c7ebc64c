"""A study without intermediate tasks, from its plan to its report."""

import json
import re

import pandas as pd
import pytest

from stiltcal.formats.results import CONTRASTS, PRIMARY, read_table

from .test_end_to_end import TINY, planned, snakemake

STUDY = {
    **TINY,
    "intermediates": ["none"],
    "targets": ["xquad", "xnli", "udpos", "bucc"],
    "scores": {"resamples": 100, "metrics": ["ece_width_15", "brier"], "scalings": ["none", "source"]},
}


@pytest.mark.slow
def test_plan_trains_no_intermediate_model(tmp_path):
    rules = planned(snakemake(tmp_path, STUDY, "--dry-run"))
    assert {"train_target", "predict", "judge_hypotheses", "write_finding", "render_report"} <= rules
    assert "train_intermediate" not in rules


@pytest.mark.slow
def test_study_of_none_runs_to_its_report(tmp_path):
    snakemake(tmp_path, STUDY, "--cores", "2", "--quiet")
    results = tmp_path / "results"
    assert read_table(results / "primary.csv", PRIMARY, may_be_empty=True).empty
    assert set(read_table(results / "contrasts.csv", CONTRASTS).intermediate) == {"none"}
    assert set(pd.read_csv(results / "comparisons.csv").effect) == {"perturbation"}
    assert set(pd.read_csv(results / "reliability.csv").intermediate) == {"none"}
    assert set(pd.read_csv(results / "claims.csv").verdict) == {"not testable"}
    assert pd.read_csv(results / "best_per_target.csv").empty
    page = (results / "finding.md").read_text(encoding="utf-8")
    assert "claims.md" not in page
    assert "**No answer.** The study has no intermediate task" in page
    finding = json.loads((results / "finding.json").read_text(encoding="utf-8"))
    question_answering = finding["answer"][1]["text"]
    assert re.search(r"The mean error on reworded or reordered text is 0\.\d+ \[", question_answering)
    assert "Calibration under perturbation" in (results / "report.html").read_text(encoding="utf-8")
    assert (results / "figures" / "calibration_change.pdf").read_bytes().startswith(b"%PDF")
    assert "Nothing to be done" in snakemake(tmp_path, STUDY, "--cores", "2")
