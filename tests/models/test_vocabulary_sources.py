"""Trimmed vocabularies of published encoders, and vocabularies that cannot be trimmed."""

import pytest
import torch

import trim_encoder
from stiltcal.formats.items import write_items
from stiltcal.models.encoder import load_encoder, load_tokenizer
from stiltcal.models.errors import ModelError
from stiltcal.models.reduced_tokenizer import needed_tokens
from stiltcal.models.vocabulary import restore

from .conftest import TEXT
from .fetching import fetch
from .repositories import REPOSITORIES
from .test_vocabulary import job

KINDS = ("classification", "multiple_choice", "tagging", "qa", "retrieval")
HYPERPARAMETERS = {"learning_rate": 2e-3, "batch_size": 8, "max_steps": 30, "weight_decay": 0.2, "clip": 1e9}
PAIR = ("anna saw the red dog", "the house")


def test_a_tokenizer_that_would_cut_in_another_way_is_refused(encoders, tmp_path, monkeypatch):
    """The texts are cut with the smaller tokenizer, too, whatever its kind."""
    monkeypatch.setattr("stiltcal.models.trimming.needed_tokens", lambda tokenizer, used: needed_tokens(tokenizer, {}))
    with pytest.raises(ModelError, match=r"cannot be reduced, .*train\.parquet .*; set vocabulary\.trim to none"):
        trim_encoder.main(**job(tmp_path, encoders["xlm-roberta"], ["classification"]))
    assert not (tmp_path / "trimmed").exists()


@pytest.mark.parametrize("name", REPOSITORIES)
def test_encoders_as_they_are_published(name, tmp_path):
    """Their tokens and special tokens stand in other places than in the encoders above."""
    torch.manual_seed(0)
    REPOSITORIES[name](tmp_path / "repository")
    encoder = fetch(tmp_path / "repository")
    trim_encoder.main(**job(tmp_path, str(encoder), ["classification", "qa"]))
    small, whole = load_encoder(tmp_path / "trimmed"), load_encoder(encoder)
    assert small.config.vocab_size < whole.config.vocab_size
    tokenizers = load_tokenizer(tmp_path / "trimmed"), load_tokenizer(encoder)
    assert tokenizers[0].special_tokens_map == tokenizers[1].special_tokens_map
    inputs = [tokenizer(*PAIR, return_tensors="pt") for tokenizer in tokenizers]
    states = [model.eval()(**each).last_hidden_state for model, each in zip((small, whole), inputs, strict=True)]
    assert torch.equal(*states)
    restore(small, tmp_path / "trimmed", encoder)
    assert small.get_input_embeddings().weight.equal(whole.get_input_embeddings().weight)
    assert torch.equal(small(**inputs[1]).last_hidden_state, states[1])


def test_texts_of_every_word_leave_all_rows(encoders, tmp_path):
    arguments = job(tmp_path, encoders["bert"], ["retrieval"])
    pieces = [piece.removeprefix("##") for piece in load_tokenizer(encoders["bert"]).get_vocab()]
    sentences = [*TEXT, *(f"a{piece}" for piece in pieces), *pieces]
    rows = [
        {"id": str(i), "cluster": str(i), "side": "source", "text": text, "pair": None}
        for i, text in enumerate(sentences)
    ]
    write_items(tmp_path / "retrieval" / "train.parquet", "retrieval", rows)
    trim_encoder.main(**arguments)
    small, whole = load_encoder(tmp_path / "trimmed"), load_encoder(encoders["bert"])
    restore(small, tmp_path / "trimmed", encoders["bert"])
    assert small.get_input_embeddings().weight.equal(whole.get_input_embeddings().weight)
