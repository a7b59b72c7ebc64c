"""Trim an encoder to the embeddings of the tokens in the items of a study.

Most of a multilingual encoder is its table of embeddings. A row of a token that no item has gets no gradient: training
leaves it as it is, but for weight decay, and nothing else depends on it. `vocabulary.restore` gives a trained model all
rows again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import safe_open
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from ..formats.items import read_items
from ..support.files import whole_folder
from . import encoder as enc
from .encoding import Lengths, encode
from .errors import ModelError
from .labels import labels_of
from .positions import first_position
from .reduced_tokenizer import needed_tokens, reduced
from .vocabulary import token_ids


class ItemsFile(NamedTuple):
    """Name an items file, with the kind of its task and the lengths of its rows."""

    path: str
    kind: str
    lengths: Lengths

    def tokens(self, tokenizer: PreTrainedTokenizerFast) -> np.ndarray:
        """Return the numbers of the tokens of all rows, end to end, as training and prediction encode them."""
        items = read_items(self.path)
        features = encode(self.kind, items, tokenizer, self.lengths, labels_of(self.kind, items), self.path)
        return features.rows.ids.astype(np.int64)


def trim(encoder: str | Path, files: Sequence[ItemsFile], output: str | Path) -> tuple[int, int]:
    """Write an encoder that has the embeddings and tokens of some items alone; return the numbers of rows, new and old.

    It can be loaded like any other model folder. Special tokens stay, and one token that no item has: it shows what
    weight decay does to such rows (`restore`). Raises ModelError if the smaller tokenizer cuts a text in another way.
    """
    tokenizer, model = enc.load_tokenizer(encoder), enc.load_encoder(encoder)
    used, digests = set[int](), []
    for file in files:
        tokens = file.tokens(tokenizer)
        used |= set(np.unique(tokens).tolist())
        digests.append(_digest(tokens))
    table = model.get_input_embeddings()
    numbers = _kept(tokenizer, model, used)
    smaller = reduced(tokenizer, numbers)
    _shorten(model, numbers)
    if not _holds_pooler(encoder) and hasattr(model, "pooler"):
        model.pooler = None  # a new one, made when it was loaded: each training makes its own
    sizes = model.config.get_text_config().vocab_size, table.num_embeddings
    with whole_folder(output) as folder:
        enc.save(model, smaller, folder, {"vocabulary": {"rows": sizes[0], "of": sizes[1]}})
        _check(encoder, enc.load_tokenizer(folder), files, numbers, digests)
    return sizes


def _kept(tokenizer: PreTrainedTokenizerFast, model: PreTrainedModel, used: set[int]) -> list[int]:
    """Return the numbers of the tokens that stay, sorted."""
    rows = model.get_input_embeddings().num_embeddings
    first = range(first_position(model))  # the padding token, from whose number positions are counted, stays
    named = {number for number in token_ids(model).values() if 0 <= number < rows}
    needed = needed_tokens(tokenizer, used | named | set(first))
    spare = set(range(min(rows, len(tokenizer)))).difference(needed)
    return sorted([*needed, min(spare)]) if spare else needed


def _shorten(model: PreTrainedModel, numbers: list[int]) -> None:
    """Leave the rows `numbers` in the embeddings of an encoder, and put new numbers into its configuration."""
    table, config = model.get_input_embeddings(), model.config.get_text_config()
    new = {old: place for place, old in enumerate(numbers)}
    weight = table.weight.detach()[[number for number in numbers if number < table.num_embeddings]]
    model.set_input_embeddings(nn.Embedding(*weight.shape, padding_idx=new.get(table.padding_idx), _weight=weight))
    config.update({name: new.get(number) for name, number in token_ids(model).items()} | {"vocab_size": len(weight)})


def _holds_pooler(folder: str | Path) -> bool:
    """Tell whether the weights of a folder have a pooler."""

    def names() -> Iterator[str]:
        for path in Path(folder).glob("*.safetensors"):
            with safe_open(path, framework="pt") as file:
                yield from file.keys()

    return any("pooler" in name for name in names())


def _digest(tokens: np.ndarray) -> str:
    return hashlib.sha256(tokens.tobytes()).hexdigest()


def _check(
    encoder: str | Path,
    tokenizer: PreTrainedTokenizerFast,
    files: Sequence[ItemsFile],
    numbers: list[int],
    digests: list[str],
) -> None:
    """Raise ModelError if a text gets other tokens than those of which `digests` were taken."""
    for file, digest in zip(files, digests, strict=True):
        if _digest(np.array(numbers)[file.tokens(tokenizer)]) != digest:
            raise ModelError(
                f"{encoder}: its tokenizer cannot be reduced, because the texts of {file.path} would be cut in another "
                "way; set vocabulary.trim to none"
            )
