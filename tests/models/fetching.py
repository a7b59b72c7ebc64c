"""Fetch a repository as a rule does, for the tests of published encoders."""

import json
from pathlib import Path

import pytest

import fetch_model
from stiltcal.tasks.spec import TaskError


def fetch(repository: Path) -> Path:
    """Fetch a repository, and return the folder beside it that jobs read."""
    out, lock = (repository.with_name(repository.name + ending) for ending in (".encoder", ".lock"))
    fetch_model.main(source={"folder": str(repository)}, encoder=str(out), lock=str(lock))
    return out


def entry(repository: Path) -> dict:
    return json.loads(repository.with_name(repository.name + ".lock").read_text(encoding="utf-8"))["encoder"]


def refused(repository: Path, message: str) -> None:
    """One message with the source, and nothing is left."""
    with pytest.raises(TaskError, match=message) as caught:
        fetch(repository)
    assert f"encoder (folder: {repository}): " in str(caught.value)
    left = {path.name for path in repository.parent.iterdir()} - {repository.name, "outside.bin"}
    assert not left, "no encoder, no lock, and nothing that was run"
