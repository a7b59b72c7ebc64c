"""A tiny mirror with the Hub's layout, and the shared one where it is there."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import fetch_dataset
import prepare_items
from stiltcal.formats.items import read_items

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_mirror():
    mirror = ROOT.parent / "shared" / "real" / "hub"
    if not mirror.is_dir():
        pytest.skip("../shared/real/hub is missing: real data is never copied into the project")
    return mirror


def run(mirror, tmp_path, task="xquad", languages=("en", "de"), source=None, out=None):
    """Fetch a task from a mirror, or from another source; returns the folder, `out` if it is given."""
    out = out or tmp_path / "fetched" / task
    fetch_dataset.main(
        task=task,
        tasks=str(ROOT / "tasks"),
        languages=list(languages),
        source=source or str(mirror.folder),
        dataset=str(out),
        lock=lock(tmp_path),
    )
    return out


def lock(tmp_path):
    return str(tmp_path / "lock" / "study.json")


class Mirror:
    """Writes repositories as the Hub has them: parquet files and a card that lists the configurations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cards = {}

    def add(self, repository: str, config: str, split: str, rows: list[dict], schema: pa.Schema | None = None) -> Path:
        name = f"{config}/{split}-00000-of-00001.parquet"
        path = self.folder / repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        card = self.cards.setdefault(repository, {})
        card.setdefault(config, []).append({"split": split, "path": name})
        configs = [{"config_name": config, "data_files": files} for config, files in card.items()]
        (path.parents[1] / "README.md").write_text(f"---\n{yaml.safe_dump({'configs': configs})}---\n")
        return path


@pytest.fixture
def mirror(tmp_path):
    return Mirror(tmp_path / "mirror")


def question(number: int, context: str, answer: str, title: str | None = None) -> dict:
    answers = {"text": [answer], "answer_start": [context.index(answer)]}
    row = {"id": f"q{number}", "context": context, "question": f"Question {number}?", "answers": answers}
    return row | ({"title": title} if title else {})


def squad(mirror, paragraphs=10):
    context = "paragraph number {} of the test".format
    rows = [question(3 * p + k, context(p), str(p), f"T{p}") for p in range(paragraphs) for k in range(3)]
    mirror.add("rajpurkar/squad", "plain_text", "validation", rows)
    tested = [{k: v for k, v in row.items() if k != "title"} for row in rows[:6]]  # the first two paragraphs
    mirror.add("google/xtreme", "XQuAD.en", "validation", tested)
    mirror.add(
        "google/xtreme", "XQuAD.de", "validation", [r | {"context": r["context"] + " auf Deutsch"} for r in tested]
    )


@pytest.fixture
def prepare(mirror, tmp_path):
    """Fetch and prepare a task from the tiny mirror; gives (items by split and language, report)."""

    def fetch_and_prepare(task, languages, seed=1, name="items", **caps):
        fetched, out, report = (tmp_path / name / part for part in ("fetched", "items", "items/report.json"))
        run(mirror, tmp_path, task, languages, out=fetched)
        prepare_items.main(
            task=task,
            tasks=str(ROOT / "tasks"),
            fetched=str(fetched),
            languages=languages,
            report=str(report),
            seed=seed,
            **caps,
        )
        items = {f"{path.parent.name}/{path.stem}": read_items(path) for path in sorted(out.rglob("*.parquet"))}
        return items, json.loads(report.read_text())["files"]

    return fetch_and_prepare
