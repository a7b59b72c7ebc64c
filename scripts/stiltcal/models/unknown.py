"""Count the tokens of texts, and those that are unknown to the encoder's vocabulary."""

import numpy as np
from transformers import PreTrainedTokenizerFast


def unknown_tokens(
    ids: np.ndarray, lengths: np.ndarray, asked: np.ndarray, pairs: bool, tokenizer: PreTrainedTokenizerFast
) -> dict[str, int]:
    """Return `tokens`, the number of tokens in the rows that are `asked`, and `unknown_tokens` among them.

    A token in several windows counts in each; special tokens do not count. ids: token numbers of all rows, end to end.
    lengths: (rows,) tokens of each row. asked: (rows,) true for rows to count. pairs: true if a row holds two texts.
    """
    special = tokenizer.num_special_tokens_to_add(pair=pairs) * int(asked.sum())
    unknown = -1 if tokenizer.unk_token_id is None else tokenizer.unk_token_id
    found = np.count_nonzero((ids == unknown) & np.repeat(asked, lengths))
    return {"tokens": int(lengths[asked].sum()) - special, "unknown_tokens": int(found)}
