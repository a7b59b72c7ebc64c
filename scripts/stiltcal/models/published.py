"""Make safetensors and `tokenizer.json` of the files of an older repository: pickled weights, other tokenizer files."""

import json
import pickle
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModel

from ..formats.encoders import PICKLED, SAFE, TOKENIZER_JSON
from ..support.files import disk_full
from ..support.json_files import read_json_mapping
from .configuration import read_config
from .errors import ModelError, explained
from .tokenization import load_tokenizer


def make_loadable(folder: Path) -> None:
    """Replace pickled weights in a folder by safetensors, and write `tokenizer.json` if it has none.

    The tokenizer is the one that `load_tokenizer` makes of the vocabulary or sentencepiece model of the folder; its
    special tokens go to `tokenizer_config.json`.
    Raises ModelError if the weights hold anything but tensors or are not whole, or if the tokenizer cannot be loaded.
    """
    if not (folder / TOKENIZER_JSON).is_file():
        load_tokenizer(folder).save_pretrained(folder)
    if (folder / PICKLED.file).is_file():
        _write(folder, PICKLED.file, SAFE.file, _encoder_names(folder))
    elif (folder / PICKLED.index_file).is_file():
        _write_shards(folder, _encoder_names(folder))


def _write_shards(folder: Path, encoder_names: set[str]) -> None:
    index = read_json_mapping(folder / PICKLED.index_file)["weight_map"]
    held: dict[str, str] = {}
    size = 0
    for pickled in sorted(set(index.values())):
        shard = pickled.replace("pytorch_model", "model").replace(".bin", ".safetensors")
        names = frozenset(name for name, file in index.items() if file == pickled)
        written = _write(folder, pickled, shard, encoder_names, names)
        held |= dict.fromkeys(written, shard)
        size += sum(tensor.nbytes for tensor in written.values())
    content = {"metadata": {"total_size": size}, "weight_map": held}
    (folder / SAFE.index_file).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (folder / PICKLED.index_file).unlink()


def _write(
    folder: Path, pickled: str, safe: str, encoder_names: set[str], expected: frozenset[str] = frozenset()
) -> dict[str, torch.Tensor]:
    """Write the tensors of a pickled file as safetensors, remove that file, and return the tensors.

    expected: names that the file must hold.
    """
    tensors = _tensors(folder, pickled)
    if lost := sorted(expected - tensors.keys()):
        raise ModelError(
            f"{folder}: {pickled} lacks {len(lost)} of the tensors that {PICKLED.index_file} names ({lost[0]}, ...); "
            "fetch or copy it again"
        )
    tensors = _separate(tensors, encoder_names)
    save_file(tensors, folder / safe, metadata={"format": "pt"})
    (folder / pickled).unlink()
    return tensors


def _tensors(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """Read a pickled file of weights. torch unpickles tensors alone, and refuses a file that asks for anything else."""
    try:
        found = torch.load(folder / name, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many types for a file that is cut off
        if disk_full(error):
            raise
        raise ModelError(f"{folder}: {name} is refused: {_reason(error)}. Nothing in it was run") from error
    if not isinstance(found, Mapping) or not found or not all(isinstance(key, str) for key in found):
        raise ModelError(f"{folder}: {name} holds a {type(found).__name__}; it must map names to tensors")
    for key, value in found.items():
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided or value.is_quantized:
            kind = f"{value.layout} tensor" if isinstance(value, torch.Tensor) else type(value).__name__
            raise ModelError(f"{folder}: {name}: {key!r} is a {kind}; each name must have a plain tensor")
    return {key: value.detach() for key, value in found.items()}


def _reason(error: Exception) -> str:
    text = str(error)
    if isinstance(error, pickle.UnpicklingError) and (asked := re.search(r"GLOBAL ([\w.]+)", text)):
        return f"it asks for {asked[1]}, and weights are tensors alone"
    detail = re.search(r"Unsupported operand \d+", text)
    shown = detail[0] if detail else text.split(". ")[0][:200] or type(error).__name__
    return f"it is not whole, or it is no file of weights ({shown}); fetch or copy it again"


def _encoder_names(folder: Path) -> set[str]:
    """Return the names of the encoder's own tensors, without the prefix that a model with a head gives them."""
    config = read_config(folder)
    with explained(folder), torch.device("meta"):
        return set(AutoModel.from_config(config).state_dict())


def _separate(tensors: Mapping[str, torch.Tensor], encoder_names: set[str]) -> dict[str, torch.Tensor]:
    """Return tensors of which no two share memory, as safetensors needs them.

    Of tied tensors one name stays, the encoder's if it has one: transformers ties the others to it again. Parts of one
    block of memory are copied.
    """

    def is_head(name: str) -> bool:
        parts = name.split(".")
        return not any(".".join(parts[start:]) in encoder_names for start in range(len(parts)))

    kept: dict[tuple, str] = {}
    for name in sorted(tensors, key=is_head):
        tensor = tensors[name]
        place = (_block(tensor), tensor.storage_offset(), tensor.dtype, tensor.shape, tensor.stride())
        kept.setdefault(place if tensor.numel() else (name,), name)
    names = set(kept.values())
    blocks = Counter(_block(tensors[name]) for name in names)
    return {
        name: tensor.clone(memory_format=torch.contiguous_format)
        if blocks[_block(tensor)] > 1 or not tensor.is_contiguous()
        else tensor
        for name, tensor in tensors.items()
        if name in names
    }


def _block(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()
