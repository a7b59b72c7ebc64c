"""Give a model that was trained from a trimmed encoder (`trimming.trim`) the embeddings of all tokens again.

Perturbed texts have tokens that the items of a study lack, and training does not wait for them.
"""

from pathlib import Path

import torch
from transformers import PreTrainedModel

from . import encoder as enc
from .errors import ModelError

_CHUNK = 4096  # rows that are compared at once


def token_ids(model: PreTrainedModel) -> dict[str, int]:
    """Return the numbers of tokens in a model's configuration, by key."""
    given = model.config.get_text_config().to_dict()
    return {name: number for name, number in given.items() if name.endswith("_token_id") and isinstance(number, int)}


@torch.no_grad()
def restore(model: PreTrainedModel, folder: str | Path, whole: str | Path) -> None:
    """Give a model that was loaded from a folder the embeddings of all tokens of the whole encoder, under its numbers.

    A row that the model lacks is the encoder's, made smaller by the weight decay of the model's training. A model that
    has all rows stays as it is. Raises ModelError if the encoder lacks a token of the model.
    """
    encoder, trained = enc.load_encoder(whole), model.get_input_embeddings().weight
    table = encoder.get_input_embeddings()
    if len(trained) == table.num_embeddings:
        return
    names = enc.load_tokenizer(folder).convert_ids_to_tokens(range(len(trained)))
    known = enc.load_tokenizer(whole).backend_tokenizer
    numbers = [known.token_to_id(name) for name in names]
    if None in numbers:
        raise ModelError(f"{folder}: was not trained from {whole}, which has no token {names[numbers.index(None)]!r}")
    table.weight *= _decay(trained, table.weight[numbers])
    table.weight[numbers] = trained
    model.set_input_embeddings(table)
    model.config.update(token_ids(encoder) | {"vocab_size": table.num_embeddings})


def _decay(trained: torch.Tensor, before: torch.Tensor) -> float:
    """Return the factor, at most 1, by which weight decay shrank rows without a gradient.

    It is that of the row that changed least in direction. An update moves each number of a row by as much as the
    learning rate, whatever its size, and decay alone leaves the direction.
    """
    best = (float("inf"), 1.0)
    for rows, old in zip(trained.split(_CHUNK), before.split(_CHUNK), strict=True):
        rows, old = rows.double(), old.double()
        size = old.square().sum(1)
        factor = (rows * old).sum(1) / size
        rest = (rows - factor[:, None] * old).norm(dim=1) / size.sqrt()
        rest[size == 0] = float("inf")
        least = int(rest.argmin())
        best = min(best, (rest[least].item(), factor[least].item()))
    return best[1]
