"""The workflow as a module of another workflow: under a prefix or not, renamed or not, and from what place."""

import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from .conftest import ROOT

SMALL = {
    "pathvars": {"results": "out", "resources": "res", "logs": "log", "benchmarks": "stats"},
    "intermediates": ["none", "mnli"],
    "targets": ["xnli"],
    "languages": {"default": ["qaa", "qab"]},
    "perturbations": ["clean", "reverse-1.0"],
    "miniature": {
        "sizes": {"default": {"train": 40, "dev": 20, "test": 20}},
        "training": {phase: {"default": {"max_steps": 2}} for phase in ("intermediate", "target")},
    },
    "scores": {"resamples": 100, "metrics": ["ece_width_15", "brier"]},
    "report": {"intermediate": "mnli", "perturbation": "reverse-1.0"},
}


def outer(folder, where, more="", rename=""):
    """Another workflow, which gives a part of its configuration to ours and has a rule of its own."""
    (folder / "config.yaml").write_text(yaml.safe_dump({"samples": [1], "stiltcal": SMALL}), encoding="utf-8")
    (folder / "Snakefile").write_text(
        f"""
configfile: "config.yaml"

module calibration:
    snakefile: {where}
    config: config["stiltcal"]
    {more}

use rule * from calibration {f"as {rename}*" if rename else ""}

rule mine:
    default_target: True
    input: rules.{rename}all.input
""",
        encoding="utf-8",
    )


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("url", ["", "file://"])
@pytest.mark.parametrize(("more", "rename", "results"), [("", "", "out"), ('prefix: "deep"', "our_", "deep/out")])
def test_the_workflow_can_be_planned_as_a_module(tmp_path, url, more, rename, results):
    outer(tmp_path, repr(f"{url}{ROOT / 'Snakefile'}"), more, rename)
    code, text = snakemake(tmp_path, "--dry-run", "--printshellcmds")
    assert code == 0, text
    assert f"output: {results}/models/encoder" in text and f"rule {rename}fetch_model:" in text
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_workflow_runs_as_a_module(tmp_path):
    outer(tmp_path, repr(str(ROOT / "Snakefile")), 'prefix: "deep"', "our_")
    code, text = snakemake(tmp_path, "--quiet")
    assert code == 0, text[-4000:]
    primary = pd.read_csv(tmp_path / "deep" / "out" / "primary.csv")
    assert set(primary.intermediate) == {"mnli"} and (tmp_path / "deep" / "out" / "report.html").is_file()
    assert "Nothing to be done" in snakemake(tmp_path, "--dry-run")[1]


@pytest.mark.slow
def test_a_module_without_a_folder_is_refused(tmp_path):
    """Of github() and gitfile() Snakemake reads single files; the library is not among them."""
    if not shutil.which("git"):
        pytest.skip("git is missing")
    repository = tmp_path / "repository"
    repository.mkdir()
    for name in ("Snakefile", "config.yaml", "rules"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, repository / name)
    names = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], [*names, "commit", "-qm", "all"], ["tag", "v1"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    outer(tmp_path, f'gitfile("{repository}", path="Snakefile", tag="v1")')
    code, text = snakemake(tmp_path, "--dry-run")
    assert code and "clone the repository, and give the clone's Snakefile" in text and "Traceback" not in text
