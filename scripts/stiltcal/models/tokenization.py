"""Load the tokenizer of a model folder from `tokenizer.json`, or else from a vocabulary or a sentencepiece model.

If there is a `tokenizer.json`, the class that `tokenizer_config.json` names is ignored: transformers 5 would rebuild
the tokenizer by the rules of that class, whose normaliser, casing or pair format may differ from those in training.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import convert_slow_tokenizer

from ..formats.encoders import SENTENCEPIECE, TOKENIZER_FILES, TOKENIZER_JSON, VOCABULARY
from .errors import ModelError, explained
from .probe import check_embeddings, check_pair

_NAMES = ("pad_token", "cls_token", "sep_token", "bos_token", "eos_token", "unk_token", "mask_token")
#: Names of mask tokens in files that do not name their special tokens: today's of XLM-R and of BERT.
_MASKS = ("<mask>", "[MASK]")
#: Characters with a compatibility form: sentencepiece's usual normaliser (NFKC) replaces each of them.
_FOLDED = "，（１２％：；？！Ａａｋ①²ﬁ…㎏ｶ"


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerFast:
    """Load the tokenizer of a model folder, and probe it with a pair of texts.

    Raises ModelError if the folder has no readable tokenizer file, if no padding token is known, if `tokenizer.json`
    lost the normaliser of the sentencepiece model beside it, or if the pair is not encoded as the heads need it
    (`probe.check_pair`, `probe.check_embeddings`).
    """
    folder = Path(folder)
    with explained(folder):
        if (folder / TOKENIZER_JSON).is_file():
            tokenizer = _from_json(folder)
        elif (folder / VOCABULARY).is_file():
            tokenizer = _from_vocabulary(folder)
        elif _sentencepiece_file(folder):
            tokenizer = _from_sentencepiece(folder)
        else:
            raise ModelError(f"{folder}: has no tokenizer file; one of {', '.join(TOKENIZER_FILES)} is needed")
    _check_normaliser(folder, tokenizer)
    check_pair(folder, tokenizer)
    check_embeddings(folder, tokenizer)
    return tokenizer


def space_before_words(tokenizer: PreTrainedTokenizerFast) -> str:
    """Return the space that byte-level tokenizers need before a word, "" for those that put a sign of their own there.

    So the second of two words has the token that it has in plain text.
    """
    alone = tokenizer(["a", "a"], is_split_into_words=True, add_special_tokens=False).tokens()
    return "" if alone[-1:] == tokenizer.tokenize("a a")[-1:] else " "


def _from_json(folder: Path) -> PreTrainedTokenizerFast:
    text = (folder / TOKENIZER_JSON).read_text(encoding="utf-8")
    described = json.loads(text)
    if described["model"].get("dropout"):
        print(f"{folder}: {TOKENIZER_JSON} has BPE dropout, which would draw other tokens each time; it is left out")
        described["model"]["dropout"] = None
        text = json.dumps(described)
    backend = Tokenizer.from_str(text)
    return _wrapped(folder, backend, _mask_token(backend) | _given_names(folder) | _unknown_token(described["model"]))


def _mask_token(backend: Tokenizer) -> dict[str, str]:
    """Find the mask token among the special tokens, by its usual names; configurations may not name it."""
    special = {token.content for token in backend.get_added_tokens_decoder().values() if token.special}
    return next(({"mask_token": name} for name in _MASKS if name in special), {})


def _unknown_token(model: Mapping) -> dict[str, str]:
    """Read the unknown token from the vocabulary; configurations may name another one."""
    if model.get("unk_id") is not None:
        return {"unk_token": model["vocab"][model["unk_id"]][0]}
    return {"unk_token": model["unk_token"]} if model.get("unk_token") else {}


def _from_vocabulary(folder: Path) -> PreTrainedTokenizerFast:
    """Load a WordPiece vocabulary; if it has capital letters, the configuration must say if texts are lowercased."""
    entries = (folder / VOCABULARY).read_text(encoding="utf-8").split("\n")
    capitals = [entry.strip() for entry in entries if re.match(r"(##)?[A-Z]", entry)]
    if capitals and "do_lower_case" not in _read(folder, "tokenizer_config.json"):
        raise ModelError(
            f"{folder}: {VOCABULARY} has capital letters ({capitals[0]}, ...), and tokenizer_config.json does "
            "not say whether texts are lowercased; add do_lower_case to it, false for a cased encoder"
        )
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    if not tokenizer.is_fast:
        raise ModelError(f"{folder}: {type(tokenizer).__name__} is not a fast tokenizer; add a {TOKENIZER_JSON}")
    return _wrapped(folder, tokenizer.backend_tokenizer, _names_of(tokenizer))


def _from_sentencepiece(folder: Path) -> PreTrainedTokenizerFast:
    """Load a sentencepiece model with the converter of its class; unlike the class, it keeps the normaliser.

    The class may add a mask token after the last piece. It is kept if the embeddings have a row for it: mDeBERTa's do.
    """
    _read_pieces(folder)
    slow = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    backend = convert_slow_tokenizer(slow)
    rows = _read(folder, "config.json").get("vocab_size") or 0
    if slow.mask_token and slow.mask_token_id == backend.get_vocab_size() < rows:
        backend.add_special_tokens([slow.mask_token])
    return _wrapped(folder, backend, _names_of(slow))


def _wrapped(folder: Path, backend: Tokenizer, names: Mapping[str, str]) -> PreTrainedTokenizerFast:
    """Wrap a tokenizer in transformers' plain class, which changes nothing.

    Special tokens that the vocabulary lacks are left out, because the class would add them.
    """
    known = {name: token for name, token in names.items() if backend.token_to_id(token) is not None}
    if "pad_token" not in known:
        number = _read(folder, "config.json").get("pad_token_id")
        padding = (backend.padding or {}).get("pad_token") or (number is not None and backend.id_to_token(number))
        if "pad_token" in names or not padding:
            found = f"{names['pad_token']!r}, which the vocabulary does not have" if "pad_token" in names else "none"
            raise ModelError(
                f"{folder}: pad_token: found {found}; name one of the vocabulary's tokens in tokenizer_config.json"
            )
        known["pad_token"] = padding
    for name in known:
        if name != "unk_token" and _is_ordinary(backend, known[name]):
            raise ModelError(
                f"{folder}: {name}: found {known[name]!r}, which is a piece of ordinary words; as a special token it "
                "would cut them. Name one of the vocabulary's special tokens in tokenizer_config.json"
            )
    return PreTrainedTokenizerFast(tokenizer_object=backend, **known)


def _is_ordinary(backend: Tokenizer, token: str) -> bool:
    """Tell whether a token is a piece of text: it has no sign that special tokens have, and was not added as one."""
    added = {each.content for each in backend.get_added_tokens_decoder().values()}
    return token not in added and not re.search(r"[<>\[\]|]", token)


def _given_names(folder: Path) -> dict[str, str]:
    """Read the special tokens in the folder's configuration, each a string or a mapping with `content`."""
    given = _read(folder, "special_tokens_map.json") | _read(folder, "tokenizer_config.json")
    found = {name: given[name] for name in _NAMES if given.get(name)}
    return {name: token["content"] if isinstance(token, Mapping) else token for name, token in found.items()}


