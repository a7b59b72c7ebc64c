"""New heads of targets: every weight of them is random, whatever other head the folder has."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForMaskedLM

import trim_encoder
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import Head, load_encoder, load_head, load_tokenizer, save
from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import TaskData, fit
from stiltcal.models.training import Hyperparameters

from .conftest import config_of, tokenizer_of
from .made import LABELS, LENGTHS, make
from .repositories import modernbert


def head_of(folder: str | Path, head: Head) -> dict[str, torch.Tensor]:
    """The weights of a new head, made with one seed."""
    torch.manual_seed(3)
    model = load_head(folder, head)
    return {name: each for name, each in model.state_dict().items() if not name.startswith(model.base_model_prefix)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """ModernBERT as published, after an intermediate training, and trimmed to the items of a task."""
    root = tmp_path_factory.mktemp("modernbert")
    torch.manual_seed(0)
    modernbert(root / "none")
    items = str(root / "items.parquet")
    write_items(items, "tagging", make("tagging", 8))
    data = TaskData("words", "tagging", [items], items, Lengths(**LENGTHS))
    settings = Hyperparameters(batch_size=4, max_steps=2, learning_rate=1e-3)
    fit(root / "none", [data], root / "intermediate", settings, seed=0, threads=1, keep_head=False)
    task = {"name": "words", "kind": "tagging", "labels": [], "lengths": LENGTHS}
    trim_encoder.main(
        encoder=str(root / "none"), files=[items], trimmed=str(root / "trimmed"), tasks=[task], numbers=[1]
    )
    return {name: root / name for name in ("none", "intermediate", "trimmed")}


@pytest.mark.parametrize("kind", ["classification", "multiple_choice", "tagging", "qa"])
def test_of_the_masked_lm_head_of_modernbert_nothing_is_taken(folders, kind):
    """Its names are those of all heads. A model without it would have to learn what another one is given."""
    head = Head(kind, LABELS.get(kind, ()))
    found = {name: head_of(folder, head) for name, folder in folders.items()}
    pretrained = AutoModelForMaskedLM.from_pretrained(folders["none"]).head.state_dict()
    assert {f"head.{name}" for name in pretrained} < found["none"].keys()
    assert not torch.equal(found["none"]["head.dense.weight"], pretrained["dense.weight"])
    for name, weights in found["none"].items():
        assert torch.equal(weights, found["intermediate"][name]) and torch.equal(weights, found["trimmed"][name])


@pytest.mark.parametrize("family", ["xlm-roberta", "bert", "deberta-v2"])
def test_another_head_in_the_folder_changes_no_random_number(encoders, tmp_path, family):
    model = AutoModelForMaskedLM.from_config(config_of(family, tokenizer_of(family)))
    setattr(model, model.base_model_prefix, load_encoder(encoders[family]))
    model.save_pretrained(tmp_path)
    bare, with_head = (head_of(folder, Head("tagging", LABELS["tagging"])) for folder in (encoders[family], tmp_path))
    assert all(torch.equal(bare[name], with_head[name]) for name in bare) and bare.keys() == with_head.keys()


def test_a_model_with_a_new_head_is_saved_and_read(folders, tmp_path):
    torch.manual_seed(3)
    model = load_head(folders["none"], Head("qa"))
    save(model, load_tokenizer(folders["none"]), tmp_path, {})
    read = type(model).from_pretrained(tmp_path).state_dict()
    assert all(torch.equal(each, read[name]) for name, each in model.state_dict().items())
    assert read.keys() == model.state_dict().keys()
