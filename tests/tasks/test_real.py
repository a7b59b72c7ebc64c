"""The shared mirror of the Hub: every task loads, and our scores are those of independent libraries on real items."""

import json
import random

import numpy as np
import pytest
from seqeval.metrics import f1_score
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import accuracy_score
from sklearn.neighbors import NearestNeighbors
from torchmetrics.functional.text import squad

import fetch_dataset
import prepare_items
from stiltcal.formats.items import read_items
from stiltcal.miniature.drawers import TASKS
from stiltcal.tasks import metrics
from stiltcal.tasks.load import load_tasks
from stiltcal.tasks.mining import best_threshold, mine, nearest_both_ways
from stiltcal.tasks.table import task_table

from .conftest import ROOT

pytestmark = pytest.mark.slow

#: Rows that the mirror's README promises, per file.
ROWS = {
    "anli": {"train/en": 30000 + 9443 + 3200, "dev/en": 2000 + 2000 + 3198},
    "mnli": {"train/en": 9443, "dev/en": 2000},
    "qqp": {"train/en": 7600, "dev/en": 2000},
    "squad_v1": {"train/en": 40000, "dev/en": 2000},
    "squad_v2": {"train/en": 12400, "dev/en": 2000},
    "hellaswag": {"train/en": 8000, "dev/en": 2042},
    "cosmosqa": {"train/en": 2400, "dev/en": 585},
    "csqa": {"train/en": 9741, "dev/en": 1221},
    "ccg": {"train/en": 7745, "dev/en": 1174},
    "xnli": {"dev/en": 500} | dict.fromkeys((f"test/{code}" for code in ("en", "es", "zh", "ar", "sw")), 1000),
    "pawsx": {"train/en": 1600, "dev/en": 400, "test/de": 1000, "test/zh": 1000},
    "udpos": {"train/en": 8000, "dev/en": 1000, "test/es": 426}
    | dict.fromkeys((f"test/{code}" for code in ("ar", "de", "en", "hi", "ja", "tr", "zh")), 500),
    "panx": {"train/en": 8000, "dev/en": 1000}
    | dict.fromkeys((f"test/{code}" for code in ("ar", "de", "en", "sw", "zh")), 500),
    "xquad": {"dev/en": 2000} | dict.fromkeys((f"test/{code}" for code in ("ar", "en", "es", "hi", "tr", "zh")), 1190),
    "mlqa": {"dev/en": 2000, "test/en": 1148, "test/es": 500, "test/zh": 504},
    "tydiqa": {"train/en": 3696, "dev/en": 3696, "test/ar": 921, "test/en": 440, "test/fi": 782, "test/ko": 276},
    "bucc": dict.fromkeys(("dev/zh", "test/zh"), 8624 + 13589),
    "tatoeba": {
        f"{split}/{code}": 2 * rows
        for code, rows in {"ar": 1000, "de": 1000, "es": 1000, "zh": 1000, "sw": 390, "th": 548}.items()
        for split in ("dev", "test")
    },
}


@pytest.fixture(scope="module")
def prepared(shared_mirror, tmp_path_factory):
    """Prepare a task once from the shared mirror; gives the folder of its items."""
    base = tmp_path_factory.mktemp("real")

    def run(task):
        out = base / "items" / task
        if not out.exists():
            languages = [name.split("/")[1] for name in ROWS[task] if name.startswith("test")] or ["en"]
            fetched, tasks = str(base / "fetched" / task), str(ROOT / "tasks")
            fetch_dataset.main(
                task=task,
                tasks=tasks,
                languages=languages,
                source=str(shared_mirror),
                dataset=fetched,
                lock=str(base / "lock.json"),
            )
            prepare_items.main(
                task=task, tasks=tasks, fetched=fetched, languages=languages, report=str(out / "report.json"), seed=1
            )
        return out

    return run


@pytest.mark.parametrize("task", ROWS)
def test_rows_of_every_task(prepared, task):
    report = json.loads((prepared(task) / "report.json").read_text())["files"]
    assert {name: file["read"] for name, file in report.items()} == ROWS[task]


def test_tasks_of_the_mirror_are_drawn_by_the_miniature():
    assert set(ROWS) <= set(TASKS) <= set(load_tasks(ROOT / "tasks"))


def test_the_table_of_the_docs(prepared):
    reports = {task: json.loads((prepared(task) / "report.json").read_text()) for task in ROWS}
    lines = (ROOT / "docs" / "tasks.md").read_text().splitlines()
    assert set(task_table(load_tasks(ROOT / "tasks"), reports).splitlines()) <= set(lines)


def spans(items, seed=0):
    """For each question an answer as a model gives it: right, shifted, elsewhere, or none."""
    rng = random.Random(seed)
    for item in items:
        length = rng.randint(1, 40)
        start = rng.choice([*item["answer_starts"], 0]) + rng.randint(-8, 8)
        shifted = item["context"][max(0, start) : max(0, start) + length]
        yield rng.choice([shifted, shifted, *item["answers"], ""])


