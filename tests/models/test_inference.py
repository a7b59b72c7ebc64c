"""Outputs of a model: what is computed once, of which layer, and that neighbours change nothing."""

import numpy as np
import pytest

from stiltcal.models import inference
from stiltcal.models.batching import Padding
from stiltcal.models.encoder import load_encoder, load_tokenizer, load_trained
from stiltcal.models.encoding import Lengths, encode
from stiltcal.models.inference import compute, head_scores, sentence_vectors

from .test_prediction import LABELS, LENGTHS, make


def test_equal_rows_are_computed_once(word_encoder, monkeypatch):
    tokenizer, model, seen = load_tokenizer(word_encoder), load_encoder(word_encoder), []
    forward = sentence_vectors(-1)

    def counted(model, inputs):
        seen.append(len(inputs["input_ids"]))
        return forward(model, inputs)

    texts = ["anna saw", "the dog", "anna saw", "red cat", "the house"]
    items = [{"id": str(i), "text": text} for i, text in enumerate(texts)]
    parts = [encode("retrieval", each, tokenizer, Lengths(32)).rows for each in (items, items[1:])]
    first, second = compute(model, counted, parts, Padding.of(model, tokenizer.pad_token_id))
    assert sum(seen) == 4
    assert (first.row(0, 1) == first.row(2, 1)).all()
    assert (first.row(1, 1) == second.row(0, 1)).all()
    assert not (first.row(0, 1) == first.row(1, 1)).all()


def test_sentence_vectors_are_means_of_the_layer_asked_for(word_encoder):
    tokenizer, model = load_tokenizer(word_encoder), load_encoder(word_encoder).eval()
    rows = encode("retrieval", [{"id": "1", "text": "anna saw the dog"}], tokenizer, Lengths(32)).rows
    states = model(**tokenizer("anna saw the dog", return_tensors="pt"), output_hidden_states=True).hidden_states
    assert len(states) == 3
    for layer in (0, 1, 2, -1):
        vector = compute(model, sentence_vectors(layer), [rows], Padding.of(model, 1))[0].row(0, 1)[0]
        mean = states[layer][0].mean(0).detach().numpy()
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_batches_hold_rows_of_one_padded_length():
    lengths = np.array([3, 9, 8, 16, 1, 17, 2, 5, 7])
    batches = [batch.tolist() for batch in inference._batches(lengths, 32)]
    assert batches == [[0, 2, 4, 6], [7, 8], [1, 3], [5]]


@pytest.mark.parametrize("kind", ["classification", "tagging", "qa"])
def test_other_rows_change_no_digit_of_a_row(trained, kind):
    labels = LABELS.get(kind, ())
    folder = trained(kind, labels)
    model, tokenizer = load_trained(folder, kind), load_tokenizer(folder)
    parts = [encode(kind, [item], tokenizer, Lengths(**LENGTHS), labels).rows for item in make(kind, 12)]

    def outputs(some):
        return compute(model, head_scores(kind), some, Padding.of(model, tokenizer.pad_token_id))

    for part, found in zip(parts, outputs(parts), strict=True):
        (alone,) = outputs([part])
        for row, tokens in enumerate(part.lengths):
            positions = 1 if kind == "classification" else tokens
            np.testing.assert_array_equal(alone.row(row, positions), found.row(row, positions))
