"""The updates of a training by hand, on models that give every example the same scores."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers.modeling_outputs import SequenceClassifierOutput

from stiltcal.models.batching import Padding
from stiltcal.models.checkpoint import Checkpoint
from stiltcal.models.encoding import Features, Rows
from stiltcal.models.training import Hyperparameters, TrainingTask, train


class Guess(torch.nn.Module):
    """Scores as parameters, the same for every example; `seen` has (in training?, numbers of the examples) by batch."""

    config = SimpleNamespace(hidden_size=1)

    def __init__(self, *scores: float):
        super().__init__()
        self.scores, self.seen = torch.nn.Parameter(torch.tensor([scores], dtype=torch.float)), []

    def forward(self, input_ids, attention_mask):
        self.seen.append((self.training, input_ids[:, 0].tolist()))
        return SequenceClassifierOutput(logits=self.scores.expand(len(input_ids), -1))


def examples(labels: list[int]) -> Features:
    """Examples with these labels; the only token of each is its number."""
    numbers = np.arange(len(labels) + 1)
    return Features(Rows(numbers[:-1], numbers[:-1] * 0, numbers), np.array(labels), numbers[:-1])


@pytest.fixture
def trained_on(tmp_path):
    """Trains guesses, each on examples of its own; returns what was done and the rows of the history."""

    def run(guesses: dict[str, Guess], labels: list[int], **settings):
        tasks = [TrainingTask(name, "classification", examples(labels), examples(labels)) for name in guesses]
        checkpoint = Checkpoint(tmp_path / "checkpoint", {}, minutes=60)
        hyperparameters, padding = Hyperparameters(**settings), Padding(1, False)
        return train(guesses, tasks, hyperparameters, padding, 1, tmp_path / "log.jsonl", checkpoint)

    return run


@pytest.fixture
def updates():
    """Learning rate and norm of the gradient of each update, as the optimizer gets them."""
    made = []

    def note(optimizer, *_):
        groups = optimizer.param_groups
        gradients = [parameter.grad.flatten() for group in groups for parameter in group["params"]]
        made.append((groups[0]["lr"], torch.cat(gradients).norm().item()))

    handle = register_optimizer_step_pre_hook(note)
    yield made
    handle.remove()


def test_the_learning_rate_rises_in_the_warm_up_and_then_falls(trained_on, updates):
    """Ten updates, four of them with a rising rate, which is highest in the fifth."""
    trained_on({"a": Guess(0, 0)}, [0, 1], max_steps=10, warmup=0.4, learning_rate=0.12)
    assert [rate for rate, _ in updates] == pytest.approx([0, 0.03, 0.06, 0.09, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02])


@pytest.mark.parametrize(("clip", "norm"), [(0.1, 0.1), (10.0, np.sqrt(0.5))])
def test_gradients_are_clipped(trained_on, updates, clip, norm):
    """Two scores of 0 where the first one is right: the gradient is (-1/2, 1/2)."""
    trained_on({"a": Guess(0, 0)}, [0, 0, 0], max_steps=1, clip=clip)
    assert [found for _, found in updates] == pytest.approx([norm], rel=1e-4)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_labels_are_smoothed_in_training_but_not_on_dev_items(trained_on, smoothing):
    """The right label has the probability 3/4, the other 1/4."""
    settings = {"max_steps": 1, "learning_rate": 1e-9, "label_smoothing": smoothing}
    done, (row,) = trained_on({"a": Guess(np.log(3), 0)}, [0, 0, 0], **settings)
    right, wrong = -np.log(3 / 4), -np.log(1 / 4)
    assert row["loss"] == pytest.approx((1 - smoothing) * right + smoothing * (right + wrong) / 2)
    assert done["dev"]["a"] == pytest.approx({"loss": right, "accuracy": 1})


def test_evaluations_use_so_many_dev_examples_and_always_the_same(trained_on):
    """Not the first ones: a dev set of two sources lists one after the other, here with the labels 0 and 1."""
    guess, labels = Guess(np.log(3), 0), [0] * 10 + [1] * 10
    settings = {"max_steps": 2, "evaluate_every": 1, "learning_rate": 1e-9, "batch_size": 3, "dev_examples": 8}
    done, _ = trained_on({"a": guess}, labels, **settings)
    asked = [number for in_training, numbers in guess.seen if not in_training for number in numbers]
    assert len(asked) == 2 * 8 and asked[:8] == asked[8:] and len(set(asked)) == 8
    right = sum(labels[number] == 0 for number in asked[:8]) / 8
    assert 0 < right < 1
    loss = -right * np.log(3 / 4) - (1 - right) * np.log(1 / 4)
    assert done["dev"]["a"] == pytest.approx({"loss": loss, "accuracy": right})


def test_batches_of_several_tasks_are_mixed_anew_in_every_epoch(trained_on):
    guesses, order = {"a": Guess(0, 0), "b": Guess(0, 0)}, []
    for guess in guesses.values():
        guess.register_forward_pre_hook(lambda asked, _: order.append(asked))
    trained_on(guesses, [0, 1] * 10, epochs=2, batch_size=2)
    epochs = order[:20], order[20:40]
    assert (
        [epoch.count(guesses["a"]) for epoch in epochs] == [10, 10] == [epoch.count(guesses["b"]) for epoch in epochs]
    )
    assert epochs[0] != epochs[1]
    assert all(set(epoch[:10]) == set(epoch[10:]) == set(guesses.values()) for epoch in epochs)
    for guess in guesses.values():
        seen = [number for in_training, numbers in guess.seen if in_training for number in numbers]
        assert sorted(seen[:20]) == sorted(seen[20:]) == list(range(20)), "every example once an epoch"
