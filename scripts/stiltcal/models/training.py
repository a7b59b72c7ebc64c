"""Train one or several heads on one encoder: hyper-parameters and the training loop."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel, get_linear_schedule_with_warmup

from ..support.messages import suggestion
from ..support.progress_bar import ProgressBar
from .batching import (
    Padding,
    example_batch,
    example_lengths,
    micro_batches,
    negative_log_likelihood,
    shuffled_batches,
    target_scores,
)
from .checkpoint import Checkpoint, resumed
from .determinism import reproducibly
from .encoder import device
from .encoding import IGNORED, Features
from .history import history
from .masked_lm import MaskedText
from .training_state import Best, TrainingState

_LOG_EVERY = 50  # steps


@dataclass(frozen=True)
class Hyperparameters:
    """Hyper-parameters of a training; defaults are the published ones (AdamW with eps 1e-8, linear warm-up and decay).

    batch_size: examples an update. micro_batch: examples computed at once (None: `micro_batches`). epochs, max_steps:
    length of the training; the shorter one applies. warmup: share of the updates. clip: largest norm of the gradient.
    dropout: of all layers (None: the encoder's own). evaluate_every: updates between evaluations on up to dev_examples
    dev examples (None: only at the end). patience: evaluations without improvement after which training stops; the best
    weights are kept. Raises ValueError for values out of range.
    """

    learning_rate: float = 1e-5
    batch_size: int = 32
    micro_batch: int | None = None
    epochs: int | None = None
    max_steps: int | None = None
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    label_smoothing: float = 0.0
    dropout: float | None = None
    evaluate_every: int | None = None
    patience: int = 30
    dev_examples: int = 500

    def __post_init__(self):
        if self.epochs is None and self.max_steps is None:
            raise ValueError("training: epochs and max_steps are both null; give at least one")
        for name in ("learning_rate", "batch_size", "micro_batch", "epochs", "max_steps", "clip", "evaluate_every"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"training: {name} is {value}; it must be above 0")
        for name in ("warmup", "label_smoothing", "weight_decay", "dropout"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1:
                raise ValueError(f"training: {name} is {value}; it must be in [0, 1)")

    @classmethod
    def of(cls, settings: dict) -> "Hyperparameters":
        """Build hyper-parameters from a mapping. Raises ValueError for an unknown name."""
        allowed = [f.name for f in fields(cls)]
        for name in settings:
            if name not in allowed:
                hint = suggestion(name, allowed)
                raise ValueError(f"training: unknown setting {name!r}{hint}; allowed: {', '.join(allowed)}")
        return cls(**settings)


@dataclass(frozen=True)
class TrainingTask:
    """Hold the data of one head."""

    name: str
    kind: str
    train: Features
    dev: Features

    def batch(self, examples: np.ndarray, padding: Padding) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Return inputs and targets of some training examples (`example_batch`)."""
        return example_batch(self.kind, self.train, examples, padding)

    def lengths(self, examples: np.ndarray) -> np.ndarray:
        """Return the tokens of some training examples, those of all choices together, padding between them included."""
        return example_lengths(self.train, examples) * self.train.choices


def train(
    models: dict[str, PreTrainedModel],
    tasks: list[TrainingTask],
    settings: Hyperparameters,
    padding: Padding,
    seed: int,
    log_file: Path,
    checkpoint: Checkpoint,
    text: MaskedText | None = None,
) -> tuple[dict[str, object], list[dict]]:
    """Train the models (by task name; they may share an encoder) in place, and log as lines of JSON.

    A batch holds examples of one task; tasks are drawn in proportion to their numbers of examples. text: for masked-LM
    updates between those of the tasks, which stay the same. A training that was killed goes on from its checkpoint.
    Returns the planned and the completed steps, the step whose weights were kept, and its loss and accuracy on the dev
    set by task; then the rows of `history`. Raises ValueError if the loss is not finite, SystemExit after SIGTERM.
    """
    everything = nn.ModuleDict(models).to(device())
    optimizer = _adamw(everything, settings)
    batches, total = _batches(tasks, settings, seed, text)
    schedule = get_linear_schedule_with_warmup(optimizer, int(settings.warmup * total), total)
    state = TrainingState(everything, optimizer, schedule, Best(everything, settings.patience))
    with (
        resumed(state, checkpoint) as save_if_due,
        open(log_file, "w", encoding="utf-8") as log,
        ProgressBar(total, "updates", state.step, state.loss_text) as progress,
    ):
        log.writelines(state.log)
        for task, examples in islice(batches, state.step, None):
            if state.finished:
                break
            _train_mode(everything)
            loss = reproducibly(_gradients, models[task.name], task, examples, settings, padding)
            state.update(torch.stack([loss, torch.full_like(loss, task is text)]), settings.clip)
            progress.update()
            if state.step % _LOG_EVERY == 0 or state.step == total:
                _write(log, state, **state.mean_losses(), learning_rate=schedule.get_last_lr()[0])
            if state.step == total or (settings.evaluate_every and state.step % settings.evaluate_every == 0):
                dev = evaluate(models, tasks, settings.dev_examples, settings.batch_size, padding)
                _write(log, state, dev=dev)
                state.finished = state.best.update(state.step, dev) or state.step == total
            save_if_due()
    state.best.restore()
    return _outcome(state, total)


def _outcome(state: TrainingState, total: int) -> tuple[dict[str, object], list[dict]]:
    done = {"steps_planned": total, "steps": state.step, "kept_step": state.best.step, "dev": state.best.dev}
    return done, history(state.all_losses().numpy(), state.log, total, state.best.step)


def _train_mode(model: nn.Module) -> None:
    """Switch to training mode, except dropout layers of probability 0: they would draw masks that change nothing."""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout) and module.p == 0:
            module.eval()


