"""Reduce a tokenizer to some of its tokens, so that it cuts texts of these tokens as before.

Of each algorithm a part of the vocabulary gives the same cuts of the same texts:
- WordPiece takes the longest token that fits, and WordLevel whole words: the tokens in the texts are enough.
- Unigram takes the most probable sequence. Fewer tokens leave fewer sequences, the best one among them. The least
  probable token is kept, because unknown characters count as less probable than it.
- BPE merges neighbours: the parts that a token is merged from are kept, too.
"""

import json
import re
from collections.abc import Iterable, Mapping

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import ByteLevel
from transformers import PreTrainedTokenizerFast

from .probe import probe_numbers

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")


def needed_tokens(tokenizer: PreTrainedTokenizerFast, used: Iterable[int]) -> list[int]:
    """Return the numbers of the tokens without which texts would be cut in another way, sorted.

    used: numbers of the tokens in the texts. Special and added tokens, and those of the probe, come with them.
    """
    content = json.loads(tokenizer.backend_tokenizer.to_str())
    special = [*tokenizer.all_special_ids, *(token["id"] for token in content["added_tokens"])]
    needed = {*used, *special, *probe_numbers(tokenizer), *_always(content)}
    return sorted(needed | _parts(content["model"], needed))


def _always(content: Mapping) -> set[int]:
    """Return tokens that any text may need: the unknown one, the least probable one, and those of bytes."""
    model = content["model"]
    if model["type"] == "Unigram":
        scores = [score for _, score in model["vocab"]]
        tokens = {token: number for number, (token, _) in enumerate(model["vocab"])}
        always = {scores.index(min(scores))} | ({model["unk_id"]} - {None})
    else:
        tokens = model["vocab"]
        always = {tokens[name] for name in [model.get("unk_token")] if name in tokens}
    if model.get("byte_fallback"):
        always |= {number for token, number in tokens.items() if _BYTE.fullmatch(token)}
    if '"ByteLevel"' in json.dumps([content["normalizer"], content["pre_tokenizer"]]):
        always |= {tokens[byte] for byte in ByteLevel.alphabet() if byte in tokens}
    return always


def _merged(model: Mapping, pair: tuple[str, str]) -> str:
    return pair[0] + pair[1].removeprefix(model.get("continuing_subword_prefix") or "")


def _parts(model: Mapping, numbers: Iterable[int]) -> set[int]:
    """Return all tokens from which BPE merges some tokens, step by step; nothing for other algorithms."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for left, right in model.get("merges", []):
        pairs.setdefault(_merged(model, (left, right)), []).append((left, right))
    names = {number: token for token, number in model["vocab"].items()} if pairs else {}
    waiting = [names[number] for number in numbers if number in names]
    found: set[str] = set()
    while waiting:
        new = {part for pair in pairs.get(waiting.pop(), []) for part in pair} - found
        found |= new
        waiting += new
    return {model["vocab"][token] for token in found}


def reduced(tokenizer: PreTrainedTokenizerFast, numbers: list[int]) -> PreTrainedTokenizerFast:
    """Return a tokenizer that has the tokens `numbers` alone, sorted; a token's new number is its place among them."""
    content = json.loads(tokenizer.backend_tokenizer.to_str())
    new = {old: place for place, old in enumerate(numbers)}
    model = content["model"]
    if model["type"] == "Unigram":
        kept = [number for number in numbers if number < len(model["vocab"])]
        model |= {"vocab": [model["vocab"][number] for number in kept], "unk_id": new.get(model["unk_id"])}
    else:
        vocabulary = {token: new[number] for token, number in model["vocab"].items() if number in new}
        model["vocab"] = vocabulary
        if "merges" in model:
            merges = [(*pair, _merged(model, pair)) for pair in model["merges"]]
            model["merges"] = [merge[:2] for merge in merges if all(token in vocabulary for token in merge)]
    for token in content["added_tokens"]:
        token["id"] = new[token["id"]]
    if content["padding"]:
        content["padding"]["pad_id"] = new[content["padding"]["pad_id"]]
    _renumber(content["post_processor"] or {}, new)
    names = {name: str(token) for name, token in tokenizer.special_tokens_map.items() if isinstance(token, str)}
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(content)), **names)


def _renumber(processor: dict, new: Mapping[int, int]) -> None:
    """Put new numbers into the part of tokenizer.json that adds special tokens, in all its forms."""
    for part in processor.get("processors", []):
        _renumber(part, new)
    if processor.get("type") == "TemplateProcessing":
        for special in processor["special_tokens"].values():
            special["ids"] = [new[number] for number in special["ids"]]
    for name in ("sep", "cls"):  # BERT's and RoBERTa's own forms
        if name in processor:
            processor[name] = [processor[name][0], new[processor[name][1]]]
