"""`make demo`: what it starts and says, and the study itself."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from .conftest import ROOT


def executable(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("display", ["", ":0"])
def test_make_demo_names_the_report_and_opens_it_where_there_is_a_display(display, tmp_path):
    """With the repository's Makefile, and commands that say how they are called."""
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name in ("snakemake", "python"):
        executable(commands / name, f'echo "{name}: $*"')
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "run.done").touch()
    environment = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"} | {"DISPLAY": display}
    command = ["make", "--silent", "demo"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    report = f"{tmp_path}/results/demo/report.html"
    started = ["snakemake: --cores all --configfile config/demo.yaml", f"Report: {report}"]
    opened = [f"python: -m webbrowser file://{report}"] if display or sys.platform == "darwin" else []
    assert done.stdout.splitlines() == started + opened


@pytest.mark.slow
def test_demo_runs_to_its_report_and_says_its_progress(tmp_path):
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--directory", str(tmp_path)]
    command += ["--configfile", "config/demo.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    results = tmp_path / "results" / "demo"
    for name in ("finding.md", "report.html", "figures/calibration_change.pdf", "tables/scores.tex"):
        assert (results / name).stat().st_size > 0, name
    scores = pd.read_csv(results / "scores.csv", keep_default_na=False)
    assert set(scores.intermediate) == {"none", "mnli", "squad_v1"} and set(scores.target) == {"xquad", "panx"}
    assert {"qaa", "qab", "qaf"} <= set(scores.language) and scores.perturbation.nunique() >= 4
    assert " jobs to do; progress once a minute\n" in done.stderr and " jobs done in " in done.stderr
    assert "rule " not in done.stderr
