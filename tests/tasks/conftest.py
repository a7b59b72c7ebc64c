"""A tiny mirror with the Hub's layout, and the shared one where it is there."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_mirror():
    mirror = ROOT.parent / "shared" / "real" / "hub"
    if not mirror.is_dir():
        pytest.skip("../shared/real/hub is missing: real data is never copied into the project")
    return mirror


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