def _gradients(
    model, task: TrainingTask | MaskedText, examples: np.ndarray, settings: Hyperparameters, padding
) -> torch.Tensor:
    """Add the gradient of a batch's mean loss, micro-batch by micro-batch, and return the loss."""
    width = model.config.hidden_size
    runs = micro_batches(examples, task.lengths(examples), settings.micro_batch, width)
    parts = [task.batch(run, padding) for run in runs]
    smoothing = settings.label_smoothing if isinstance(task, TrainingTask) else 0.0
    number = max(1, sum(int((targets != IGNORED).sum()) for _, targets in parts))
    total = 0.0
    for inputs, targets in parts:
        loss = _loss(model, task.kind, inputs, targets, smoothing)[0] / number
        loss.backward()
        total += loss.detach()
    return total


def _loss(model, kind: str, inputs: dict, targets: torch.Tensor, smoothing: float = 0.0):
    """Return summed loss, scores and targets of a batch, computed in bfloat16 on a GPU."""
    where = device()
    inputs = {name: value.to(where) for name, value in inputs.items()}
    with torch.autocast(where.type, torch.bfloat16, enabled=where.type == "cuda"):
        output = model(**inputs)
    scores, targets = target_scores(kind, output, inputs["attention_mask"]), targets.flatten().to(where)
    return negative_log_likelihood(scores, targets, smoothing), scores, targets


@torch.inference_mode()
def evaluate(models, tasks: list[TrainingTask], limit: int, batch_size: int, padding: Padding) -> dict[str, dict]:
    """Compute loss (mean, in nats) and accuracy (in [0, 1]) by task, on at most `limit` dev examples.

    The start and the end of an answer are two targets. All evaluations use the same random examples; the first ones
    would not do, because a dev set of several sources lists them one after the other.
    """
    results = {}
    for task in tasks:
        model = models[task.name].eval()
        loss = right = number = 0
        every = np.random.default_rng(0).permutation(len(task.dev.rows) // task.dev.choices)
        examples = np.sort(every[:limit])
        for start in range(0, len(examples), batch_size):
            batch = example_batch(task.kind, task.dev, examples[start : start + batch_size], padding)
            part, scores, targets = _loss(model, task.kind, *batch)
            asked = targets != IGNORED
            loss += part.item()
            right += int((scores.argmax(-1) == targets)[asked].sum())
            number += int(asked.sum())
        results[task.name] = {"loss": loss / max(1, number), "accuracy": right / max(1, number)}
    return results


def _batches(tasks: list[TrainingTask], settings: Hyperparameters, seed: int, text) -> tuple[Iterator, int]:
    """Return (task, examples) for every step, epoch by epoch, and the number of steps."""
    rng = np.random.default_rng(seed)
    lengths = [example_lengths(task.train) for task in tasks]
    epoch = sum(-(-len(each) // settings.batch_size) for each in lengths)
    limits = (settings.epochs and settings.epochs * epoch, settings.max_steps)
    total = min(limit for limit in limits if limit is not None)

    def endless():
        while True:
            batches = [
                (task, batch)
                for task, each in zip(tasks, lengths, strict=True)
                for batch in shuffled_batches(each, settings.batch_size, rng)
            ]
            yield from (batches[i] for i in rng.permutation(len(batches)))

    batches = (batch for batch, _ in zip(endless(), range(total), strict=False))
    if text:
        masked = text.between(batches, total, settings.batch_size, np.random.default_rng([seed, 1]))
        return masked, total + text.updates(total)
    return batches, total


def _adamw(model: nn.Module, settings: Hyperparameters) -> torch.optim.AdamW:
    """Return AdamW without weight decay of one-dimensional parameters (biases, normalisation layers)."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, settings.learning_rate, eps=1e-8, fused=True)


def _write(log, state: TrainingState, **values) -> None:
    state.log.append(json.dumps({"step": state.step, **values}) + "\n")
    log.write(state.log[-1])
    log.flush()
