"""Components measured from predictions, and what the formula makes of them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import ndtr

from stiltcal.formats.items import write_table
from stiltcal.power.formula import Target
from stiltcal.power.measure import components, measure, measured_error
from stiltcal.power.reference import read_reference

ROOT = Path(__file__).parents[2]
TEXTS = ("clean", "mirror_tree-1.0", "head_final-1.0", "passivize-1.0", "drop_function_words-1.0")
LANGUAGES, MODELS, ITEMS = ("qaa", "qab", "qac", "qad", "qae", "qaf"), ("none", "mnli", "qqp"), 120
#: Of a smaller study on the same texts.
FEWER = {"languages": 4, "items": 60}


def answers(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Confidence and correctness (models, texts, languages, items) with shared parts of items, texts and languages;
    two questions a paragraph are alike."""
    shape = (len(MODELS), len(TEXTS), len(LANGUAGES), ITEMS)
    hard = np.repeat(rng.standard_normal((1, 1, 1, ITEMS // 2)), 2, axis=3)
    z = sum(0.5 * rng.standard_normal([n if i in own else 1 for i, n in enumerate(shape)]) for own in
            ((0, 3), (1, 3), (0, 2, 3), (0, 1, 2, 3)))  # fmt: skip
    confidence = 1 / (1 + np.exp(-(1.5 + 0.7 * hard + z)))
    slip = np.array([0.9, 0.8, 0.7]).reshape(-1, 1, 1, 1)
    uniform = ndtr(0.6 * hard + 0.8 * rng.standard_normal(shape))
    return {"confidence": confidence, "correct": uniform < slip * confidence}


def write(folder: Path, found: dict[str, np.ndarray], seed: int = 1, languages: int = 6, items: int = ITEMS):
    paths = []
    for m, model in enumerate(MODELS):
        rows = [
            {
                **{"language": language, "perturbation": text, "id": f"i{i}", "cluster": f"c{i // 2}", "unit": "item"},
                **{"position": 0, "gold": "a", "prediction": "b", "score": float(found["correct"][m, p, k, i])},
                **{"correct": bool(found["correct"][m, p, k, i]), "confidence": found["confidence"][m, p, k, i]},
                "selected": True,
            }
            for p, text in enumerate(TEXTS)
            for k, language in enumerate(LANGUAGES[:languages])
            for i in range(items)
        ]
        path = folder / model / "xquad" / f"seed{seed}.parquet"
        write_table(path, pa.Table.from_pylist(rows))
        paths.append(str(path))
    return paths


@pytest.fixture(scope="module")
def predictions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predictions")
    return folder, write(folder, answers(np.random.default_rng(5)))


@pytest.mark.parametrize("metric", ["ece_width_15", "brier"])
def test_components_of_small_studies_predict_a_larger_one(predictions, tmp_path, metric):
    """Three of half the items and fewer languages, as if they were seeds."""
    studies = [write(tmp_path / str(k), answers(np.random.default_rng(k)), **FEWER) for k in range(3)]
    small = [dict(measure(paths, "qaa", metric, 200)) for paths in studies]
    for name, larger in measure(predictions[1], "qaa", metric, 400):
        found, texts = [each[name] for each in small], larger.centre.shape[1]
        parts = components(found)
        assert (parts.items_per_cluster, found[0].items) == pytest.approx((2, FEWER["items"])), name
        own = Target("", FEWER["items"], FEWER["languages"] - 1, texts)
        assert np.sqrt(own.variance(parts)) == pytest.approx(measured_error(found), rel=1e-6), "at its own sizes"
        predicted = np.sqrt(Target("", ITEMS, len(LANGUAGES) - 1, texts).variance(parts))
        assert predicted == pytest.approx(measured_error([larger]), rel=0.15), name


def test_standard_error_is_the_scatter_of_new_data_sets(predictions):
    """The Brier score, whose pooled difference needs no bootstrap; the primary class, mean of both intermediates."""
    by_class = dict(measure(predictions[1], "qaa", "brier", 400))
    parts = components([by_class["syntax"]])
    expected = np.sqrt(Target("", ITEMS, len(LANGUAGES) - 1, 3).variance(parts))
    rng, pooled = np.random.default_rng(6), []
    for _ in range(150):
        found = answers(rng)
        brier = ((found["confidence"] - found["correct"]) ** 2)[:, 1:4, 1:].mean(axis=(1, 2, 3))
        pooled.append(brier[1:] - brier[0])
    assert expected == pytest.approx(np.sqrt(np.var(pooled, axis=0, ddof=1).mean()), rel=0.15)


def test_script_writes_the_table(predictions, tmp_path):
    write(predictions[0], answers(np.random.default_rng(7)), seed=2)
    output = tmp_path / "reference.csv"
    script = [sys.executable, str(ROOT / "benchmarks" / "measure_variances.py"), str(predictions[0])]
    command = [*script, "--output", str(output), "--source", "test", "--resamples", "100"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = read_reference(output)
    keys = {(row.family, row.target) for row in rows}
    assert keys == {("qa", "xquad"), ("qa", "all"), ("all", "all")}
    assert {row.perturbation_class for row in rows} == {"syntax", "reworded", "reordered", "words"}
    assert all(row.sigma_seed > 0 for row in rows if (row.family, row.target) == ("qa", "all"))
    assert all(0.8 < row.formula_error / row.measured_error < 1.25 for row in rows)


def test_script_says_when_there_is_nothing_to_measure(tmp_path):
    script = [sys.executable, str(ROOT / "benchmarks" / "measure_variances.py"), str(tmp_path)]
    done = subprocess.run([*script, "--output", "x.csv", "--source", "test"], capture_output=True, text=True)
    assert done.returncode == 2 and "no predictions" in done.stderr and "Traceback" not in done.stderr
