"""Spoil the folder of an encoder: configuration, weights, tokenizer, and files that would run code.

A case is what a user does: fetch the encoder, and if that is accepted, train with it.
"""

import json
import pickle
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import fetch_model
import train_target
from stiltcal.formats.items import write_items

from .case import HOSTILE, Answer, Case
from .doors import ROOT, job

RIGHT = ROOT / "resources" / "miniature-encoder"
_LABELS = ("no", "yes")
_NO_JSON: Mapping[str, bytes] = {
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "empty": b"",
    "UTF-16": "{}".encode("utf-16"),
    "nested": b"[" * 100_000,
    "nothing in it": b"{}",
}
#: By key of config.json: values that no encoder has, or that do not fit the weights.
_CONFIG: Mapping[str, tuple[Any, ...]] = {
    "hidden_size": (10**12, -4, "128", 130, None),
    "num_hidden_layers": (10**9, -1, 0, 4),
    "num_attention_heads": (0, 7),
    "intermediate_size": (10**15, 255),
    "vocab_size": (10**12, 3, -1),
    "max_position_embeddings": (10**13, 3),
    "type_vocab_size": (10**13, -1),
    "pad_token_id": (10**9, "<pad>"),
    "model_type": ("no-such-model", None, ["xlm-roberta"], "gpt2", "t5", *HOSTILE[:2]),
    "hidden_act": ("no-such-function", "__import__('os').system('touch executed')"),
    "dtype": ("float9",),
    "quantization_config": ({"quant_method": "bitsandbytes", "load_in_4bit": True},),
}
_CODE = "from pathlib import Path\nPath('executed').touch()\nclass Mine:\n    pass\n"


class _Runs:
    """Unpickled, it makes a file."""

    def __reduce__(self):
        return Path.touch, (Path("executed"),)


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    for file in ("config.json", "tokenizer.json"):
        for name, content in _NO_JSON.items():
            place = file if name != "nothing in it" else "encoder"
            yield Case(f"encoder's {file}", name, partial(use, spoil=partial(_write, file, content)), (place,))
    for key, values in _CONFIG.items():
        for value in values:
            name, spoil = f"{key}: {json.dumps(value)[:60]}", partial(_configure, {key: value})
            yield Case("encoder's config.json", name, partial(use, spoil=spoil), ("encoder",))
    for name, spoil in {**_weights(), **_tokenizers(), **_code()}.items():
        yield Case("encoder's files", name, partial(use, spoil=spoil), ("encoder",))


def use(folder: Path, spoil: Callable[[Path], None]) -> Answer:
    """Fetch a copy of the miniature's encoder that was spoilt, and train with it."""
    mine, encoder, items = folder / "mine", str(folder / "encoder"), folder / "items.parquet"
    shutil.copytree(RIGHT, mine)
    spoil(mine)
    source = {"folder": str(mine)}
    answer = job(folder, fetch_model.main, source=source, encoder=encoder, lock=str(folder / "lock.json"))
    if answer.status:
        return answer
    rows = [
        {"id": str(n), "cluster": str(n), "text_a": "a b", "text_b": "b c", "label": _LABELS[n % 2]} for n in range(4)
    ]
    write_items(items, "classification", rows)
    task = {"name": "mnli", "kind": "classification", "labels": list(_LABELS), "lengths": {"maximum": 32}}
    training = {"max_steps": 1, "batch_size": 2}
    files = {"train": [str(items)], "dev": [str(items)], "models": [str(folder / "model")]}
    return job(folder, train_target.main, encoder=encoder, **files, tasks=[task], trainings=[training], seed=1)


def _write(name: str, content: bytes, mine: Path) -> None:
    (mine / name).write_bytes(content)


def _configure(changes: dict, mine: Path, name: str = "config.json") -> None:
    found = json.loads((mine / name).read_text(encoding="utf-8"))
    (mine / name).write_text(json.dumps(found | changes), encoding="utf-8")


def _weights() -> dict[str, Callable[[Path], None]]:
    """Files of weights in safetensors: eight bytes with the length of a header, the header in JSON, the numbers."""
    right = (RIGHT / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", right[:8])
    header, numbers = json.loads(right[8 : 8 + length]), right[8 + length :]
    name = next(key for key in header if "word_embeddings" in key)

    def changed(header: Any, numbers: bytes = numbers) -> bytes:
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + numbers

    spoilt = {
        "nothing": b"",
        "cut off in the header": right[:100],
        "cut off in the numbers": right[: len(right) // 2],
        "one byte too few": right[:-1],
        "one byte too many": right + b"\0",
        "a header of an absurd length": struct.pack("<Q", 2**63) + right[8:],
        "a header that is no JSON": struct.pack("<Q", length) + b"?" * length + numbers,
        "no tensor": changed({}, b""),
        "offsets beyond the file": changed(header | {name: header[name] | {"data_offsets": [0, 2**62]}}),
        "negative offsets": changed(header | {name: header[name] | {"data_offsets": [-8, 0]}}),
        "an absurd shape": changed(header | {name: header[name] | {"shape": [2**62, 2**62]}}),
        "an unknown type of numbers": changed(header | {name: header[name] | {"dtype": "F9"}}),
        "another name": changed({(f"x.{key}" if key == name else key): value for key, value in header.items()}),
        "a pointer of git-lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        "a pickle": pickle.dumps(_Runs()),
    }
    return {f"weights: {name}": partial(_write, "model.safetensors", content) for name, content in spoilt.items()}


def _tokenizers() -> dict[str, Callable[[Path], None]]:
    right = json.loads((RIGHT / "tokenizer.json").read_text(encoding="utf-8"))
    model = right["model"]
    spoilt: dict[str, dict] = {
        "of no known algorithm": {"model": model | {"type": "Magic"}},
        "without a model": {"model": None},
        "without a vocabulary": {"model": model | {"vocab": {}, "merges": []}},
        "with a list for a vocabulary": {"model": model | {"vocab": [1, 2]}},
        "with numbers beyond the embeddings": {
            "model": model | {"vocab": {k: v + 9999 for k, v in model["vocab"].items()}}
        },
        "with negative numbers": {"model": model | {"vocab": dict.fromkeys(model["vocab"], -1)}},
        "with merges of unknown tokens": {"model": model | {"merges": [["no", "such"]]}},
        "without a template": {"post_processor": None},
        "without a pre-tokenizer": {"pre_tokenizer": {"type": "Magic"}},
        "with an absurd pattern": {"normalizer": {"type": "Replace", "pattern": {"Regex": "("}, "content": ""}},
    }
    found = {f"tokenizer {name}": partial(_configure, change, name="tokenizer.json") for name, change in spoilt.items()}
    padding = partial(_configure, {"pad_token": "<no such token>"}, name="tokenizer_config.json")
    return found | {"tokenizer with an unknown padding token": padding}


def _code() -> dict[str, Callable[[Path], None]]:
    """Folders with code that a careless loader would run."""

    def modelling(mine: Path) -> None:
        (mine / "mine.py").write_text(_CODE, encoding="utf-8")
        _configure({"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine", "AutoModel": "mine.Mine"}}, mine)

    def pickled(mine: Path) -> None:
        (mine / "model.safetensors").rename(mine / "pytorch_model.bin")
        (mine / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": _Runs()}, protocol=2))

    def renamed(mine: Path) -> None:
        (mine / "model.safetensors").rename(mine / "pytorch_model.bin")

    return {"code of a model": modelling, "a pickle that runs code": pickled, "safetensors named as pickles": renamed}
