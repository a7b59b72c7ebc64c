"""Encoders and heads, read from and written to local folders: no network, safetensors only, no code of others."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

_HEADS = {
    "classification": AutoModelForSequenceClassification,
    "multiple_choice": AutoModelForMultipleChoice,
    "tagging": AutoModelForTokenClassification,
    "qa": AutoModelForQuestionAnswering,
}
_TOKENIZER_FILES = ("tokenizer.json", "sentencepiece.bpe.model", "spm.model", "vocab.txt")


class ModelError(ValueError):
    """A model folder, or what is asked of it, is not right; the message names the folder and the remedy."""


@dataclass(frozen=True)
class Head:
    """What is put on an encoder: the kind of task and, for classification and tagging, its labels in order."""

    kind: str
    labels: tuple[str, ...] = ()


def use_cpu(threads: int) -> None:
    """Compute and tokenise with this many threads, and quietly; to be called before anything else is."""
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    torch.set_num_threads(threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def device() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerFast:
    """The fast tokenizer of a model folder; raises ModelError where something of it is missing."""
    folder = Path(folder)
    if not any((folder / name).exists() for name in _TOKENIZER_FILES):
        raise ModelError(f"{folder}: no tokenizer file; one of {', '.join(_TOKENIZER_FILES)} must be there")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if not tokenizer.is_fast:
        raise ModelError(f"{folder}: {type(tokenizer).__name__} is no fast tokenizer; a tokenizer.json is needed")
    missing = [name for name in ("pad_token", "cls_token", "sep_token") if getattr(tokenizer, name) is None]
    if missing:
        raise ModelError(f"{folder}: the tokenizer defines no {' and no '.join(missing)} (tokenizer_config.json)")
    return tokenizer


def load_encoder(folder: str | Path) -> PreTrainedModel:
    """The bare encoder (AutoModel) in single precision; raises ModelError where the folder is not a model's."""
    _check(folder)
    return AutoModel.from_pretrained(folder, dtype=torch.float32, use_safetensors=True)


def load_head(folder: str | Path, head: Head) -> PreTrainedModel:
    """Encoder with a head. A folder that holds no such head gives a new one, drawn with torch's random generator."""
    _check(folder)
    names = {"id2label": dict(enumerate(head.labels))} if head.labels else {}
    names |= {"label2id": {name: i for i, name in enumerate(head.labels)}} if head.labels else {}
    return _HEADS[head.kind].from_pretrained(folder, dtype=torch.float32, use_safetensors=True, **names)


def load_heads(folder: str | Path, heads: dict[str, Head]) -> dict[str, PreTrainedModel]:
    """One model a head; of several, all share one encoder, so that training one of them trains it for all."""
    shared = load_encoder(folder) if len(heads) > 1 else None
    models = {}
    for name, head in heads.items():
        models[name] = load_head(folder, head)
        if shared is not None:
            setattr(models[name], models[name].base_model_prefix, shared)
    return models


def labels(folder: str | Path) -> list[str]:
    """The label names of a trained head, in the order of its scores."""
    names = _check(folder).id2label
    return [names[i] for i in range(len(names))]


def longest_input(config: PretrainedConfig) -> int:
    """Most tokens an encoder reads. The RoBERTa family counts its positions from the padding token's number + 1."""
    offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return config.max_position_embeddings - offset


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """A folder to write to that takes its place at `path` only when everything in it is written."""
    path = Path(path)
    partial = path.with_name(f".{path.name}.partial")
    for old in (partial, path):
        shutil.rmtree(old, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    partial.replace(path)


def versions() -> dict[str, str]:
    """The versions that a trained model depends on."""
    packages = ("torch", "transformers", "tokenizers", "safetensors")
    return {"python": python_version()} | {name: version(name) for name in packages}


def _check(folder: str | Path) -> PretrainedConfig:
    folder = Path(folder)
    if not (folder / "config.json").exists():
        raise ModelError(f"{folder}: no config.json; a model folder as save_pretrained writes it is needed")
    if not list(folder.glob("*.safetensors")):
        found = ", ".join(sorted(p.name for p in folder.iterdir())) or "nothing"
        raise ModelError(
            f"{folder}: no *.safetensors (found: {found}). Pickled weights (pytorch_model.bin) are not read: load them"
            " once where you trust them and write them with save_pretrained"
        )
    return AutoConfig.from_pretrained(folder)
