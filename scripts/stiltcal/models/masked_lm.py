"""Masked language modelling between the updates of a task: text as blocks of tokens, masking, and the head.

The recipe is XLM-R's (Conneau et al. 2020, arXiv 1911.02116): 15 % of the tokens are predicted; of these 80 % are
hidden, 10 % replaced by a random token and 10 % left as they are. Text runs on through blocks of one length. A block is
of a language with a probability in proportion to the language's number of blocks to the power of 0.3.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
from torch import nn
from transformers import DataCollatorForLanguageModeling, PreTrainedModel, PreTrainedTokenizerFast

from .batching import MASKED_LM, Padding, padded
from .encoding import IGNORED, Rows
from .errors import ModelError

#: Share of the tokens that are predicted, and exponent of the languages' shares.
RATE, EXPONENT = 0.15, 0.3
_CHUNK = 4096  # paragraphs tokenised in one call, as in `encoding`


def check_mask(folder: str | Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Raise ModelError if the tokenizer of a model folder has no mask token."""
    if tokenizer.mask_token_id is None:
        raise ModelError(
            f"{folder}: the tokenizer has no mask token, which masked language modelling needs; name it in "
            "tokenizer_config.json (mask_token), or leave out `+mlm`"
        )


@dataclass(frozen=True)
class MaskedText:
    """Blocks of text, from which batches are drawn: a training task without dev examples.

    blocks: of all languages, one after the other. languages: the number of blocks of each. share: of masked-LM updates
    among all updates, in (0, 1). masking: masks tokens with its `generator`. special: tokens that are never predicted.
    """

    blocks: Rows
    languages: Mapping[str, int]
    share: float
    masking: DataCollatorForLanguageModeling
    special: Sequence[int]
    name: str = "masked-lm"
    kind: str = MASKED_LM

    @classmethod
    def of(
        cls, files: Mapping[str, str], tokenizer: PreTrainedTokenizerFast, length: int, share: float
    ) -> "MaskedText":
        """Encode files of text (a column `text`) by language. Raises ValueError if a file has no text."""
        rows = {language: _blocks(path, tokenizer, length) for language, path in files.items()}
        lengths = [len(block) for blocks in rows.values() for block in blocks]
        ids = np.concatenate([block for blocks in rows.values() for block in blocks])
        blocks = Rows(ids, np.zeros(len(ids), dtype=np.int8), np.cumsum([0, *lengths]))
        masking = DataCollatorForLanguageModeling(tokenizer, mlm_probability=RATE, return_tensors="np")
        numbers = {language: len(blocks) for language, blocks in rows.items()}
        special = {number for number, token in tokenizer.added_tokens_decoder.items() if token.special}
        return cls(blocks, numbers, share, masking, sorted(special | {*tokenizer.all_special_ids}))

    def updates(self, task_updates: int) -> int:
        """Return the number of updates that come on top of a number of the task's, by the share."""
        return max(1, round(task_updates * self.share / (1 - self.share)))

    def between(self, batches: Iterator, total: int, size: int, rng: np.random.Generator) -> Iterator:
        """Yield `total` batches of the task with those of the text spread evenly between them.

        A batch is (task, examples). An example of text is (block, seed of its mask), so that batches can be cut.
        """
        drawn, done, every = self._drawn(rng), 0, self.updates(total)
        for number, batch in enumerate(batches, start=1):
            yield batch
            while done < every * number // total:
                done += 1
                yield self, np.array([next(drawn) for _ in range(size)], dtype=np.int64)

    def _drawn(self, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
        """Draw blocks without end; of a language each block once before any comes again."""
        numbers = np.array(list(self.languages.values()))
        starts, weights = np.cumsum([0, *numbers[:-1]]), numbers**EXPONENT
        orders: list[list[int]] = [[] for _ in numbers]
        while True:
            language = rng.choice(len(numbers), p=weights / weights.sum())
            if not orders[language]:
                orders[language] = list(starts[language] + rng.permutation(numbers[language]))
            yield orders[language].pop(), int(rng.integers(2**62))

    def batch(self, examples: np.ndarray, padding: Padding) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Return the inputs (examples, length) of a batch with masks, and the targets, the tokens that are asked for.

        `chosen` among the inputs says where these are.
        """
        inputs = padded(self.blocks, examples[:, 0], padding)
        ids = inputs["input_ids"].numpy()
        special = np.isin(ids, self.special)
        targets = np.empty_like(ids)
        for row, (_, seed) in enumerate(examples):
            self.masking.generator = np.random.default_rng(seed)
            masked = self.masking.numpy_mask_tokens(ids[row : row + 1].copy(), special[row : row + 1])
            ids[row], targets[row] = masked[0][0], masked[1][0]
        chosen = targets != IGNORED
        return inputs | {"chosen": torch.from_numpy(chosen)}, torch.from_numpy(targets[chosen])

    def lengths(self, examples: np.ndarray) -> np.ndarray:
        """Return the tokens of each block of a batch."""
        return self.blocks.lengths[examples[:, 0]]


class MaskedTokens(nn.Module):
    """A masked-LM model that scores the chosen tokens alone: the scores of all tokens of a batch may take gigabytes."""

    def __init__(self, model: PreTrainedModel):
        super().__init__()
        self.model = model
        self.config = model.config

    def forward(self, chosen: torch.Tensor, **inputs):
        """Return the model's output, with `logits` (chosen tokens, vocabulary). chosen: mask (rows, length)."""

        def choose(module, arguments, output):
            output.last_hidden_state = output.last_hidden_state[chosen][None]
            return output

        hook = self.model.base_model.register_forward_hook(choose)
        try:
            output = self.model(**inputs)
        finally:
            hook.remove()
        output.logits = output.logits[0]
        return output


def _blocks(path: str, tokenizer: PreTrainedTokenizerFast, length: int) -> list[np.ndarray]:
    """Return blocks of at most `length` tokens: the paragraphs one after the other, each block with special tokens."""
    texts = pq.read_table(path, columns=["text"])["text"].to_pylist()
    (pattern,) = tokenizer(["a"]).encodings
    inside = [place for place, side in enumerate(pattern.sequence_ids) if side is not None]
    before, after = pattern.ids[: inside[0]], pattern.ids[inside[-1] + 1 :]
    paragraphs = []
    for start in range(0, len(texts), _CHUNK):
        for encoding in tokenizer(texts[start : start + _CHUNK], add_special_tokens=False).encodings:
            paragraphs.append(np.array([*encoding.ids, *after[-1:]] if encoding.ids else [], dtype=np.int32))
    ids = np.concatenate(paragraphs) if paragraphs else np.zeros(0, dtype=np.int32)
    if not len(ids):
        raise ValueError(f"{path}: has no text")
    size = length - len(before) - len(after)
    return [np.array([*before, *ids[at : at + size], *after], dtype=np.int32) for at in range(0, len(ids), size)]
