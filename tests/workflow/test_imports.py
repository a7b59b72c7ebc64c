"""The files on which scripts depend, against what Python itself loads."""

import subprocess
import sys

import pytest

from stiltcal.support.code import own_files

from .conftest import ROOT

LOADED = (
    "import {}, sys; print([m.__file__ for n, m in sys.modules.items() if n.startswith('stiltcal.') and m.__file__])"
)


@pytest.mark.parametrize("script", ["score_predictions", "perturb_items", "prepare_items", "write_finding"])
def test_all_that_python_loads_is_declared(script):
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(script)], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
    )
    loaded = {path.split("scripts/")[-1] for path in eval(done.stdout)}
    full = {name for name in loaded if (ROOT / "scripts" / name).stat().st_size}
    assert "stiltcal/support/jobs.py" in full
    assert full - {"stiltcal/support/jobs.py"} <= set(own_files(script))


def test_what_a_script_does_not_use_does_not_rerun_it():
    training = own_files("train_target")
    assert "stiltcal/models/training.py" in training and "stiltcal/models/__init__.py" in training
    jobs = "stiltcal/support/jobs.py"
    assert not {"stiltcal/models/decoding.py", "stiltcal/models/prediction.py", jobs} & set(training)
    assert "stiltcal/formats/predictions.py" in own_files("bin_reliability")
    assert "stiltcal/syntax/parsing.py" in own_files("fetch_parser")


def test_templates_belong_to_the_modules_that_name_them():
    assert "stiltcal/perturb/gallery.html.j2" in own_files("render_gallery")
    assert "stiltcal/perturb/gallery.html.j2" not in own_files("perturb_items")
    assert {"stiltcal/report/page.html.j2", "stiltcal/report/stiltcal.mplstyle"} <= set(own_files("render_report"))


@pytest.mark.slow
def test_a_clone_may_move():
    """No absolute path is an input of a job where the clone is the working folder."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--forceall"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    inputs = [line for line in done.stdout.splitlines() if line.lstrip().startswith("input:")]
    assert any("scripts/stiltcal/models/training.py" in line for line in inputs)
    assert not any(str(ROOT) in line for line in inputs)
