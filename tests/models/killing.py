"""What the tests of killed trainings share: a job of two models, one that is killed, and its files."""

import signal
from pathlib import Path

import pytest

from stiltcal.formats.items import write_items

LENGTHS = {"maximum": 32, "stride": 8}
HYPERPARAMETERS = {"learning_rate": 5e-3, "batch_size": 8, "epochs": 3, "evaluate_every": 5}
STEPS = 18
LETTERS = "ab"
CHECKPOINT = ".a.checkpoint.safetensors"


def sentences(number: int, noun: str) -> list[dict]:
    words = [[*["anna", "saw", "the", noun][i % 4 :], "dog"] for i in range(number)]
    tags = [["N" if word == noun else "O" for word in sentence] for sentence in words]
    rows = zip(words, tags, strict=True)
    return [{"id": str(i), "cluster": str(i), "tokens": w, "tags": t} for i, (w, t) in enumerate(rows)]


def two_models(encoder: str, root: Path) -> dict:
    """Arguments of a job that trains two models, on items in `root`."""
    for letter, noun in zip(LETTERS, ("dog", "house"), strict=True):
        for split, number in (("train", 48), ("dev", 12)):
            write_items(root / letter / f"{split}.parquet", "tagging", sentences(number, noun))
    return {
        "encoder": encoder,
        **{split: [str(root / letter / f"{split}.parquet") for letter in LETTERS] for split in ("train", "dev")},
        "tasks": [{"name": letter, "kind": "tagging", "lengths": LENGTHS} for letter in LETTERS],
        "trainings": [HYPERPARAMETERS] * 2,
        "seed": 1,
    }


def first(job: dict, folder: Path, **changes) -> dict:
    """The job of the first model alone."""
    lists = {name: job[name][:1] for name in ("train", "dev", "tasks", "trainings")}
    return {**job, **lists, "models": [str(folder / "a")], **changes}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def killed(main, arguments: dict, steps: list[int], after: int) -> None:
    steps.kill_after = after
    with pytest.raises(SystemExit) as ended:
        main(**arguments)
    assert ended.value.code == 128 + signal.SIGTERM
    steps.clear()
    steps.kill_after = None
