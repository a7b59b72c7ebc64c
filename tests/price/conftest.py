"""Studies, and small tables whose numbers are easy to add up."""

import csv
from pathlib import Path

import pytest

from stiltcal.price.tables import COLUMNS, FOLDER, Tables
from stiltcal.study.files import laid_over
from stiltcal.study.load import Study, load_study

ROOT = Path(__file__).parents[2]
#: An item has 100 tokens in two rows; in the vocabulary of the miniature 10 in one row.
TABLES = {
    "tokens": [
        *((1028, task, "qaa", 2, 2, 20, "") for task in ("panx", "xquad", "squad_v1", "mnli")),
        *((30522, task, "en", 1, 2, 100, "") for task in ("panx", "xquad", "squad_v1", "mnli", "anli", "csqa")),
        (30522, "xquad", "de", 1, 3, 150, ""),
    ],
    "changed": [("shuffle_words", 0.5, 10, ""), ("mirror_tree", 0.25, 10, ""), ("front_adjunct", 0.0, 10, "")],
    "rates": [
        ("plain", "start", 1, 0, 1, 1, ""),
        ("torch", "start", 5, 0, 1, 1, ""),
        ("predict", "text", 0.01, 50, 1, 1, ""),
        ("train", "encoded", 0.001, 0, 1, 1, ""),
        ("perturb_items", "text", 0.02, 200, 1, 1, ""),
        ("score_predictions", "cell", 0.1, 1000, 1, 1, ""),
        ("score_predictions", "draw", 1e-6, 0, 1, 1, ""),
    ],
    "slowdowns": [(1e5, 1.5, ""), (1e6, 1.5, "")],
    "speeds": [("train", 1e5, 1e9, ""), ("train", 1e7, 4e9, ""), ("predict", 1e6, 2e9, "")],
}
KINDS = {"anli": "classification", "mnli": "classification", "xnli": "classification", "csqa": "multiple_choice"}
KINDS |= {"panx": "tagging", "xquad": "qa", "squad_v1": "qa", "mlqa": "qa", "tatoeba": "retrieval"}


def write_tables(root: Path, tables: dict) -> Path:
    """Write tables into a folder that stands for a clone."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with open(root / FOLDER / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([COLUMNS[name], *rows])
    return root


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(write_tables(tmp_path, TABLES))


def study_of(*names: str, lock: str | None = None) -> Study:
    """A study of config/. lock: a lock in place of its own."""
    config = laid_over([ROOT / "config.yaml", *(ROOT / "config" / f"{name}.yaml" for name in names)])
    config["data"]["lock"] = lock or config["data"]["lock"]
    return load_study(config, ROOT)


@pytest.fixture(scope="session")
def demo() -> Study:
    return study_of("demo")


@pytest.fixture(scope="session")
def paper() -> Study:
    return study_of("paper")
