"""Continued pretraining: tokens of marked words, the tied head, and the same seed gives the same weights."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from stiltcal.models import continued
from stiltcal.models.encoder import load_encoder, load_tokenizer
from stiltcal.models.pretraining import TokenizedDocument

ENCODER = Path(__file__).parents[2] / "resources" / "miniature-encoder"


def test_tokens_of_marked_words_are_flagged():
    tokenizer = load_tokenizer(ENCODER)
    rows = [
        {"first": "Gina rafen.", "second": "Toba rafen Gina.", "marks": [[], [[11, 15]]]},
        {"first": "Gina rafen. " * 40, "second": "Gina", "marks": [[], []]},
    ]
    [document] = continued.encode_marked(tokenizer, rows, 128)  # the second document is too long
    assert tokenizer.convert_ids_to_tokens(document.ids[document.answer].tolist()) == ["▁Gi", "n", "a"]


def test_the_new_head_is_tied_to_the_embeddings():
    encoder = load_encoder(ENCODER)
    model = continued.with_new_head(encoder)
    assert model.roberta is encoder
    assert model.lm_head.decoder.weight is encoder.embeddings.word_embeddings.weight


@pytest.fixture
def documents():
    rng = np.random.default_rng(0)

    def document(flagged: bool) -> TokenizedDocument:
        ids = np.concatenate([[0], rng.integers(5, 200, 8), [2, 2], rng.integers(5, 200, 8), [2]])
        answer = np.zeros(len(ids), bool)
        answer[rng.integers(11, 19)] = flagged
        return TokenizedDocument(ids.astype(np.int16), answer)

    return {"plain": [document(False) for _ in range(64)]} | {
        kind: [document(True) for _ in range(64)] for kind in ("replaced", "hidden")
    }


def test_training_lowers_the_losses_and_repeats_itself(documents, tmp_path):
    states = []
    for number in range(2):
        torch.manual_seed(1)
        model = continued.with_new_head(load_encoder(ENCODER))
        log = tmp_path / f"{number}.jsonl"
        continued.train(model, **documents, steps=12, batch_size=16, learning_rate=1e-3, seed=1, log=log)
        states.append({name: value.clone() for name, value in model.roberta.state_dict().items()})
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    [line] = map(json.loads, log.read_text().splitlines())
    assert line["step"] == 12 and set(line) == {"step", "masked", "replaced", "hidden", "seconds"}
    assert line["replaced"] < 0.69  # log 2: what a head that knows nothing pays a token


def test_the_average_lies_between_the_weights_before_and_after():
    encoder = load_encoder(ENCODER)
    before = {name: value + 1 for name, value in encoder.state_dict().items()}
    after = {name: value.clone() for name, value in encoder.state_dict().items()}
    continued.average(encoder, before)
    for name, value in encoder.state_dict().items():
        if value.is_floating_point():
            assert torch.allclose(value, after[name] + 0.5, atol=1e-6)
