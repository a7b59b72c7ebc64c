"""Compute a model's outputs for many rows; equal rows are computed once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel

from ..tasks.kinds import KINDS
from .batching import PADDING, Padding, padded
from .encoder import device
from .encoding import Rows
from .scratch import room

_BATCH_TOKENS = {"cpu": 2048, "cuda": 32768}
#: Matrix products with fewer rows add in another order, which changes the last bits.
_FEWEST_ROWS = 4

#: Maps a model and its inputs (rows, length) to float scores or vectors (rows, positions, width).
Forward = Callable[[PreTrainedModel, dict[str, torch.Tensor]], torch.Tensor]

#: Is told how much more is done.
Tell = Callable[[float], object]


def no_one(done: float) -> None:
    """Be told, and do nothing."""


@dataclass(frozen=True)
class Outputs:
    """Hold a model's outputs: `values` (all positions, width), and `starts` (rows,), each row's first position there.

    Equal rows share their values.
    """

    values: np.ndarray
    starts: np.ndarray

    def row(self, number: int, length: int) -> np.ndarray:
        """Return the values (length, width) of one row."""
        return self.values[self.starts[number] : self.starts[number] + length]


def head_scores(kind: str) -> Forward:
    """Return the function that computes the scores of a kind of task.

    It gives one position a row, with a score for each label (multiple choice: the score of the row's choice), or one
    position a token, with a score for each label (tagging) or for start and end (qa).
    """
    head = KINDS[kind].head

    def forward(model, inputs):
        if head == "choices":
            return model(**{name: value[:, None] for name, value in inputs.items()}).logits[:, None]
        output = model(**inputs)
        if head == "spans":
            return torch.stack([output.start_logits, output.end_logits], dim=-1)
        return output.logits if head == "tokens" else output.logits[:, None]

    return forward


def sentence_vectors(layer: int) -> Forward:
    """Return the function that computes L2-normalised sentence vectors, one position a row.

    A vector is the mean over the tokens of the hidden states after `layer` (0: the embeddings; negative: counted from
    the end). The returned function raises ValueError if the model has no such layer.
    """

    def forward(model, inputs):
        states = model(**inputs, output_hidden_states=True).hidden_states
        if not -len(states) <= layer < len(states):
            raise ValueError(
                f"retrieval_layer: found {layer}; this encoder has 0 (the embeddings) to {len(states) - 1}, and "
                "negative numbers from the end"
            )
        hidden = states[layer]
        mask = inputs["attention_mask"][..., None]
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(mean, dim=-1)[:, None]

    return forward


@torch.inference_mode()
def compute(
    model: PreTrainedModel,
    forward: Forward,
    parts: Sequence[Rows],
    padding: Padding,
    tell: Tell = no_one,
    scratch: str | Path | None = None,
) -> list[Outputs]:
    """Compute the outputs of each part's rows; rows that are equal, in one part or in several, are computed once.

    tell: is called after each batch with the share of all tokens that it had. scratch: folder of large outputs
    (`scratch.room`).
    """
    rows, number = _unique(parts)
    values, starts = np.empty((0, 1)), np.zeros(0, dtype=np.int64)
    where = device()
    torch.set_float32_matmul_precision("high")  # for GPUs; bfloat16 would leave confidences two or three digits
    model = model.eval().to(where)
    for chosen in _batches(rows.lengths, _BATCH_TOKENS[where.type]):
        filled = np.pad(chosen, (0, max(0, _FEWEST_ROWS - len(chosen))), mode="edge")
        inputs = {name: value.to(where) for name, value in padded(rows, filled, padding).items()}
        scores = forward(model, inputs).cpu().numpy()
        if not len(values):
            bounds = rows.bounds if scores.shape[1] > 1 else np.arange(len(rows) + 1)
            values, starts = room((int(bounds[-1]), scores.shape[2]), scores.dtype, scratch), bounds[:-1]
        for row, score in zip(chosen, scores[: len(chosen)], strict=True):
            kept = score[: rows.lengths[row]]
            values[starts[row] : starts[row] + len(kept)] = kept
        tell(rows.lengths[chosen].sum() / rows.lengths.sum())
    ends = np.cumsum([len(part) for part in parts])
    return [Outputs(values, part) for part in np.split(starts[number], ends[:-1])]


def _unique(parts: Sequence[Rows]) -> tuple[Rows, np.ndarray]:
    """Return the distinct rows, and for each row of all parts its number among them."""
    numbers, ids, types = [], [], []
    seen: dict[bytes, int] = {}
    for part in parts:
        for start, end in zip(part.bounds[:-1], part.bounds[1:], strict=True):
            content = (part.ids[start:end], part.types[start:end])
            key = content[0].tobytes() + content[1].tobytes()
            if key not in seen:
                seen[key] = len(seen)
                ids.append(content[0])
                types.append(content[1])
            numbers.append(seen[key])
    bounds = np.cumsum([0] + [len(row) for row in ids])
    empty = np.zeros(0, dtype=np.int32)
    rows = Rows(np.concatenate(ids or [empty]), np.concatenate(types or [empty]), bounds)
    return rows, np.array(numbers, dtype=np.int64)


def _batches(lengths: np.ndarray, tokens: int) -> Iterator[np.ndarray]:
    """Yield batches of rows with the same padded length, so that no row's padding depends on another row."""
    padded_length = -(-lengths // PADDING) * PADDING
    for length in np.unique(padded_length):
        alike = np.flatnonzero(padded_length == length)
        size = max(_FEWEST_ROWS, tokens // int(length))
        yield from (alike[i : i + size] for i in range(0, len(alike), size))
