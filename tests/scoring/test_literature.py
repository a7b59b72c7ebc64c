"""benchmarks/check_literature.py: published patterns in predictions that have them, or their opposite."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from .conftest import LANGUAGES, TARGETS, cell_rows, write_study

ROOT = Path(__file__).parents[2]
#: The further a language, the more confident are its wrong answers.
EXPONENTS = {"en": 1, "de": 2, "zh": 4}


def rows(target, model, language, text, **options):
    """Right with a chance of confidence ** exponent; after `mnli` on xquad always, on mlqa never."""
    if text != "clean":
        return []
    if model == "mnli":
        return cell_rows(target, model, language, text, n=400, right=float(target == "xquad"), **options)
    generator = np.random.default_rng([TARGETS.index(target), LANGUAGES.index(language)])
    table = cell_rows(target, model, language, text, n=400, right=0.0, **options)
    for row in table:
        row["correct"] = bool(generator.random() < row["confidence"] ** EXPONENTS[language])
        row["score"] = float(row["correct"])
    return table


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("literature")
    write_study(folder / "predictions", rows=rows)
    pd.DataFrame({"language": ["de", "zh"], "distance": [0.1, 0.3]}).to_csv(folder / "distances.csv", index=False)
    script = [sys.executable, str(ROOT / "benchmarks" / "check_literature.py"), str(folder), "--output", "found.csv"]
    options = ["--source", "en", "--after", "mnli", "--resamples", "300"]
    done = subprocess.run([*script, *options], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "worse_abroad" in done.stdout
    return pd.read_csv(folder / "found.csv").set_index(["target", "pattern"])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("pattern", ["nearest_best", "worse_abroad", "distance", "mixed_temperature"])
def test_a_pattern_that_is_there_is_found(found, target, pattern):
    row = found.loc[target, pattern]
    assert row.verdict == "holds here" and row.low <= row.estimate <= row.high
    assert np.sign(row.low) == np.sign(row.high) == (-1 if row.published == "below 0" else 1)


def test_a_gain_and_a_loss(found):
    verdicts = found.verdict.xs("source_gain", level="pattern")
    assert verdicts["xquad"] == "holds here" and verdicts["mlqa"] == "contradicted here"
    scores = [row["score"] for row in rows("xquad", "none", "en", "clean")]
    assert found.loc[("xquad", "source_gain"), "estimate"] == pytest.approx(1 - np.mean(scores), abs=1e-4)
