"""Compare loss curves and final scores with those of transformers' Trainer, for a task of each head.

    PYTHONPATH=scripts python benchmarks/compare_losses.py ENCODER DATA [--tasks mnli csqa panx squad_v1] [--updates 40]

ENCODER is a model folder, DATA the items of a finished study (results/real_small/data). Trainer needs accelerate
(pip install --no-deps accelerate), which the project does without. Both train the same weights on the same examples in
the same order, with the same hyper-parameters and without dropout, once for each seed; the seed gives the head and the
order. Trainer takes the loss that transformers' model computes, and its own optimizer and schedule.

Prints for each task the largest difference of the two losses of an update, the losses on dev items and the accuracies
(means over the seeds) after training, the largest difference of these between the two ways, and their spread: the
standard deviation over the seeds. Both are evaluated by the same function.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel, Trainer, TrainingArguments

from stiltcal.models import encoder as enc
from stiltcal.models import training
from stiltcal.models.batching import Padding, example_batch
from stiltcal.models.checkpoint import Checkpoint
from stiltcal.models.determinism import set_seed
from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import TaskData, _read
from stiltcal.models.training import Hyperparameters, TrainingTask
from stiltcal.tasks.kinds import KINDS

#: Tasks of the four heads.
TASKS = {"mnli": "classification", "csqa": "multiple_choice", "panx": "tagging", "squad_v1": "qa"}
DEV = 100


class InOrder(Trainer):
    """Trainer on batches that are drawn already; notes the loss of each update."""

    def __init__(self, *arguments, **named) -> None:
        super().__init__(*arguments, **named)
        self.losses: list[float] = []

    def get_train_dataloader(self) -> Iterator:
        """Return the batches as they are."""
        return torch.utils.data.DataLoader(self.train_dataset, batch_size=None, shuffle=False)

    def training_step(self, *arguments, **named) -> torch.Tensor:
        """Compute a step, and note its loss."""
        loss = super().training_step(*arguments, **named)
        self.losses.append(float(loss))
        return loss


def batches(task: TrainingTask, settings: Hyperparameters, padding: Padding, seed: int) -> list[dict]:
    """Return the inputs of all updates, in our order, with targets under the names of transformers."""
    found = []
    for _, examples in training._batches([task], settings, seed, None)[0]:
        inputs, targets = example_batch(task.kind, task.train, examples, padding)
        if KINDS[task.kind].head == "spans":
            found.append(inputs | {"start_positions": targets[:, 0], "end_positions": targets[:, 1]})
        else:
            found.append(inputs | {"labels": targets})
    return found


def by_trainer(model: PreTrainedModel, asked: list[dict], settings: Hyperparameters, folder: Path) -> list[float]:
    """Train the model with Trainer, and return the losses."""
    arguments = TrainingArguments(
        str(folder),
        use_cpu=True,
        max_steps=len(asked),
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.clip,
        warmup_steps=int(settings.warmup * len(asked)),
        lr_scheduler_type="linear",
        remove_unused_columns=False,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        logging_strategy="no",
    )
    trainer = InOrder(model, arguments, train_dataset=asked)
    trainer.train()
    return trainer.losses


def by_us(model, task: TrainingTask, settings: Hyperparameters, padding: Padding, seed: int, folder: Path):
    """Train the model as `models.fitting.fit` does, and return the losses."""
    checkpoint = Checkpoint(folder / "checkpoint", {}, minutes=600)
    log = folder / "training.jsonl"
    _, rows = training.train({task.name: model}, [task], settings, padding, seed, log, checkpoint)
    return [row["loss"] for row in rows]


def once(encoder: str, head: enc.Head, task: TrainingTask, settings: Hyperparameters, seed: int) -> list[list[float]]:
    """Return for both ways the losses of all updates, then loss and accuracy on dev items."""
    tokenizer, found = enc.load_tokenizer(encoder), []
    for way in ("us", "trainer"):
        set_seed(seed)
        model = enc.load_head(encoder, head, settings.dropout)
        padding = Padding.of(model, tokenizer.pad_token_id)
        with tempfile.TemporaryDirectory() as folder:
            if way == "us":
                losses = by_us(model, task, settings, padding, seed, Path(folder))
            else:
                losses = by_trainer(model, batches(task, settings, padding, seed), settings, Path(folder))
        dev = training.evaluate({task.name: model}, [task], DEV, settings.batch_size, padding)[task.name]
        found.append([*losses, dev["loss"], dev["accuracy"]])
    return found


def main() -> None:
    """Compare all tasks, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder")
    parser.add_argument("data", type=Path)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    for name, value in (("updates", 40), ("batch", 8), ("maximum", 128), ("seeds", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    enc.set_threads(1)
    settings = Hyperparameters(1e-4, options.batch, max_steps=options.updates, dropout=0.0)
    lengths = Lengths(options.maximum, options.maximum // 3, 32)
    print(f"{'task':9} {'losses':>9} {'dev loss, ours':>15} {'Trainer':>8} {'apart':>8} {'spread':>7}", end="")
    print(f" {'accuracy, ours':>15} {'Trainer':>8} {'apart':>8} {'spread':>7}")
    for name in options.tasks:
        data = options.data / name
        asked = TaskData(name, TASKS[name], [str(data / "train/en.parquet")], str(data / "dev/en.parquet"), lengths)
        head, task = _read(asked, enc.load_tokenizer(options.encoder))
        runs = [once(options.encoder, head, task, settings, seed) for seed in range(1, options.seeds + 1)]
        both = np.array(runs)  # (seeds, 2, updates + 2)
        apart = np.abs(both[:, 0] - both[:, 1]).max(axis=0)
        line = f"{name:9} {apart[:-2].max():9.1e}"
        for place, width in ((-2, 15), (-1, 15)):
            ours, theirs = both[:, :, place].mean(axis=0)
            line += f" {ours:{width}.4f} {theirs:8.4f} {apart[place]:8.1e} {both[:, 0, place].std(ddof=1):7.4f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
