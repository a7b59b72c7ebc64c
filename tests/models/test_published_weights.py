"""Weights and tokenizers that are made: pickles, shards, ties, prefixes, and files that are refused."""

import json
import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertModel

import fetch_model
from stiltcal.formats.encoders import PICKLED, SAFE
from stiltcal.models.encoder import load_encoder
from stiltcal.models.errors import ModelError
from stiltcal.models.published import make_loadable
from stiltcal.tasks.spec import TaskError

from .fetching import entry, fetch, refused
from .repositories import mbert, mdeberta_v3, write_json


def shard(repository: Path) -> dict[str, torch.Tensor]:
    """Split the pickled weights of a repository into two shards with an index; return the weights."""
    weights = torch.load(repository / PICKLED.file, weights_only=True)
    (repository / PICKLED.file).unlink()
    names = [f"pytorch_model-0000{number}-of-00002.bin" for number in (1, 2)]
    places = {name: names[position % 2] for position, name in enumerate(weights)}
    for file in names:
        torch.save({name: weights[name] for name in weights if places[name] == file}, repository / file)
    write_json(repository / PICKLED.index_file, {"metadata": {}, "weight_map": places})
    return weights


def test_sharded_weights(tmp_path):
    mdeberta_v3(tmp_path / "m")
    weights = shard(tmp_path / "m")
    folder = fetch(tmp_path / "m")
    shards = sorted(path.name for path in folder.glob("*.safetensors"))
    assert shards == ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    assert not [*folder.glob("*.bin"), *folder.glob("*.bin.index.json")]
    assert SAFE.index_file in entry(tmp_path / "m")["made"]
    for name, tensor in load_encoder(folder).state_dict().items():
        assert torch.equal(tensor, weights[f"deberta.{name}"].float())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": "../outside.bin"}, r"names '\.\./outside\.bin'; it may name files beside it alone"),
        ({"x": "/etc/passwd"}, "names '/etc/passwd'; it may name files beside it alone"),
        ({"x": "pytorch_model-00003-of-00003.bin"}, r"has no pytorch_model-00003-of-00003\.bin, which pytorch_model"),
        ({"x": "pytorch_model-00001-of-00002.bin"}, r"lacks 1 of the tensors that .* names \(x, \.\.\.\)"),
        ({"x": 3}, "names '3'; it may"),
        ([], "names no file of weights; fetch or copy it again"),
    ],
)
def test_an_index_that_names_what_is_not_there(tmp_path, change, message):
    mdeberta_v3(tmp_path / "m")
    shard(tmp_path / "m")
    (tmp_path / "outside.bin").write_bytes((tmp_path / "m" / "pytorch_model-00001-of-00002.bin").read_bytes())
    index = json.loads((tmp_path / "m" / PICKLED.index_file).read_text())
    index["weight_map"] = index["weight_map"] | change if change else change
    write_json(tmp_path / "m" / PICKLED.index_file, index)
    refused(tmp_path / "m", message)


class Malicious:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path):
        self.command = f"touch {path}"

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("form", ["zip", "old", "pickle 2", "pickle 4"])
@pytest.mark.parametrize("sharded", [False, True])
def test_a_pickle_that_calls_code_is_refused_and_nothing_runs(tmp_path, form, sharded):
    mdeberta_v3(tmp_path / "m")
    if sharded:
        shard(tmp_path / "m")
    path = tmp_path / "m" / ("pytorch_model-00002-of-00002.bin" if sharded else PICKLED.file)
    content = {"weight": Malicious(tmp_path / "ran")}
    if form.startswith("pickle"):
        path.write_bytes(pickle.dumps(content, protocol=int(form[-1])))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=form == "zip")
    asked = "it is no file of weights" if form == "pickle 4" else r"it asks for posix\.system, and weights are tensors"
    refused(tmp_path / "m", rf"{path.name} is refused: .*{asked}.*\. Nothing in it was run")
    assert pickle.loads(pickle.dumps(Malicious(tmp_path / "ran"))) == 0 and (tmp_path / "ran").exists(), "it would run"


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_weights_that_are_cut_off(tmp_path, is_zip, share):
    mdeberta_v3(tmp_path / "m")
    path = tmp_path / "m" / PICKLED.file
    torch.save(torch.load(path, weights_only=True), path, _use_new_zipfile_serialization=is_zip)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(tmp_path / "m", r"pytorch_model\.bin is refused: it is not whole, .*; fetch or copy it again")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (torch.ones(2), "holds a Tensor; it must map names to tensors"),
        ({}, "holds a dict; it must map names to tensors"),
        ({0: torch.ones(2)}, "holds a dict; it must map names to tensors"),
        ({"state_dict": {"a": torch.ones(2)}}, "'state_dict' is a dict; each name must have a plain tensor"),
        ({"a": torch.ones(2).to_sparse()}, r"'a' is a torch.sparse_coo tensor; each name"),
        (torch.nn.Linear(2, 2), r"it asks for torch\.nn\.modules\.linear\.Linear, and weights are tensors alone"),
    ],
)
def test_pickles_of_something_else(tmp_path, content, message):
    mdeberta_v3(tmp_path / "m")
    torch.save(content, tmp_path / "m" / PICKLED.file)
    refused(tmp_path / "m", message)


