"""Probe a tokenizer with a pair of texts: check, before computing anything, that heads and answers can rely on it."""

from pathlib import Path

from tokenizers import Encoding
from transformers import PreTrainedTokenizerFast

from .configuration import read_config
from .errors import ModelError, explained

_QUESTION, _CONTEXT = "who met the red dog ?", "anna and the dog met in a house ."
_WORDS = _CONTEXT.split()
#: A character without a token in any encoder. It must become the unknown token or bytes, and must not vanish.
_RARE = "\N{CUNEIFORM SIGN A}"
#: Largest share of unknown tokens in the probe.
_UNKNOWN = 0.5


def check_pair(folder: str | Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Raise ModelError if the tokenizer does not encode a pair of texts as the heads need it.

    A pair must begin with a special token, have one between its texts, have offsets that cover the second text, and
    have few unknown tokens. Unknown characters must not vanish.
    """
    with explained(folder):
        pair, single, words, rare = _encoded(tokenizer)
    problem = _without_special(pair, single) or _misplaced(pair, words) or _unknown(tokenizer, pair) or _vanished(rare)
    if problem:
        raise ModelError(f"{folder}: the tokenizer encodes a pair of texts as {' '.join(pair.tokens)}: {problem}")


def _encoded(tokenizer: PreTrainedTokenizerFast) -> list[Encoding]:
    """Encode the probe: a pair of texts, its second text alone and as words, and a character that no encoder knows."""
    return [
        tokenizer([(_QUESTION, _CONTEXT)]).encodings[0],
        tokenizer([_CONTEXT]).encodings[0],
        tokenizer([_WORDS], is_split_into_words=True).encodings[0],
        tokenizer(f"a {_RARE} a", add_special_tokens=False).encodings[0],
    ]


def probe_numbers(tokenizer: PreTrainedTokenizerFast) -> set[int]:
    """Return the numbers of all tokens in the probe."""
    return {number for encoding in _encoded(tokenizer) for number in encoding.ids}


def check_embeddings(folder: str | Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Raise ModelError if a token's number, or the type of a pair's second text, has no embedding.

    The mask token may lack one: transformers adds the token to vocabularies without it, and no text is masked here.
    """
    if not (Path(folder) / "config.json").is_file():
        return
    with explained(folder):
        config = read_config(folder).get_text_config()
        (pair,) = tokenizer([(_QUESTION, _CONTEXT)]).encodings
    rows, types = (getattr(config, name, None) or 0 for name in ("vocab_size", "type_vocab_size"))
    used = {token: number for token, number in tokenizer.get_vocab().items() if token != tokenizer.mask_token}
    token, number = max(used.items(), key=lambda entry: entry[1])
    if 0 < rows <= number:
        raise ModelError(
            f"{folder}: the tokenizer gives {token!r} the number {number}, and the embeddings have {rows} rows "
            f"(vocab_size), 0 to {rows - 1}; use the tokenizer that the encoder was trained with, or make the "
            "embeddings longer (resize_token_embeddings, then save_pretrained)"
        )
    if 1 < types <= max(pair.type_ids):
        raise ModelError(
            f"{folder}: the tokenizer gives types up to {max(pair.type_ids)} to a pair of texts, and the encoder knows "
            f"{types} (type_vocab_size)"
        )


def _without_special(pair: Encoding, single: Encoding) -> str:
    sides = pair.sequence_ids
    between = sides[sides.index(0) : sides.index(1)] if {0, 1} <= set(sides) else [0]
    if any(encoding.sequence_ids[:1] != [None] for encoding in (pair, single)) or None not in between:
        return (
            "it must begin with a special token (questions without an answer point at it), and one must stand between "
            "the two texts; correct the post_processor of tokenizer.json"
        )
    return ""


def _misplaced(pair: Encoding, words: Encoding) -> str:
    spans = [span for span, side in zip(pair.offsets, pair.sequence_ids, strict=True) if side == 1]
    covered = {place for start, end in spans for place in range(start, end)}
    wanted = {place for place, character in enumerate(_CONTEXT) if character != " "}
    inside = all(0 <= start <= end <= len(_CONTEXT) for start, end in spans)
    if not inside or not wanted <= covered or spans != sorted(spans):
        return f"its offsets in the second text, {_CONTEXT!r}, are {spans}; they must cover its words in order"
    if {word for word in words.word_ids if word is not None} != set(range(len(_WORDS))):
        return f"of the words {' '.join(_WORDS)} it keeps {words.tokens}; every word needs a token"
    return ""


def _unknown(tokenizer: PreTrainedTokenizerFast, pair: Encoding) -> str:
    asked = [number for number, side in zip(pair.ids, pair.sequence_ids, strict=True) if side is not None]
    unknown = sum(number == tokenizer.unk_token_id for number in asked)
    if unknown > _UNKNOWN * len(asked):
        return f"{unknown} of {len(asked)} tokens of {_QUESTION!r} and {_CONTEXT!r} are unknown; is it the right one?"
    return ""


def _vanished(rare: Encoding) -> str:
    if any(start <= 2 < end for start, end in rare.offsets):
        return ""
    return (
        "a character that it does not know vanishes; the vocabulary needs an unknown token (unk_token in the model of "
        "tokenizer.json), or bytes"
    )
