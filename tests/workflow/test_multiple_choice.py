"""Multiple choice as a target, two seeds: XCOPA from a mirror of its layout on the Hub, without items in English."""

import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from .conftest import ROOT

STEPS = {"default": {"max_steps": 2, "batch_size": 4}}


def mirror(folder):
    draw = random.Random(1)

    def text(length):
        return " ".join(draw.choice(["ba", "ko", "mira", "tule", "sano", "rek"]) for _ in range(length))

    def csqa():
        choices = {"label": list("ABCDE"), "text": [text(2) for _ in range(5)]}
        return {"question": f"{text(6)}?", "choices": choices, "answerKey": draw.choice("ABCDE")}

    def copa():
        item = {"premise": f"{text(7)}.", "choice1": text(4), "choice2": text(4)}
        return item | {"question": draw.choice(["cause", "effect"]), "label": draw.randrange(2)}

    files = {f"cambridgeltl/xcopa/{code}/test": [copa() for _ in range(20)] for code in ("et", "zh")}
    files |= {f"tau/commonsense_qa/default/{split}": [csqa() for _ in range(30)] for split in ("train", "validation")}
    for name, rows in files.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows), path)
    for repository in ("cambridgeltl/xcopa", "tau/commonsense_qa"):
        configs = {}
        for path in sorted((folder / repository).rglob("*.parquet")):
            entry = {"split": path.stem, "path": f"{path.parent.name}/{path.name}"}
            configs.setdefault(path.parent.name, []).append(entry)
        card = {"configs": [{"config_name": name, "data_files": found} for name, found in configs.items()]}
        (folder / repository / "README.md").write_text(f"---\n{yaml.safe_dump(card)}---\n", encoding="utf-8")


@pytest.mark.slow
def test_a_study_of_xcopa(tmp_path):
    mirror(tmp_path / "mirror")
    study = {
        "data": {"source": {"default": str(tmp_path / "mirror")}, "lock": str(tmp_path / "lock.json")},
        "source_language": "en",
        "languages": {"default": ["et", "zh"]},
        "targets": ["xcopa"],
        "intermediates": ["none", "csqa"],
        "seeds": [1, 2],
        "perturbations": ["clean", "reverse-1.0", "shuffle_words-1.0"],
        "trees": "none",
        "lengths": {"default": {"maximum": 64, "stride": 16, "question": 32}},
        "training": {"intermediate": STEPS, "target": STEPS},
        "scores": {"resamples": 100, "metrics": ["ece_width_15", "brier"], "scalings": ["none", "source", "platt"]},
        "hypotheses": {"resamples": 200},
        "report": {"intermediate": "csqa", "perturbation": "reverse-1.0"},
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "--directory", str(tmp_path)]
    command += ["--configfile", str(tmp_path / "study.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    scores = pd.read_csv(tmp_path / "results" / "scores.csv", keep_default_na=False)
    cells = scores[(scores.metric == "accuracy") & (scores.scaling == "none")]
    assert set(cells.language) == {"et", "zh", "zero_shot", "all"} and cells.value.between(0, 1).all()
    by_seed = cells.pivot(index=["intermediate", "perturbation", "language"], columns="seed", values="value")
    assert np.allclose(by_seed["all"], by_seed[["1", "2"]].mean(axis=1)) and not by_seed["1"].equals(by_seed["2"])
    primary = pd.read_csv(tmp_path / "results" / "primary.csv")
    assert len(primary) and (primary.seeds == 2).all()
    assert "XCOPA" in (tmp_path / "results" / "finding.md").read_text(encoding="utf-8")
