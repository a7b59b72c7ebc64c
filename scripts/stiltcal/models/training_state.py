"""The state of a training: all that its updates change, and how it turns into tensors and JSON and back."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler

from .determinism import random_state, restore_random_state
from .encoder import device

#: Updates whose mean loss is told while a training runs.
_RECENT = 20


class Best:
    """Keep the weights of the best evaluation on the dev set, by mean accuracy over the tasks."""

    def __init__(self, model: nn.Module, patience: int):
        self.parameters, self.patience = list(model.parameters()), patience
        self.step, self.score, self.waited = 0, -1.0, 0
        self.dev: dict[str, dict] = {}
        self.weights: list[torch.Tensor] = []

    def update(self, step: int, dev: dict[str, dict]) -> bool:
        """Record an evaluation; returns true if patience has run out."""
        score = float(np.mean([values["accuracy"] for values in dev.values()]))
        if score > self.score:
            self.step, self.dev, self.score, self.waited = step, dev, score, 0
            self.weights = [parameter.detach().to("cpu", copy=True) for parameter in self.parameters]
        else:
            self.waited += 1
        return self.waited >= self.patience

    @torch.no_grad()
    def restore(self) -> None:
        """Put the best weights back."""
        for parameter, kept in zip(self.parameters, self.weights, strict=True):
            parameter.copy_(kept)


@dataclass
class TrainingState:
    """Hold all that the updates of a training change.

    step: updates made. It is the position in the data, too, because the batches follow from the seed. losses: of each
    update since the last line about the loss, and 1 if it was one of masked language modelling, else 0. earlier: those
    of the updates before, (updates, 2), on the CPU. log: lines of training.jsonl. finished: no update is left to make.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler
    best: Best
    step: int = 0
    losses: list[torch.Tensor] = field(default_factory=list)
    earlier: torch.Tensor = field(default_factory=lambda: torch.zeros(0, 2))
    log: list[str] = field(default_factory=list)
    finished: bool = False

    def update(self, loss: torch.Tensor, clip: float) -> None:
        """Change the weights by the gradients of a batch, whose norm is clipped, and record its loss."""
        self.step += 1
        self.losses.append(loss)
        nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()

    def all_losses(self) -> torch.Tensor:
        """Return the losses of all updates (updates, 2), on the CPU, as `earlier` has them."""
        return torch.cat([self.earlier, torch.stack(self.losses).cpu()]) if self.losses else self.earlier

    def mean_losses(self) -> dict[str, float]:
        """Return the mean losses of the tasks and of masked language modelling since the last line about the loss.

        The next line begins after it. Raises ValueError if a mean is not finite.
        """
        every = torch.stack(self.losses)
        parts = {"loss": every[every[:, 1] == 0, 0], "masked_lm_loss": every[every[:, 1] == 1, 0]}
        means = {name: part.mean().item() for name, part in parts.items() if len(part)}
        for loss in means.values():
            if not np.isfinite(loss):
                raise ValueError(f"training: the loss is {loss} at step {self.step}; try a lower learning_rate or clip")
        self.earlier, self.losses = self.all_losses(), []
        return means

    def loss_text(self) -> str:
        """Say the mean loss of the tasks in the last updates; "" before the first."""
        recent = self.all_losses()[-_RECENT:]
        tasks = recent[recent[:, 1] == 0, 0]
        return f"loss {tasks.mean():.3f}" if len(tasks) else ""

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return the tensors by name, on the CPU.

        Of a finished training only the best weights and the losses are needed.
        """
        found = {f"best.{number}": weights for number, weights in enumerate(self.best.weights)}
        found |= {f"losses.{number}": loss for number, loss in enumerate(self.losses)}
        found["earlier"] = self.earlier
        if not self.finished:
            found |= {f"model.{name}": value.detach() for name, value in self._weights().items()}
            optimizer = self.optimizer.state_dict()["state"]
            found |= {f"optimizer.{i}.{key}": value for i, values in optimizer.items() for key, value in values.items()}
            found |= {f"random.{name}": value for name, value in random_state().items()}
        return {name: value.cpu().contiguous() for name, value in found.items()}

    def record(self) -> dict:
        """Return all else, fit for JSON."""
        best = {name: getattr(self.best, name) for name in ("step", "score", "waited", "dev")}
        record = {"step": self.step, "log": self.log, "finished": self.finished, "best": best}
        warns_only = torch.is_deterministic_algorithms_warn_only_enabled()
        return record | {"schedule": self.schedule.state_dict(), "warns_only": warns_only}

    @torch.no_grad()
    def restore(self, tensors: dict[str, torch.Tensor], record: dict) -> None:
        """Become the state that `tensors` and `record` describe. The tensors are copied: their file may go away."""
        self.step, self.log, self.finished = record["step"], record["log"], record["finished"]
        vars(self.best).update(record["best"])
        self.best.weights = [value.clone() for value in _numbered(tensors, "best")]
        self.losses = [loss.to(device(), copy=True) for loss in _numbered(tensors, "losses")]
        self.earlier = tensors["earlier"].clone()
        if self.finished:
            return
        for name, value in self._weights().items():
            value.copy_(tensors[f"model.{name}"])
        self.schedule.load_state_dict(record["schedule"])
        self._restore_optimizer(tensors)
        restore_random_state({name: tensors[f"random.{name}"].clone() for name in random_state()})
        if record["warns_only"]:  # an operation without a deterministic algorithm was found (`reproducibly`)
            torch.use_deterministic_algorithms(True, warn_only=True)

    def _weights(self) -> dict[str, torch.Tensor]:
        """Return what a model folder holds: parameters and buffers, each once, though several heads share them."""
        is_saved = self.model.state_dict().keys()
        buffers = {name: value for name, value in self.model.named_buffers() if name in is_saved}
        return dict(self.model.named_parameters()) | buffers

    def _restore_optimizer(self, tensors: dict[str, torch.Tensor]) -> None:
        state: dict[int, dict] = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".")
                state.setdefault(int(number), {})[key] = value.clone()
        rates = self.schedule.get_last_lr()
        groups = self.optimizer.state_dict()["param_groups"]
        groups = [group | {"lr": rate} for group, rate in zip(groups, rates, strict=True)]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})


def _numbered(tensors: dict[str, torch.Tensor], group: str) -> list[torch.Tensor]:
    number = sum(name.startswith(f"{group}.") for name in tensors)
    return [tensors[f"{group}.{i}"] for i in range(number)]
