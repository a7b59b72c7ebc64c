"""Stanza's models are fetched whole, locked and found again, in languages with and without lemma models."""

import json
from pathlib import Path

import pytest
from stanza.pipeline import core
from stanza.resources import common

import fetch_parser
from stiltcal.syntax import parsing
from stiltcal.tasks.spec import TaskError


def test_a_language_that_stanza_lacks_is_explained(tmp_path, monkeypatch):
    monkeypatch.setattr(common, "request_file", Stanford("vi", {}).request_file)
    with pytest.raises(TaskError, match=r"yo: .*yo.*; `train` in parsers trains one on a treebank"):
        fetch_parser.main(parser=str(tmp_path / "yo"), language="yo", lock=str(tmp_path / "lock.json"))
    assert not (tmp_path / "yo").exists() and not (tmp_path / "lock.json").exists()


def test_fetched_models_are_locked(tmp_path, monkeypatch):
    lock, content = tmp_path / "lock.json", ["one"]

    def download(language, *, model_dir, **_):
        (Path(model_dir) / language).mkdir()
        (Path(model_dir) / language / "depparse.pt").write_text(content[0], encoding="utf-8")

    monkeypatch.setattr(common, "request_file", Stanford("en", {}).request_file)
    monkeypatch.setattr(fetch_parser.stanza, "download", download)
    fetch_parser.main(parser=str(tmp_path / "en"), language="en", lock=str(lock))
    (entry,) = json.loads(lock.read_text(encoding="utf-8")).values()
    assert list(entry["files"]) == ["en/depparse.pt"]
    content[0] = "two"
    with pytest.raises(TaskError, match="what was fetched is not what was locked"):
        fetch_parser.main(parser=str(tmp_path / "en"), language="en", lock=str(lock))
    assert (tmp_path / "en" / "en" / "depparse.pt").read_text(encoding="utf-8") == "one"


class Stanford:
    """Where Stanza finds its models: one of each processor and package of a language, and an alias of the language."""

    def __init__(self, language, packages):
        entry = {name: {package: {"md5": None}} for name, package in packages.items() if package != "identity"}
        self.resources = {language: entry | {"packages": {"default": packages}}, "sh": {"alias": language}}
        self.resources["url"] = "{lang}/{filename}"

    def request_file(self, url, path, *_, **__):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(self.resources) if path.endswith(".json") else url, encoding="utf-8")


class Processor:
    """Stands for a processor of Stanza whose model is read."""

    def __init__(self, config, pipeline, device):
        self.provides = set(parsing.PROCESSORS)
        assert Path(config["model_path"]).is_file()


@pytest.mark.parametrize(
    ("lemma", "files"),
    [
        ("identity", ["depparse/vtb.pt", "pos/vtb.pt", "tokenize/vtb.pt"]),
        ("vtb_nocharlm", ["depparse/vtb.pt", "lemma/vtb_nocharlm.pt", "pos/vtb.pt", "tokenize/vtb.pt"]),
    ],
)
@pytest.mark.parametrize("asked", ["vi", "sh", "vi-VN", "vi-Latn"])
def test_languages_with_and_without_lemma_models_are_fetched_and_loaded(tmp_path, monkeypatch, lemma, files, asked):
    """With Stanza's own download and pipeline; only the network and the neural models are stand-ins."""
    packages = dict.fromkeys(("tokenize", "pos", "depparse"), "vtb") | {"lemma": lemma}
    monkeypatch.setattr(common, "request_file", Stanford("vi", packages).request_file)
    fetch_parser.main(parser=str(tmp_path / "models"), language=asked, lock=str(tmp_path / "lock.json"))
    (entry,) = json.loads((tmp_path / "lock.json").read_text(encoding="utf-8")).values()
    assert list(entry["files"]) == [f"vi/{name}" for name in files]
    for name in [name for name, package in packages.items() if package != "identity"]:
        monkeypatch.setitem(core.NAME_TO_PROCESSOR_CLASS, name, Processor)
    processors = parsing.load_pipeline(asked, tmp_path / "models").processors
    assert set(processors) == set(parsing.PROCESSORS)
    assert getattr(processors["lemma"], "use_identity", False) == (lemma == "identity")
