"""Sum up the history of a training in a few rows: mean losses of its updates, and the evaluations on dev items."""

import json
from collections.abc import Sequence
from math import ceil, isfinite

import numpy as np

from ..formats.history import COURSE

#: Most points of the loss curve of a training.
POINTS = 50


def history(losses: np.ndarray, log: Sequence[str], planned: int, kept: int) -> list[dict]:
    """Return the rows of a history, by step, with the columns `COURSE`; a value that there is not is None.

    losses: (updates, 2), of each update its loss in nats, and 1 if it is one of masked language modelling, else 0. Each
    row has the mean of equally many updates, the last one perhaps of fewer: of `planned` / `POINTS`, rounded up. log:
    lines of training.jsonl, of which the evaluations are taken: means over the tasks, at the step of the evaluation.
    kept: the step whose weights were kept; its row has 1 in the column `kept`, the others 0.
    """
    rows: dict[int, dict] = {}
    width = ceil(planned / POINTS)
    for start in range(0, len(losses), width):
        part = losses[start : start + width]
        values = {"loss": _mean(part[part[:, 1] == 0, 0]), "masked_lm_loss": _mean(part[part[:, 1] == 1, 0])}
        rows[start + len(part)] = values
    for line in map(json.loads, log):
        if tasks := line.get("dev"):
            means = {f"dev_{name}": _mean([task[name] for task in tasks.values()]) for name in ("loss", "accuracy")}
            rows.setdefault(line["step"], {}).update(means)
    return [
        dict.fromkeys(COURSE) | values | {"step": step, "kept": int(step == kept)}
        for step, values in sorted(rows.items())
    ]


def _mean(values: Sequence[float] | np.ndarray) -> float | None:
    """Return the mean; None without values, or where a loss is too large for a number."""
    mean = float(np.mean(values, dtype=np.float64)) if len(values) else float("nan")
    return mean if isfinite(mean) else None
