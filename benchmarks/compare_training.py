"""Compare a training step with one of transformers' Trainer: same data, batch size and number of updates.

    python benchmarks/compare_training.py ENCODER ITEMS --maximum 384 --batch 16 --updates 8

ENCODER is a model folder, ITEMS a parquet file of question answering (results/data/squad_v1/train/en.parquet of a
study). Trainer needs accelerate (pip install --no-deps accelerate), which the project does without. The ways: ours as
it is by default, in micro-batches by length; ours with the whole batch at once; Trainer with all rows padded to the
maximum, as transformers' question-answering example does by default; Trainer with dynamic padding; and Trainer with
batches of similar lengths. All have AdamW, one thread, the same windows and no dropout. Prints the CPU time of an
update (the first is not counted), and how many times faster ours is by default. Each way draws its own batches, so that
few updates vary by some per cent.
"""

import argparse
import tempfile
import time

import numpy as np
import torch
from transformers import Trainer, TrainerCallback, TrainingArguments

from stiltcal.models import encoder as enc
from stiltcal.models import training
from stiltcal.models.batching import Padding, example_batch, example_lengths
from stiltcal.models.encoding import Lengths
from stiltcal.models.fitting import TaskData, _read
from stiltcal.models.training import Hyperparameters, TrainingTask


class Clock(TrainerCallback):
    """Notes the CPU time at the end of each update."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_step_end(self, *arguments, **named) -> None:
        """Note the time."""
        self.times.append(time.process_time())


def seconds(times: list[float]) -> float:
    """Mean CPU seconds of an update, without the first."""
    return (times[-1] - times[0]) / (len(times) - 1)


def ours(folder: str, data: tuple, args, micro_batch: int | None) -> float:
    """Train as `models.training.train` does, without its files."""
    head, task = data
    model = enc.load_head(folder, head, 0.0).train()
    settings = Hyperparameters(3e-5, args.batch, micro_batch, max_steps=args.updates, dropout=0.0)
    padding, optimizer = args.padding, training._adamw(model, settings)
    batches, _ = training._batches([task], settings, np.random.default_rng(1))
    times = []
    for _, examples in batches:
        training._gradients(model, task, examples, settings, padding)
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.process_time())
    return seconds(times)


def trainer(folder: str, data: tuple, args, whole: bool, strategy: str) -> float:
    """Train with Trainer. whole: pad all rows to the maximum."""
    head, task = data
    clock, lengths = Clock(), example_lengths(task.train)

    def collate(rows: list[dict]) -> dict[str, torch.Tensor]:
        inputs, targets = example_batch(task.kind, task.train, np.array([row["number"] for row in rows]), args.padding)
        if whole:
            short = args.maximum - inputs["input_ids"].shape[1]
            fill = {"input_ids": args.padding.token}
            inputs = {
                name: torch.nn.functional.pad(value, (0, short), value=fill.get(name, 0))
                for name, value in inputs.items()
            }
        return inputs | {"start_positions": targets[:, 0], "end_positions": targets[:, 1]}

    rows = [{"number": number, "input_ids": range(length)} for number, length in enumerate(lengths)]
    with tempfile.TemporaryDirectory() as output:
        settings = TrainingArguments(
            output,
            use_cpu=True,
            per_device_train_batch_size=args.batch,
            max_steps=args.updates,
            train_sampling_strategy=strategy,
            remove_unused_columns=False,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            seed=1,
        )
        model = enc.load_head(folder, head, 0.0)
        Trainer(model, settings, collate, rows, callbacks=[clock]).train()
    return seconds(clock.times)


def read(args) -> tuple:
    """Return the head and the task, from the items of the file."""
    tokenizer = enc.load_tokenizer(args.encoder)
    lengths = Lengths(args.maximum, args.maximum // 3, 64)
    head, task = _read(TaskData("qa", "qa", [args.items], args.items, lengths), tokenizer)
    args.padding = Padding.of(enc.load_head(args.encoder, head, 0.0), tokenizer.pad_token_id)
    assert isinstance(task, TrainingTask)
    return head, task


def main() -> None:
    """Run all ways and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder")
    parser.add_argument("items")
    for name, value in (("maximum", 384), ("batch", 16), ("updates", 8)):
        parser.add_argument(f"--{name}", type=int, default=value)
    args = parser.parse_args()
    enc.set_threads(1)
    data = read(args)
    found = {
        "ours, by default": ours(args.encoder, data, args, None),
        "ours, the whole batch at once": ours(args.encoder, data, args, args.batch),
        "Trainer, padded to the maximum": trainer(args.encoder, data, args, True, "random"),
        "Trainer, dynamic padding": trainer(args.encoder, data, args, False, "random"),
        "Trainer, batches of similar lengths": trainer(args.encoder, data, args, False, "group_by_length"),
    }
    print(f"{'way':36s} {'s/update':>9s} {'times ours':>10s}")
    for name, value in found.items():
        print(f"{name:36s} {value:9.2f} {value / found['ours, by default']:10.2f}")


if __name__ == "__main__":
    main()
