"""Batches, scores and losses, against torch's and transformers' own."""

import numpy as np
import pytest
import torch

from stiltcal.models.batching import (
    Padding,
    example_batch,
    example_lengths,
    micro_batches,
    negative_log_likelihood,
    padded,
    shuffled_batches,
    target_scores,
)
from stiltcal.models.encoder import Head, load_head
from stiltcal.models.encoding import IGNORED, Features, Lengths, Rows, encode

ROWS = Rows(np.array([5, 6, 7, 8, 9, 4]), np.array([0, 0, 1, 0, 0, 1]), np.array([0, 3, 4, 6]))
ITEMS = {
    "classification": [
        {"id": "1", "text_a": "anna saw the dog", "text_b": "the dog", "label": "yes"},
        {"id": "2", "text_a": "dog", "text_b": "anna", "label": "no"},
    ],
    "multiple_choice": [
        {"id": "1", "context": "anna saw the dog", "question": "", "choices": ["dog", "the cat"], "answer": 1},
        {"id": "2", "context": "anna", "question": "", "choices": ["red dog", "cat"], "answer": 0},
    ],
    "tagging": [
        {"id": "1", "tokens": ["anna", "saw", "dog"], "tags": ["no", "yes", "no"]},
        {"id": "2", "tokens": ["dog"], "tags": ["yes"]},
    ],
    "qa": [
        {"id": "1", "context": "anna saw the dog", "question": "who ?", "answers": ["anna"], "answer_starts": [0]},
        {"id": "2", "context": "the red dog", "question": "who saw ?", "answers": ["red dog"], "answer_starts": [4]},
    ],
}


def test_rows_are_padded_to_a_multiple_of_eight():
    inputs = padded(ROWS, np.array([2, 0]), Padding(token=1, types=True))
    assert inputs["input_ids"].tolist() == [[9, 4, 1, 1, 1, 1, 1, 1], [5, 6, 7, 1, 1, 1, 1, 1]]
    assert inputs["attention_mask"].sum(1).tolist() == [2, 3]
    assert inputs["token_type_ids"][1].tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    assert "token_type_ids" not in padded(ROWS, np.array([0]), Padding(token=1, types=False))


def test_multiple_choice_batches_have_three_dimensions():
    features = Features(Rows(np.arange(8), np.zeros(8), np.arange(0, 9, 2)), np.array([1, 0]), np.arange(4), choices=2)
    inputs, targets = example_batch("multiple_choice", features, np.array([1]), Padding(1, False))
    assert inputs["input_ids"][..., :2].tolist() == [[[4, 5], [6, 7]]]
    assert targets.tolist() == [0]


@pytest.mark.parametrize("kind", ITEMS)
def test_the_loss_is_that_of_the_models_own_heads(word_encoder, words, kind):
    labels = ("no", "yes") if kind in ("classification", "tagging") else ()
    model = load_head(word_encoder, Head(kind, labels)).eval()
    features = encode(kind, ITEMS[kind], words, Lengths(32), labels)
    inputs, targets = example_batch(kind, features, np.array([0, 1]), Padding.of(model, words.pad_token_id))
    gold = {"labels": targets}
    if kind == "qa":  # transformers counts padding among the options: take a row without any
        inputs, targets = {name: value[1:, :10] for name, value in inputs.items()}, targets[1:]
        assert inputs["attention_mask"].all()
        gold = {"start_positions": targets[:, 0], "end_positions": targets[:, 1]}
    with torch.no_grad():
        output = model(**inputs, **gold)
    scores = target_scores(kind, output, inputs["attention_mask"])
    asked = targets.flatten()
    loss = negative_log_likelihood(scores, asked) / (asked != IGNORED).sum()
    assert loss.item() == pytest.approx(output.loss.item(), abs=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_label_smoothing_is_torchs(smoothing):
    scores, targets = torch.randn(5, 4, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 3, IGNORED, 1, 2])
    expected = torch.nn.functional.cross_entropy(
        scores, targets, reduction="sum", label_smoothing=smoothing, ignore_index=IGNORED
    )
    assert negative_log_likelihood(scores, targets, smoothing).item() == pytest.approx(expected.item(), abs=1e-6)


def test_label_smoothing_leaves_impossible_options_out():
    scores = torch.tensor([[0.0, 0.0, -torch.inf]])
    assert negative_log_likelihood(scores, torch.tensor([0]), 0.1).item() == pytest.approx(np.log(2), abs=1e-6)


def test_gradients_of_impossible_options_are_zero():
    scores = torch.tensor([[0.5, 0.0, -torch.inf]], requires_grad=True)
    negative_log_likelihood(scores, torch.tensor([0]), 0.1).backward()
    assert torch.isfinite(scores.grad).all()
    assert scores.grad[0, 2] == 0


def test_every_example_comes_once_an_epoch_in_batches_from_short_to_long():
    lengths = np.random.default_rng(0).integers(1, 100, size=1000)
    batches = shuffled_batches(lengths, 16, np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == list(range(1000))
    assert max(map(len, batches)) == 16
    assert all((np.diff(lengths[batch]) >= 0).all() for batch in batches)
    means = [lengths[batch].mean() for batch in batches]
    assert np.std(means) == pytest.approx(lengths.std() / 4, rel=0.2), "batches are random samples"
    again = shuffled_batches(lengths, 16, np.random.default_rng(1))
    assert all((a == b).all() for a, b in zip(batches, again, strict=True))


def test_the_length_of_an_example_is_that_of_its_longest_row():
    features = Features(Rows(np.arange(6), np.zeros(6), np.array([0, 3, 4, 5, 6])), None, np.arange(2), choices=2)
    assert example_lengths(features).tolist() == [3, 1]


def test_micro_batches_are_runs_that_stay_in_the_cache():
    """Padded lengths are 16, 16, 24 and 48: of width 10,000 the first two take 320,000 numbers, three 720,000."""
    examples, lengths = np.array([7, 3, 5, 1]), np.array([9, 16, 17, 41])
    assert [run.tolist() for run in micro_batches(examples, lengths, None, 10_000)] == [[7, 3], [5], [1]]
    assert [run.tolist() for run in micro_batches(examples, lengths, None, 10)] == [[7, 3, 5, 1]]
    assert [run.tolist() for run in micro_batches(examples, lengths, None, 10**6)] == [[7], [3], [5], [1]]
    assert [run.tolist() for run in micro_batches(examples, lengths, 3, 10_000)] == [[7, 3, 5], [1]]


def test_a_gpu_computes_the_whole_batch_at_once(monkeypatch):
    monkeypatch.setattr("stiltcal.models.batching.device", lambda: torch.device("cuda"))
    assert [len(run) for run in micro_batches(np.arange(9), np.full(9, 512), None, 1024)] == [9]
    assert [len(run) for run in micro_batches(np.arange(9), np.full(9, 512), 4, 1024)] == [4, 4, 1]
