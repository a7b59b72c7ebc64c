"""Repositories as they are published: pickled weights, sentencepiece models, heads of families, and malicious files."""

import json
import os
import pickle
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertModel

import fetch_model
import train_target
from stiltcal.formats.encoders import PICKLED, SAFE
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import Head, load_encoder, load_head, load_masked_lm, load_tokenizer
from stiltcal.models.encoding import Lengths
from stiltcal.models.errors import ModelError
from stiltcal.models.prediction import Predictor
from stiltcal.models.published import make_loadable
from stiltcal.support.files import sha256
from stiltcal.tasks.spec import TaskError

from .made import make
from .repositories import LINES, REPOSITORIES, mbert, mdeberta_v3, write_json
from .test_families import assert_predicts

DOCS = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
KINDS = {"sequences": "classification", "choices": "multiple_choice", "tokens": "tagging", "spans": "qa"}


def fetch(repository: Path) -> Path:
    """Fetch a repository, and return the folder beside it that jobs read."""
    out, lock = (repository.with_name(repository.name + ending) for ending in (".encoder", ".lock"))
    fetch_model.main(source={"folder": str(repository)}, encoder=str(out), lock=str(lock))
    return out


def entry(repository: Path) -> dict:
    return json.loads(repository.with_name(repository.name + ".lock").read_text(encoding="utf-8"))["encoder"]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Makes and fetches a repository of a family, once; gives both folders."""
    root = tmp_path_factory.mktemp("published")

    def made(name: str) -> tuple[Path, Path]:
        if not (root / name).exists():
            torch.manual_seed(0)
            REPOSITORIES[name](root / name)
            fetch(root / name)
        return root / name, root / f"{name}.encoder"

    return made


def table() -> dict[str, dict[str, str]]:
    """The table of families in the docs, by family and column."""
    rows = re.search(r"(\| family \|.*?)\n\n", DOCS, re.DOTALL)[1].splitlines()
    head, _, *rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def works(folder: Path, kind: str) -> str:
    labels = ("a", "b") if kind in ("classification", "tagging") else ()
    try:
        model = load_head(folder, Head(kind, labels)).eval()
    except ModelError as error:
        assert re.search(r"transformers has no head for .* on \w+; take another encoder", str(error))
        return "no"
    ids = torch.tensor([[5, 6, 7, 8], [9, 8, 7, 6]])
    scores = model(input_ids=ids[:, None] if kind == "multiple_choice" else ids)[0]
    assert torch.isfinite(scores).all()
    return "yes"


@pytest.mark.parametrize("name", REPOSITORIES)
def test_the_table_of_families_is_right(published, name):
    repository, folder = published(name)
    row = table()[name]
    assert {path.name for path in repository.iterdir()} - {"config.json", "tokenizer_config.json"} == {
        file.strip("` ") for file in row["files of the repository"].split(",")
    }
    assert {column: works(folder, kind) for column, kind in KINDS.items()} == {key: row[key] for key in KINDS}
    _, is_own = load_masked_lm(folder, load_encoder(folder))
    assert row["masked words"] == ("own" if is_own else "new")
    tokenizer = load_tokenizer(folder)
    assert load_encoder(folder).get_input_embeddings().num_embeddings > tokenizer.mask_token_id


def test_all_families_are_in_the_table():
    assert list(table()) == list(REPOSITORIES)


@pytest.mark.parametrize("name", ["XLM-R", "mBERT", "mDeBERTa-v3", "RemBERT"])
def test_the_lock_has_what_was_fetched_and_what_was_made(published, name):
    repository, folder = published(name)
    locked = entry(repository)
    assert locked["files"] == {path.name: sha256(path) for path in repository.iterdir()}
    made = ("model.safetensors", "tokenizer.json", "tokenizer_config.json")
    assert locked["made"] == {name: sha256(folder / name) for name in made}
    assert not list(folder.glob("*.bin"))
    fetch(repository)
    assert entry(repository) == locked, "the same files, the same bytes"


def test_weights_that_are_made_must_be_as_locked(tmp_path):
    mbert(tmp_path / "m")
    fetch(tmp_path / "m")
    lock = json.loads((tmp_path / "m.lock").read_text())
    lock["encoder"]["made"]["model.safetensors"] = "0123"
    write_json(tmp_path / "m.lock", lock)
    with pytest.raises(TaskError, match=r"encoder > made > model\.safetensors: locked 0123, found"):
        fetch(tmp_path / "m")


def test_tokens_are_those_of_the_sentencepiece_model(published):
    import sentencepiece

    repository, folder = published("mDeBERTa-v3")
    model = sentencepiece.SentencePieceProcessor(str(repository / "spm.model"))
    tokenizer = load_tokenizer(folder)
    for text in (*LINES[:3], "安娜，在北京（１２）。"):
        assert tokenizer.tokenize(text) == model.encode(text, out_type=str)
    assert tokenizer.mask_token_id == len(model)


def test_all_encoder_weights_arrive(published):
    repository, folder = published("mBERT")
    old = torch.load(repository / "pytorch_model.bin", weights_only=True)
    names = {"gamma": "weight", "beta": "bias"}
    renamed = {re.sub("(gamma|beta)$", lambda ending: names[ending[1]], name): each for name, each in old.items()}
    for name, tensor in load_encoder(folder).state_dict().items():
        assert torch.equal(tensor, renamed[f"bert.{name}"])
    assert old.keys() - load_file(folder / "model.safetensors").keys() == {"cls.predictions.decoder.weight"} | {
        name for name in old if name == "cls.predictions.decoder.bias"
    }


@pytest.mark.slow
def test_mdeberta_trains_and_predicts(published, tmp_path):
    _, folder = published("mDeBERTa-v3")
    items = str(tmp_path / "items.parquet")
    write_items(items, "qa", make("qa", 8))
    task = {"name": "squad", "kind": "qa", "labels": [], "lengths": {"maximum": 48, "stride": 8}}
    training = {"batch_size": 4, "max_steps": 2, "learning_rate": 1e-3}
    target = str(tmp_path / "target")
    train_target.main(
        encoder=str(folder), train=[items], dev=[items], models=[target], tasks=[task], trainings=[training], seed=0
    )
    assert_predicts(Predictor(target, "qa", Lengths(**task["lengths"])), items)
    before, after = load_encoder(folder).state_dict(), load_encoder(target).state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before)


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


def refused(repository: Path, message: str) -> None:
    """One message with the source, and nothing is left."""
    with pytest.raises(TaskError, match=message) as caught:
        fetch(repository)
    assert f"encoder (folder: {repository}): " in str(caught.value)
    left = {path.name for path in repository.parent.iterdir()} - {repository.name, "outside.bin"}
    assert not left, "no encoder, no lock, and nothing that was run"


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
