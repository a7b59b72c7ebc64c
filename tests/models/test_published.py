"""Repositories as they are published: pickled weights, sentencepiece models, heads of families, and malicious files."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import train_target
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import Head, load_encoder, load_head, load_masked_lm, load_tokenizer
from stiltcal.models.encoding import Lengths
from stiltcal.models.errors import ModelError
from stiltcal.models.prediction import Predictor
from stiltcal.support.files import sha256
from stiltcal.tasks.spec import TaskError

from .fetching import entry, fetch
from .made import make
from .repositories import LINES, REPOSITORIES, mbert, write_json
from .test_families import assert_predicts

DOCS = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
KINDS = {"sequences": "classification", "choices": "multiple_choice", "tokens": "tagging", "spans": "qa"}


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


@pytest.mark.parametrize("name", ["XLM-R, older files", "mBERT, older files", "mDeBERTa-v3", "RemBERT"])
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
    repository, folder = published("mBERT, older files")
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
