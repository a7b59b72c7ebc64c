"""`keep_models`: models are removed once no job needs them, predictions stay up to date without them, and jobs that are
killed by a signal leave what the next run goes on from. The workflow itself runs."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from stiltcal.study.load import JobResources, Parameters, StudyError, load_study

from .conftest import CONFIG, ROOT

STEPS = {"max_steps": 12}
ITEMS = {"train": 60, "dev": 20, "test": 6}
TINY = {
    "intermediates": ["none", "mnli"],
    "targets": ["xnli", "panx"],
    "languages": {"default": ["qaa", "qab"]},
    "perturbations": ["clean", "shuffle_words-1.0"],
    "report": {"intermediate": "mnli", "perturbation": "shuffle_words-1.0"},
    "checkpoint_minutes": 0.0001,
    "miniature": {
        "sizes": dict.fromkeys(("default", "pawsx", "xquad", "mlqa", "tydiqa", "udpos", "panx"), ITEMS),
        "training": {"intermediate": {"default": STEPS}, "target": {"default": STEPS, "panx": STEPS}},
    },
}
WANTED = [f"results/predictions/{intermediate}/xnli/seed1.parquet" for intermediate in TINY["intermediates"]]


def command(folder: Path, config: dict, *arguments: str) -> list[str]:
    (folder / "study.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    study = ["--directory", str(folder), "--configfile", str(folder / "study.yaml")]
    return [sys.executable, "-m", "snakemake", "--cores", "1", *study, *arguments, "--", *WANTED]


def planned(folder: Path, config: dict) -> list[str]:
    """The rules of a dry run."""
    done = subprocess.run(command(folder, config, "--dry-run"), cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(re.findall(r"^rule (\w+):", done.stdout, re.MULTILINE))


def trained_job(folder: Path) -> int | None:
    """The process of the script that trains targets, once it has written a checkpoint."""
    if not list((folder / "results" / "models" / "target").glob("*/*/.*.safetensors")):
        return None
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = path.read_bytes().decode(errors="replace").split("\0")
        if any(word.startswith(str(folder)) and word.endswith(".train_target.py") for word in words):
            return int(path.parent.name)
    return None


@pytest.mark.parametrize(
    ("value", "kept"), [("all", {"intermediate", "target"}), ("encoders", {"intermediate"}), ("none", set())]
)
def test_models_that_are_kept(value, kept):
    needs = JobResources(Parameters(load_study(CONFIG | {"keep_models": value}, ROOT)), gpus=False)
    assert {phase for phase in ("intermediate", "target") if needs.keeps(phase)} == kept
    assert (needs.priority("train_target") > needs.priority("predict")) == (value == "all")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("keep_models", "some", "all, encoders, none"), ("checkpoint_minutes", 0, "above 0|greater than 0|minimum")],
)
def test_other_values_are_refused(key, value, message):
    with pytest.raises(StudyError, match=f"{key}.*({message})"):
        load_study(CONFIG | {key: value}, ROOT)


@pytest.mark.slow
def test_models_are_removed_and_a_killed_training_goes_on(tmp_path):
    config = {**TINY, "keep_models": "none"}
    running = subprocess.Popen(
        command(tmp_path, config), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not (job := trained_job(tmp_path)) and running.poll() is None:
        time.sleep(0.01)
    assert job, f"the run ended with status {running.poll()} before a checkpoint of a training was seen"
    os.kill(job, signal.SIGTERM)
    assert running.wait() == 1
    models = tmp_path / "results" / "models"
    assert [path.parts[-3] for path in models.glob("target/*/*/.*.safetensors")]
    subprocess.run(command(tmp_path, config), cwd=ROOT, check=True, capture_output=True)
    logs = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "logs" / "train_target").rglob("*.log"))
    assert "the training goes on after step" in logs
    assert {path.relative_to(models).parts[0] for path in models.rglob("*") if path.is_file()} == {"encoder"}
    assert planned(tmp_path, config) == planned(tmp_path, TINY) == []
    assert planned(tmp_path, {**config, "checkpoint_minutes": 5}) == []
