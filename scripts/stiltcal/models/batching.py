"""From features to padded tensors, from a head's output to scores, and the order in which examples are seen.

An *example* is what has one score: a row, or for multiple choice the rows of one item.
"""

from dataclasses import dataclass

import numpy as np
import torch
from transformers import PreTrainedModel
from transformers.modeling_outputs import ModelOutput

from ..tasks.kinds import KINDS
from .encoding import IGNORED, Features, Rows

#: Rows are padded to a multiple of this, so that a row's numbers depend on its own length, not on its neighbours'.
PADDING = 8


@dataclass(frozen=True)
class Padding:
    """What an encoder wants besides token numbers: the padding token, and whether it tells two texts apart."""

    token: int
    types: bool

    @classmethod
    def of(cls, model: PreTrainedModel, pad_token: int) -> "Padding":
        """That of a model, from its configuration and its tokenizer's padding token."""
        return cls(pad_token, (getattr(model.config, "type_vocab_size", None) or 0) > 1)


def padded(rows: Rows, chosen: np.ndarray, padding: Padding) -> dict[str, torch.Tensor]:
    """The model's inputs (chosen, length) for some rows."""
    inside, flat = _places(rows, chosen)
    ids = np.full(inside.shape, padding.token)
    ids[inside] = rows.ids[flat]
    inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(inside.astype(np.int64))}
    if padding.types:
        types = np.zeros(inside.shape, dtype=np.int64)
        types[inside] = rows.types[flat]
        inputs["token_type_ids"] = torch.from_numpy(types)
    return inputs


def example_batch(kind: str, features: Features, examples: np.ndarray, padding: Padding):
    """(inputs, targets) of some examples; multiple choice: inputs (examples, choices, length); tagging: targets
    (examples, length)."""
    choices = features.choices
    chosen = (examples[:, None] * choices + np.arange(choices)).ravel()
    inputs = padded(features.rows, chosen, padding)
    if KINDS[kind].head == "choices":
        inputs = {name: value.unflatten(0, (len(examples), choices)) for name, value in inputs.items()}
    if KINDS[kind].head == "tokens":
        inside, flat = _places(features.rows, chosen)
        targets = np.full(inside.shape, IGNORED)
        targets[inside] = features.targets[flat]
        return inputs, torch.from_numpy(targets)
    return inputs, torch.from_numpy(features.targets[examples])


def target_scores(kind: str, output: ModelOutput, attention_mask: torch.Tensor) -> torch.Tensor:
    """(targets, options): the options' scores for every target of a batch, flattened as `targets.flatten()` is.

    The options of a QA target (start, end) are the tokens of its row; padding is impossible (-inf).
    """
    if KINDS[kind].head == "spans":
        ends = torch.stack([output.start_logits, output.end_logits], dim=1).float()
        return ends.masked_fill(attention_mask[:, None] == 0, -torch.inf).flatten(0, 1)
    return output.logits.float().flatten(0, -2)


def negative_log_likelihood(scores: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Summed over targets that are not IGNORED, in nats, of (targets, options) scores.

    Label smoothing (Szegedy et al. 2016) gives `smoothing` of each target's weight to all its possible options evenly.
    """
    asked = targets != IGNORED
    log_p = torch.log_softmax(scores[asked], dim=-1)
    loss = -log_p.gather(1, targets[asked, None])[:, 0]
    if smoothing:
        possible = log_p > -torch.inf
        even = -torch.where(possible, log_p, 0).sum(1) / possible.sum(1)
        loss = (1 - smoothing) * loss + smoothing * even
    return loss.sum()


def example_lengths(features: Features) -> np.ndarray:
    """Tokens of each example's longest row."""
    return features.rows.lengths.reshape(-1, features.choices).max(axis=1)


def shuffled_batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """All examples once, in random batches of `size` (the last may be smaller).

    A batch goes from short to long, so that its micro-batches need little padding. Batches of similar lengths would
    need less, but published trainings have random ones.
    """
    order = rng.permutation(len(lengths))
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    return [batch[np.argsort(lengths[batch], kind="stable")] for batch in batches]


def _places(rows: Rows, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(chosen, length) mask of the positions inside the rows, and their index into all tokens."""
    lengths = rows.lengths[chosen]
    position = np.arange(-(-lengths.max() // PADDING) * PADDING)
    inside = position < lengths[:, None]
    return inside, (rows.bounds[chosen][:, None] + position)[inside]
