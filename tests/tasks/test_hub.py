"""Fetching from a Hub: a stub of it on this machine, in a process of its own (the client reads its address once)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from .conftest import ROOT, question

COMMIT = "0123456789abcdef0123456789abcdef01234567"
pytestmark = pytest.mark.slow


@pytest.fixture
def python(mirror, tmp_path):
    """Run Python code with the project's scripts on its path, against a Hub that serves the mirror's folder."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("stub_hub.py")), str(mirror.folder)],
        stdout=subprocess.PIPE,
        text=True,
    ) as hub:
        environment = os.environ | {
            "HF_ENDPOINT": f"http://127.0.0.1:{hub.stdout.readline().strip()}",
            "HF_HOME": str(tmp_path / "cache"),
            "HF_HUB_OFFLINE": "0",  # the models room, tested in the same process, works offline
            "PYTHONPATH": str(ROOT / "scripts"),
        }

        def run(code, **variables):
            command = [sys.executable, "-c", code]
            return subprocess.run(command, env=environment | variables, cwd=tmp_path, capture_output=True, text=True)

        yield run
        hub.terminate()


def fetch(languages):
    arguments = {"task": "xquad", "tasks": str(ROOT / "tasks"), "languages": languages, "source": "hub"}
    arguments |= {"dataset": "fetched", "lock": "lock.json"}
    return f"import fetch_dataset; fetch_dataset.main(**{arguments!r})"


@pytest.fixture
def xquad(mirror):
    mirror.add("google/xtreme", "XQuAD.en", "validation", [question(1, "a text", "text")])
    mirror.add("rajpurkar/squad", "plain_text", "validation", [question(1, "other text", "other", "T")])
    mirror.add("rajpurkar/squad", "plain_text", "train", [question(1, "third text", "third", "T")])


def test_datasets_at_the_resolved_commit(xquad, python, tmp_path):
    done = python(fetch(["en"]))
    assert done.returncode == 0, done.stderr
    lock = json.loads((tmp_path / "lock.json").read_text())
    assert {entry["commit"] for entry in lock.values()} == {COMMIT}
    assert list(lock) == ["google/xtreme:XQuAD.en:validation", "rajpurkar/squad:plain_text:validation"]
    fetched = tmp_path / "fetched/google/xtreme/XQuAD.en/validation-00000-of-00001.parquet"
    assert fetched.read_bytes() == (tmp_path / "mirror" / fetched.relative_to(tmp_path / "fetched")).read_bytes()


def test_a_lock_of_another_revision_or_of_a_mirror_is_not_followed(xquad, python, tmp_path):
    assert python(fetch(["en"])).returncode == 0
    lock = json.loads((tmp_path / "lock.json").read_text())
    name = "google/xtreme:XQuAD.en:validation"
    for change, held in (({"revision": "v1"}, "google/xtreme at v1"), (None, "files that are not from the Hub")):
        entry = lock[name] | change if change else {k: v for k, v in lock[name].items() if k != "revision"}
        (tmp_path / "lock.json").write_text(json.dumps(lock | {name: entry}))
        assert f"{name}: the lock holds {held}, and google/xtreme at main is asked for" in python(fetch(["en"])).stderr


def test_a_repository_that_has_moved(mirror, python, tmp_path):
    """Under its new name on the Hub, under the old one in mirrors; names of files and locks stay the same."""
    sentences = {"sentence1": ["一"], "sentence2": ["one"], "gold": [[1, 1]]}
    for repository in ("mteb/BUCC", "mteb/bucc-bitext-mining"):
        mirror.add(repository, "zh-en", "test", [sentences])
    code = (
        "import fetch_dataset; fetch_dataset.main(task='bucc', tasks={tasks!r}, languages=['zh'], source={origin!r}, "
        "dataset={out!r}, lock={out!r} + '.json')"
    )
    for origin, out, repository in (("hub", "a", "mteb/BUCC"), (str(mirror.folder), "b", "mteb/bucc-bitext-mining")):
        done = python(code.format(tasks=str(ROOT / "tasks"), origin=origin, out=out))
        assert done.returncode == 0, done.stderr
        (name,), (entry,) = zip(*json.loads((tmp_path / f"{out}.json").read_text()).items(), strict=True)
        assert name == "mteb/bucc-bitext-mining:zh-en:test" and entry["id"] == repository
        assert (tmp_path / out / "mteb/bucc-bitext-mining/zh-en/test-00000-of-00001.parquet").is_file()


def test_language_that_the_hub_lacks(xquad, python):
    assert "google/xtreme: has no configuration 'XQuAD.de' (it has XQuAD.en)" in python(fetch(["en", "de"])).stderr


def test_without_a_network(xquad, python, tmp_path):
    done = python(fetch(["en"]), HF_ENDPOINT="http://127.0.0.1:9")
    assert "rajpurkar/squad@main: " in done.stderr and "Is there a network?" in done.stderr
    assert not (tmp_path / "fetched").exists()


def test_model_at_the_resolved_commit(mirror, python, tmp_path):
    folder = mirror.folder / "org" / "model"
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "flax_model.msgpack"):
        (folder / name).write_text("{}")
    save_file({"layer": np.arange(4.0)}, folder / "model.safetensors")
    done = python(
        "import fetch_model; fetch_model.main(source={'hub': 'org/model', 'revision': 'main'}, encoder='encoder', "
        "lock='lock.json')"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "lock.json").read_text())["encoder"]["commit"] == COMMIT
    names = sorted(path.name for path in (tmp_path / "encoder").iterdir())
    assert names == ["config.json", "lock.json", "model.safetensors", "tokenizer.json"]
