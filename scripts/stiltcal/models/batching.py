"""Pad features to tensors, turn outputs of heads into scores and losses, and draw batches of examples.

An *example* is a row, or for multiple choice all rows of an item.
"""

from dataclasses import dataclass

import numpy as np
import torch
from transformers import PreTrainedModel
from transformers.modeling_outputs import ModelOutput

from ..formats.encoders import NUMBERS_AT_ONCE
from ..tasks.kinds import KINDS
from .encoder import device
from .encoding import IGNORED, Features, Rows
from .positions import longest_row

#: Rows are padded to a multiple of this length, so that a row's outputs depend on its own length alone.
PADDING = 8
#: Stands for the kind of a task where masked tokens are predicted.
MASKED_LM = "masked_lm"


@dataclass(frozen=True)
class Padding:
    """Say how an encoder's inputs are padded.

    token: the number of the padding token. types: true if the encoder has embeddings for the two texts of a pair.
    longest: the most tokens of a row that the encoder reads; None: rows of any length.
    """

    token: int
    types: bool
    longest: int | None = None

    def length(self, longest: int) -> int:
        """Return the padded length of rows, by the tokens of the longest one."""
        rounded = -(-longest // PADDING) * PADDING
        return rounded if self.longest is None else max(longest, min(rounded, self.longest))

    @classmethod
    def of(cls, model: PreTrainedModel, pad_token: int) -> "Padding":
        """Read the padding of a model from its configuration and its tokenizer's padding token."""
        return cls(pad_token, (getattr(model.config, "type_vocab_size", None) or 0) > 1, longest_row(model))


def padded(rows: Rows, chosen: np.ndarray, padding: Padding) -> dict[str, torch.Tensor]:
    """Pad the chosen rows to inputs of a model, (chosen, length) each.

    length: of the longest chosen row, rounded up to a multiple of PADDING, but not above what the encoder reads.
    """
    inside, flat = _places(rows, chosen, padding)
    ids = np.full(inside.shape, padding.token)
    ids[inside] = rows.ids[flat]
    inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(inside.astype(np.int64))}
    if padding.types:
        types = np.zeros(inside.shape, dtype=np.int64)
        types[inside] = rows.types[flat]
        inputs["token_type_ids"] = torch.from_numpy(types)
    return inputs


def example_batch(kind: str, features: Features, examples: np.ndarray, padding: Padding):
    """Return (inputs, targets) of some examples.

    inputs: (examples, length); for multiple choice (examples, choices, length). targets: (examples,); for question
    answering (examples, 2), for tagging (examples, length).
    """
    choices, gold = features.choices, features.targets
    assert gold is not None  # an encoder without a head is not trained
    chosen = (examples[:, None] * choices + np.arange(choices)).ravel()
    inputs = padded(features.rows, chosen, padding)
    if KINDS[kind].head == "choices":
        inputs = {name: value.unflatten(0, (len(examples), choices)) for name, value in inputs.items()}
    if KINDS[kind].head == "tokens":
        inside, flat = _places(features.rows, chosen, padding)
        targets = np.full(inside.shape, IGNORED)
        targets[inside] = gold[flat]
        return inputs, torch.from_numpy(targets)
    return inputs, torch.from_numpy(gold[examples])


def target_scores(kind: str, output: ModelOutput, attention_mask: torch.Tensor) -> torch.Tensor:
    """Return scores (targets, options) of every target of a batch, in the order of `targets.flatten()`.

    In question answering the targets are start and end, and the options are the tokens of the row; padding tokens
    score -inf. In masked language modelling the options are the vocabulary.
    """
    if kind != MASKED_LM and KINDS[kind].head == "spans":
        ends = torch.stack([output.start_logits, output.end_logits], dim=1).float()
        return ends.masked_fill(attention_mask[:, None] == 0, -torch.inf).flatten(0, 1)
    return output.logits.float().flatten(0, -2)


def negative_log_likelihood(scores: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Sum the negative log likelihood, in nats, over the targets that are not IGNORED.

    scores: (targets, options). Label smoothing (Szegedy et al. 2016) spreads the share `smoothing` of each target's
    weight evenly over its options with finite scores.
    """
    asked = targets != IGNORED
    log_p = torch.log_softmax(scores[asked], dim=-1)
    loss = -log_p.gather(1, targets[asked, None])[:, 0]
    if smoothing:
        possible = log_p > -torch.inf
        even = -torch.where(possible, log_p, 0).sum(1) / possible.sum(1)
        loss = (1 - smoothing) * loss + smoothing * even
    return loss.sum()


def example_lengths(features: Features, examples: np.ndarray | slice = slice(None)) -> np.ndarray:
    """Return the number of tokens of the longest row of each example, or of some examples, (examples,)."""
    return features.rows.lengths.reshape(-1, features.choices)[examples].max(axis=1)


def shuffled_batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw random batches of `size` examples that hold every example once; the last batch may be smaller.

    Each batch is sorted by length, so that its micro-batches need little padding. Batches of similar lengths would need
    less padding still, but published trainings use random batches.
    """
    order = rng.permutation(len(lengths))
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    return [batch[np.argsort(lengths[batch], kind="stable")] for batch in batches]


def micro_batches(examples: np.ndarray, lengths: np.ndarray, size: int | None, width: int) -> list[np.ndarray]:
    """Split a batch into runs of examples that are computed at once.

    lengths: tokens of each example, in the order of `examples`; runs need least padding if it rises. size: examples of
    a run; None: all of them on a GPU, and on a CPU as many as stay in its cache. width: of the encoder's hidden states.
    """
    if size or device().type != "cpu":
        size = size or len(examples)
        return [examples[start : start + size] for start in range(0, len(examples), size)]
    runs, start, longest = [], 0, 0
    for place, length in enumerate(-(-lengths // PADDING) * PADDING):
        longest = max(longest, length)
        if place > start and (place + 1 - start) * longest * width > NUMBERS_AT_ONCE:
            runs.append(examples[start:place])
            start, longest = place, length
    return [*runs, examples[start:]]


def _places(rows: Rows, chosen: np.ndarray, padding: Padding) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask (chosen, length) of the positions inside the rows, and their indices into all tokens."""
    lengths = rows.lengths[chosen]
    position = np.arange(padding.length(int(lengths.max())))
    inside = position < lengths[:, None]
    return inside, (rows.bounds[chosen][:, None] + position)[inside]
