"""All nine intermediate tasks and all nine targets on real items, with the network cut off after installation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parents[2]
MIRROR = ROOT.parent / "shared" / "real" / "hub"
#: What the mirror has, of what a target is evaluated in.
LANGUAGES = {
    "xquad": ["ar", "en", "es", "hi", "tr", "zh"],
    "mlqa": ["en", "es", "zh"],
    "tydiqa": ["ar", "en", "fi", "ko"],
    "xnli": ["ar", "en", "es", "sw", "zh"],
    "pawsx": ["de", "zh"],
    "udpos": ["ar", "de", "en", "es", "hi", "ja", "tr", "zh"],
    "panx": ["ar", "de", "en", "sw", "zh"],
    "bucc": ["zh"],
    "tatoeba": ["ar", "de", "es", "sw", "th", "zh"],
}
STEPS = {"max_steps": 2, "batch_size": 4, "micro_batch": 2}


def study(folder: Path) -> dict:
    """A small one of all tasks; `multi` trains the heads of all intermediate ones."""
    return {
        "data": {
            "source": {"default": str(MIRROR)},
            "lock": str(folder / "lock.json"),
            "caps": {"default": {"train": 16, "dev": 8, "test": 8}},
        },
        "source_language": "en",
        "languages": {"default": sorted({code for codes in LANGUAGES.values() for code in codes}), **LANGUAGES},
        "intermediates": ["none", "multi"],
        "perturbations": ["clean", "shuffle_words-0.5", "reverse-1.0"],
        "trees": "none",
        "lengths": {name: {"maximum": 128, "stride": 32} for name in ("default", *LANGUAGES, "squad_v1", "squad_v2")},
        "training": {
            "intermediate": {"default": STEPS, "multi": STEPS},
            "target": dict.fromkeys(("default", "squad_v1", "tydiqa", "pawsx", "udpos", "panx"), STEPS),
        },
        "scores": {"resamples": 100, "metrics": ["ece_width_15", "brier"]},
        "report": {"intermediate": "multi", "perturbation": "reverse-1.0"},
    }


@pytest.mark.slow
@pytest.mark.skipif(not MIRROR.is_dir(), reason="../shared/real/hub is missing: real data is never copied here")
def test_all_tasks_on_real_items_without_a_network(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(study(tmp_path)), encoding="utf-8")
    cut = ["unshare", "--map-root-user", "--net"]
    can_cut = shutil.which("unshare") and subprocess.run([*cut, "true"], capture_output=True).returncode == 0
    command = [sys.executable, "-m", "snakemake", "--directory", str(tmp_path), "--configfile", str(path)]
    command = [*(cut if can_cut else []), *command, "--cores", "2", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    scores = pd.read_csv(tmp_path / "results" / "scores.csv", keep_default_na=False)
    found = scores[~scores.language.isin(["all", "zero_shot"])].groupby("target").language.unique()
    assert {target: sorted(codes) for target, codes in found.items()} == LANGUAGES
    averages = pd.read_csv(tmp_path / "results" / "xtreme.csv", keep_default_na=False)
    assert len(averages) == 2 * 3 * 10 and averages.value.between(0, 1).all()
    assert (tmp_path / "results" / "contamination.csv").stat().st_size > 0
    assert (tmp_path / "results" / "report.html").stat().st_size > 0
