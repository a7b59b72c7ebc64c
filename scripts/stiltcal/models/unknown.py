"""Count the tokens of texts that an encoder's vocabulary does not know: each stands for whatever was there."""

import numpy as np
from transformers import PreTrainedTokenizerFast


def unknown_tokens(
    ids: np.ndarray, lengths: np.ndarray, asked: np.ndarray, pairs: bool, tokenizer: PreTrainedTokenizerFast
) -> dict[str, int]:
    """`tokens`: how many tokens of texts are in the rows that are `asked`; `unknown_tokens`: how many of them are the
    unknown token. A token in several windows counts in each; special tokens do not count.

    `ids`: the token numbers of all rows, end to end; `lengths` and `asked`: (rows,); `pairs`: true if a row holds two
    texts.
    """
    special = tokenizer.num_special_tokens_to_add(pair=pairs) * int(asked.sum())
    unknown = -1 if tokenizer.unk_token_id is None else tokenizer.unk_token_id
    found = np.count_nonzero((ids == unknown) & np.repeat(asked, lengths))
    return {"tokens": int(lengths[asked].sum()) - special, "unknown_tokens": int(found)}
