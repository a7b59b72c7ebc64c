"""Rules that no shipped study plans: answers of other systems, the paper, pretraining of the encoder."""

import re

import pytest

from .test_end_to_end import snakemake

SMALL = {
    "intermediates": ["none", "mnli"],
    "targets": ["xquad"],
    "languages": {"default": ["qaa", "qab"]},
    "perturbations": ["clean", "reverse-1.0"],
    "report": {"intermediate": "mnli", "perturbation": "reverse-1.0"},
}


def jobs(folder, changes: dict, *wanted: str) -> dict[str, str]:
    """What a dry run prints of each rule."""
    parts = re.split(
        r"^(?:local)?rule (\w+):\n", snakemake(folder, SMALL | changes, "--dry-run", "--", *wanted), flags=re.M
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.slow
def test_answers_of_another_system_are_graded_and_scored(tmp_path):
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "all.jsonl").touch()
    plan = jobs(tmp_path, {"external": {"mine": {"xquad": str(answers)}}}, "results/scores.csv")
    assert f"{answers}/all.jsonl" in plan["read_external"] and "results/perturbed/xquad/" in plan["read_external"]
    assert "results/predictions/mine/xquad/seed1.parquet" in plan["score_predictions"]


@pytest.mark.slow
def test_the_paper_has_the_finding_all_figures_and_all_tables(tmp_path):
    plan = jobs(tmp_path, {}, "compile_paper")
    parts = ("finding.json", "figures/calibration_change.pdf", "tables/scores.tex", "tables/scores.caption.tex")
    assert all(f"results/{part}" in plan["compile_paper"] for part in parts)
    assert "results/paper.pdf" in plan["compile_paper"] and "render_report" not in plan


@pytest.mark.slow
def test_the_encoder_of_the_miniature_is_pretrained_where_it_is_asked_for(tmp_path):
    plan = jobs(tmp_path, {"encoder": {"pretrain": True}}, "results/models/encoder")
    assert list(plan) == ["generate_corpus", "pretrain_encoder", "continue_pretraining"]
    assert "results/data/pretraining/marked.parquet" in plan["continue_pretraining"]