def test_a_pointer_in_place_of_the_weights(tmp_path):
    mdeberta_v3(tmp_path / "m")
    (tmp_path / "m" / PICKLED.file).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    refused(tmp_path / "m", "it is not whole, or it is no file of weights")


def test_the_checksum_is_compared_before_the_weights_are_read(tmp_path):
    mdeberta_v3(tmp_path / "m")
    torch.save({"weight": Malicious(tmp_path / "ran")}, tmp_path / "m" / PICKLED.file)
    source = {"folder": str(tmp_path / "m"), "sha256": "0123"}
    with pytest.raises(TaskError, match=r"pytorch_model\.bin has SHA-256 .*, not 0123"):
        fetch_model.main(source=source, encoder=str(tmp_path / "e"), lock=str(tmp_path / "lock.json"))


@pytest.mark.parametrize("first", ["bert.embeddings.word_embeddings.weight", "a.decoder.weight"])
def test_of_tied_weights_the_encoders_stay_and_shared_memory_is_copied(tmp_path, first):
    folder = tmp_path / "m"
    mbert(folder)
    (folder / "tokenizer.json").write_text("{}")
    words, block = torch.rand(6, 2), torch.rand(4, 2)
    weights = dict.fromkeys([first, "bert.embeddings.word_embeddings.weight", "a.decoder.weight"], words)
    weights |= {"top": block[:2], "bottom": block[2:], "all": block, "turned": words.T, "none": torch.ones(0)}
    torch.save(weights, folder / PICKLED.file)
    make_loadable(folder)
    made = load_file(folder / SAFE.file)
    assert made.keys() == weights.keys() - {"a.decoder.weight"}
    assert all(torch.equal(made[name], weights[name]) for name in made)


def test_the_prefix_of_another_program_is_refused(tmp_path):
    mbert(tmp_path / "m")
    weights = torch.load(tmp_path / "m" / PICKLED.file, weights_only=True)
    torch.save({f"module.{name}": each for name, each in weights.items()}, tmp_path / "m" / PICKLED.file)
    with pytest.raises(ModelError, match="the weights of the encoder lack 37 tensors"):
        load_encoder(fetch(tmp_path / "m"))


def test_a_bare_encoder_without_prefix_and_pooler_is_read(tmp_path):
    mbert(tmp_path / "m")
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    bare = BertModel(BertModel.config_class(**config), add_pooling_layer=False).state_dict()
    torch.save(bare, tmp_path / "m" / PICKLED.file)
    loaded = load_encoder(fetch(tmp_path / "m")).state_dict()
    assert all(torch.equal(loaded[name], each) for name, each in bare.items())
    assert loaded.keys() - bare.keys() == {"pooler.dense.weight", "pooler.dense.bias"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("spm.model", "not a model"), r"spm\.model is no whole sentencepiece model"),
        (("tokenizer_config.json", '{"pad_token": "<none>"}'), "pad_token: found '<none>', which the vocabulary"),
        (
            ("tokenizer_config.json", '{"tokenizer_class": "ByT5Tokenizer"}'),
            "transformers cannot read it .*ByT5Tokenizer has no attribute",
        ),
        (None, r"has no tokenizer file; one of tokenizer\.json"),
    ],
)
def test_a_tokenizer_that_cannot_be_converted(tmp_path, change, message):
    mdeberta_v3(tmp_path / "m")
    if change:
        (tmp_path / "m" / change[0]).write_text(change[1])
    else:
        (tmp_path / "m" / "spm.model").unlink()
    refused(tmp_path / "m", message)
