import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import fetch_model
from stiltcal.data import fetch_encoder as encoder
from stiltcal.tasks.spec import TaskError

FILES = {"config.json": "{}", "tokenizer.json": "{}", "README.md": "text"}


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    save_file({"layer": np.arange(4.0)}, folder / "model.safetensors")
    return folder


def checksum(model):
    return hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest()


def fetch(source, tmp_path):
    fetch_model.main(source=source, encoder=str(tmp_path / "encoder"), lock=str(tmp_path / "lock.json"))
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
    assert entry["files"]["model.safetensors"] == checksum(model)


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
    source = {"package": "some-model", "path": "model", "sha256": checksum(model)}
    assert (fetch(source, tmp_path) / "config.json").exists()
    with pytest.raises(TaskError, match=r"encoder .package: .*: model\.safetensors has SHA-256 .*, not 0123"):
        fetch(source | {"sha256": "0123"}, tmp_path)
    assert (tmp_path / "encoder" / "config.json").exists()  # what was whole stays


def test_package_that_is_not_installed(tmp_path):
    with pytest.raises(TaskError, match="pip install --no-deps no-such-package-here"):
        fetch({"package": "no-such-package-here", "path": "model"}, tmp_path)


def test_changed_model_is_not_accepted(model, tmp_path):
    fetch({"folder": str(model)}, tmp_path)
    save_file({"layer": np.ones(4)}, model / "model.safetensors")
    with pytest.raises(TaskError, match=r"encoder > files > model\.safetensors: locked .*, found"):
        fetch({"folder": str(model)}, tmp_path)


def test_truncated_weights(model, tmp_path):
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(TaskError, match=r"model\.safetensors is not whole .*fetch or copy it again"):
        fetch({"folder": str(model)}, tmp_path)
    assert not (tmp_path / "encoder").exists() and not (tmp_path / "lock.json").exists()


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
def test_truncated_json(model, tmp_path, name):
    (model / name).write_text('{"model": {"type": ')
    with pytest.raises(TaskError, match=rf"{name} is not whole .*fetch or copy it again"):
        fetch({"folder": str(model)}, tmp_path)
    assert not (tmp_path / "encoder").exists() and not (tmp_path / "lock.json").exists()


@pytest.fixture
def sharded(model):
    """The model with its weights in two files and an index."""
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    (model / "model.safetensors").rename(model / names[0])
    save_file({"head": np.arange(2.0)}, model / names[1])
    index = {"weight_map": {"layer": names[0], "head": names[1]}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index))
    return model


def test_sharded_weights_are_whole_and_have_no_single_checksum(sharded, tmp_path):
    out = fetch({"folder": str(sharded)}, tmp_path)
    assert {path.name for path in out.glob("*.safetensors")} == {path.name for path in sharded.glob("*.safetensors")}
    with pytest.raises(TaskError, match="sha256 is the checksum of one file, and the weights are in several"):
        fetch({"folder": str(sharded), "sha256": "0123"}, tmp_path)
    (sharded / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(TaskError, match=r"has no model-00002-of-00002\.safetensors, which model\.safetensors\.index"):
        fetch({"folder": str(sharded)}, tmp_path)


def test_broken_index_of_weights(sharded, tmp_path):
    (sharded / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(TaskError, match="names no file of weights; fetch or copy it again"):
        fetch({"folder": str(sharded)}, tmp_path)
    (sharded / "model.safetensors.index.json").write_text('{"weight_map": ')
    with pytest.raises(TaskError, match=r"model\.safetensors\.index\.json is not whole .*fetch or copy it again"):
        fetch({"folder": str(sharded)}, tmp_path)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"id": "org/other", "revision": "main", "commit": "c0"},
            "the lock holds org/other at main, and org/mine at v2 is asked for",
        ),
        ({"commit": None}, "the lock holds files that are not from the Hub, and org/mine at v2"),
        (
            {"id": "org/mine", "revision": "main", "commit": "c0"},
            "the lock holds org/mine at main, and org/mine at v2 is asked for",
        ),
    ],
)
def test_lock_of_another_encoder_is_not_followed(tmp_path, entry, words):
    (tmp_path / "lock.json").write_text(json.dumps({"encoder": entry | {"files": {}}}))
    with pytest.raises(TaskError, match=words):
        fetch({"hub": "org/mine", "revision": "v2"}, tmp_path)


def test_no_such_folder(tmp_path):
    with pytest.raises(TaskError, match="nowhere is not a folder"):
        fetch({"folder": str(Path("nowhere"))}, tmp_path)