def _names_of(tokenizer: PreTrainedTokenizerFast) -> dict[str, str]:
    return {name: str(token) for name in _NAMES if (token := getattr(tokenizer, name))}


def _read(folder: Path, name: str) -> dict:
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _sentencepiece_file(folder: Path) -> Path | None:
    return next((folder / name for name in SENTENCEPIECE if (folder / name).is_file()), None)


def _read_pieces(folder: Path) -> Any:
    """Return the folder's sentencepiece model, None if it has none. Raises ModelError if it is not whole."""
    path = _sentencepiece_file(folder)
    if not path:
        return None
    from sentencepiece import SentencePieceProcessor  # needed for folders with such a model only

    try:
        return SentencePieceProcessor(str(path))
    except RuntimeError as error:
        raise ModelError(f"{folder}: {path.name} is no whole sentencepiece model ({error})") from None


def _check_normaliser(folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Raise ModelError if characters that the sentencepiece model beside it replaces are tokenised as they are."""
    path, model = _sentencepiece_file(folder), _read_pieces(folder)
    if not path:
        return
    with explained(folder):
        replaced = {sign: model.normalize(f"a{sign}a").strip("▁ ").replace("▁", " ") for sign in _FOLDED}
    lost = [
        sign
        for sign, normal in replaced.items()
        if normal != f"a{sign}a" and tokenizer.tokenize(f"a{sign}a") != tokenizer.tokenize(normal)
    ]
    if lost:
        raise ModelError(
            f"{folder}: {TOKENIZER_JSON} lacks the normaliser of {path.name}: {' '.join(lost)} and "
            f"{' '.join(replaced[sign][1:-1] for sign in lost)} get different tokens. Remove "
            f"{TOKENIZER_JSON}: {path.name} alone is enough"
        )