@pytest.mark.parametrize(("task", "files"), [("squad_v1", ["dev/en"]), ("xquad", ["test/en", "test/es", "test/zh"])])
def test_squad_is_torchmetrics(prepared, task, files):
    items = [item for file in files for item in read_items(prepared(task) / f"{file}.parquet")]
    # Where a gold answer is punctuation alone, torchmetrics follows the script of v2, we that of v1.1: one question.
    kept = [item for item in items if all(map(metrics.squad_normalize, item["answers"]))]
    assert len(items) - len(kept) == (task == "squad_v1")
    items, predictions = kept, list(spans(kept))
    theirs = squad(
        [{"prediction_text": text, "id": str(n)} for n, text in enumerate(predictions)],
        [
            {"answers": {"text": item["answers"], "answer_start": item["answer_starts"]}, "id": str(n)}
            for n, item in enumerate(items)
        ],
    )
    assert len(items) >= 1000
    for name, score in (("exact_match", metrics.exact_match), ("f1", metrics.f1)):
        ours = np.mean([score(text, item["answers"]) for text, item in zip(predictions, items, strict=True)])
        assert 100 * ours == pytest.approx(theirs[name].item(), abs=1e-3)


@pytest.mark.filterwarnings("ignore:.*seems not to be NE tag")
@pytest.mark.parametrize(("task", "files"), [("panx", ["dev/en", "test/sw"]), ("udpos", ["dev/en", "test/tr"])])
def test_tagging_is_seqeval(prepared, task, files):
    rng = random.Random(0)
    gold = [item["tags"] for file in files for item in read_items(prepared(task) / f"{file}.parquet")]
    labels = sorted({tag for tags in gold for tag in tags})
    predicted = [[rng.choice(labels) if rng.random() < 0.2 else tag for tag in tags] for tags in gold]
    counts = [sum(column) for column in zip(*map(metrics.sequence_counts, gold, predicted), strict=True)]
    assert len(gold) >= 1000
    # Today's seqeval drops the first letter of a bare tag: CCONJ and SCONJ, and the X it is left without, need names.
    rename = {"CCONJ": "CCORD", "X": "XX"}
    theirs = f1_score(*([[rename.get(tag, tag) for tag in tags] for tags in side] for side in (gold, predicted)))
    assert metrics.counts_f1(*counts) == pytest.approx(theirs)


def embed(texts):
    """Hashed character trigrams: embeddings of real sentences without a model."""
    return HashingVectorizer(analyzer="char_wb", ngram_range=(1, 3), n_features=512).transform(texts).toarray()


def test_retrieval_is_exact_search(prepared):
    items = [item for code in ("de", "es") for item in read_items(prepared("tatoeba") / f"test/{code}.parquet")]
    foreign, source = ([item for item in items if item["side"] == side] for side in ("foreign", "source"))
    sides = [embed([item["text"] for item in side]) for side in (foreign, source)]
    ours = nearest_both_ways(*sides, k=1)[0].rows[:, 0]
    theirs = NearestNeighbors(n_neighbors=1, metric="cosine", algorithm="brute").fit(sides[1]).kneighbors(sides[0])[1]
    gold = [item["pair"] for item in foreign]
    accuracies = [accuracy_score(gold, [source[i]["id"] for i in found]) for found in (ours, theirs[:, 0])]
    assert len(gold) >= 1000 and accuracies[0] == accuracies[1] > 0


def test_mining_is_exact_search(prepared):
    items = read_items(prepared("bucc") / "test/zh.parquet")
    foreign, source = ([item for item in items if item["side"] == side][:4000] for side in ("foreign", "source"))
    x, y = (embed([item["text"] for item in side]) for side in (foreign, source))
    mined = mine(x, y)
    forward, backward = (
        NearestNeighbors(n_neighbors=4, metric="cosine", algorithm="brute").fit(index).kneighbors(queries)
        for queries, index in ((x, y), (y, x))
    )
    means = [1 - distances.mean(axis=1) for distances, _ in (forward, backward)]
    cosine = np.einsum("ij,ij->i", x[mined.foreign], y[mined.source])
    assert np.allclose(mined.margin, cosine / ((means[0][mined.foreign] + means[1][mined.source]) / 2))
    assert len(set(mined.foreign)) == len(mined.foreign) >= 1000 and len(set(mined.source)) == len(mined.source)
    for i, j in zip(mined.foreign, mined.source, strict=True):
        assert j in forward[1][i] or i in backward[1][j]
    right = np.array([foreign[i]["pair"] == source[j]["id"] for i, j in zip(mined.foreign, mined.source, strict=True)])
    gold = sum(item["pair"] is not None for item in foreign)
    threshold, best = best_threshold(mined.margin, right, gold)
    kept = mined.margin >= threshold
    assert best == pytest.approx(2 * right[kept].sum() / (kept.sum() + gold))
