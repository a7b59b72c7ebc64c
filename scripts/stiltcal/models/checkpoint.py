"""Checkpoints: what a training needs to go on after it was killed, in one file that is replaced as a whole."""

import json
import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ..support.files import disk_full
from .interruption import noted_signals
from .training_state import TrainingState


@dataclass(frozen=True)
class Checkpoint:
    """Name the checkpoint of a training.

    path: the file. made_from: digests of all that the training depends on, by part; a checkpoint of other digests is
    never used. minutes: time from one checkpoint to the next. keeps_end: write one at the end of the training, too, for
    a job that trains more models: Snakemake deletes the finished models of a job that fails.
    """

    path: Path
    made_from: Mapping[str, str]
    minutes: float
    keeps_end: bool = False

    @classmethod
    def beside(cls, output: str | Path, made_from: Mapping[str, str], minutes: float, keeps_end: bool) -> "Checkpoint":
        """Name the checkpoint of the model folder `output`: a hidden file beside it.

        There it is no output of a rule, so that Snakemake leaves it when the job fails; the next job finds it by the
        model's name; and it is on the disk of the model, and goes with it where someone deletes all models.
        """
        output = Path(output)
        return cls(output.with_name(f".{output.name}.checkpoint.safetensors"), made_from, minutes, keeps_end)

    def read(self, state: TrainingState) -> None:
        """Restore the state of the training from the file. A file that cannot be used is ignored, with a line."""
        if not self.path.exists():
            return
        try:
            with safe_open(self.path, framework="pt") as file:
                metadata = file.metadata() or {}
                known = json.loads(metadata.get("made_from", "{}"))
                if different := [name for name, value in self.made_from.items() if known.get(name) != value]:
                    print(f"{self.path}: ignored; the checkpoint is of another training ({', '.join(different)})")
                    return
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                if metadata.get("checksum") != _checksum(tensors, metadata.get("record", "")):
                    print(f"{self.path}: ignored; the checkpoint is incomplete or damaged (another checksum)")
                    return
                state.restore(tensors, json.loads(metadata["record"]))
        except (SafetensorError, OSError, json.JSONDecodeError) as error:
            print(f"{self.path}: ignored; the checkpoint is incomplete or damaged ({error})")
            return
        print(f"{self.path}: the training goes on after step {state.step}")

    def write(self, state: TrainingState) -> None:
        """Write the file. Where the disk is full, the one before stays, with a line."""
        partial = self.path.with_name(f"{self.path.name}.part")
        tensors, record = state.tensors(), json.dumps(state.record())
        metadata = {"made_from": json.dumps(dict(self.made_from)), "record": record}
        metadata["checksum"] = _checksum(tensors, record)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            save_file(tensors, partial, metadata)
            _flush_to_disk(partial)
            partial.replace(self.path)
        except (SafetensorError, OSError) as error:
            partial.unlink(missing_ok=True)
            if not disk_full(error):
                raise
            print(f"warning: {self.path}: no checkpoint, the disk is full; the training goes on without a new one")

    def remove(self) -> None:
        """Remove the file, and what a killed job left of it."""
        for path in (self.path, self.path.with_name(f"{self.path.name}.part")):
            path.unlink(missing_ok=True)


@contextmanager
def resumed(state: TrainingState, checkpoint: Checkpoint) -> Iterator[Callable[[], None]]:
    """Restore the state from its checkpoint; yield a function to be called after each update.

    It writes a checkpoint if one is due. After SIGTERM or SIGINT it writes one and raises SystemExit (128 and the
    number of the signal).
    """
    checkpoint.read(state)
    with noted_signals() as noted:
        last = time.monotonic()

        def save_if_due() -> None:
            nonlocal last
            is_due = time.monotonic() - last >= 60 * checkpoint.minutes and not state.finished
            if noted or is_due or (state.finished and checkpoint.keeps_end):
                checkpoint.write(state)
                last = time.monotonic()
            if noted:
                print(f"signal {noted[0]}: the training stops after step {state.step}; run again, and it goes on")
                raise SystemExit(128 + noted[0])

        yield save_if_due
        if noted:  # after the last update
            save_if_due()


def _checksum(tensors: Mapping[str, torch.Tensor], record: str) -> str:
    """Return the CRC-32 of all that is restored: of several GB it takes a few seconds."""
    value = zlib.crc32(record.encode())
    for name in sorted(tensors):
        value = zlib.crc32(tensors[name].detach().flatten().view(torch.uint8).numpy(), value)
    return f"{value:08x}"


def _flush_to_disk(path: Path) -> None:
    """Wait until a file is on the disk: a rename may be there before the contents are."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
