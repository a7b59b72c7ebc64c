"""Turn the work of a job into time and bytes, by measured rates and a declared device."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from .rules import NO_GPU, TORCH, Rule
from .tables import Tables
from .work import Work

_MEASURED_AS = {
    "train_intermediate": "train",
    "train_target": "train",
    "perturb_dev_items": "perturb_items",
    "parse_dev_text": "parse_text",
}


class Device(NamedTuple):
    """A GPU as it is declared: operations a second at its peak, and the share of them that is reached."""

    peak: float
    share: float


#: Declared, not measured: an NVIDIA A100 with bfloat16 (312 Tflop/s by its data sheet), and a usual share of it.
DECLARED = Device(312e12, 0.3)


class Cost(NamedTuple):
    """Of a job: seconds of a core where there is no GPU; with one seconds of a core and of the GPU; bytes written."""

    alone: float
    core: float
    gpu: float
    bytes: float

    def plus(self, other: "Cost") -> "Cost":
        """Return the sum of two costs."""
        return Cost(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


NOTHING = Cost(0, 0, 0, 0)


@dataclass(frozen=True)
class Pricing:
    """Everything that turns work into cost."""

    tables: Tables
    device: Device

    def cost(self, rule: Rule, work: Work, body: float) -> Cost:
        """Return the cost of a job. body: parameters of the encoder's layers.

        A job with torch starts, prepares its rows on a core, and computes: operations / speed of a core x slowdown, or
        on a GPU operations / (peak x share). A GPU is taken for the whole of the job.
        """
        has_torch = rule.name in TORCH
        start = self.tables.seconds("torch" if has_torch else "plain", {"start": 1})
        prepared = start + self.tables.seconds(measured_as(rule.name), work.units)
        computed = self.tables.ideal(work.operations, body) * self.tables.slowdown(body)
        on_gpu = sum(work.operations.values()) / (self.device.peak * self.device.share)
        written = self.tables.written(measured_as(rule.name), work.units)
        has_gpu = has_torch and rule.name not in NO_GPU
        return Cost(prepared + computed, prepared, prepared + on_gpu if has_gpu else 0, written)


def measured_as(rule: str) -> str:
    """Return the name of the rates of a rule: `train` for both trainings, and for dev items those of test items."""
    return _MEASURED_AS.get(rule, rule)


def total(costs: Iterable[Cost]) -> Cost:
    """Return the sum of costs."""
    return reduce(Cost.plus, costs, NOTHING)
