"""Encoders and heads, read from and written to local folders: no network, safetensors only, no code of others."""

import json
import os
import re
import shutil
from collections.abc import Iterable
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
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from ..tasks.kinds import KINDS
from .errors import ModelError, explained
from .tokenization import load_tokenizer as load_tokenizer

#: By `head` of the table of kinds.
_HEADS = {
    "sequence": AutoModelForSequenceClassification,
    "choices": AutoModelForMultipleChoice,
    "tokens": AutoModelForTokenClassification,
    "spans": AutoModelForQuestionAnswering,
}
_DROPOUTS = ("dropout", "dropout_prob")  # how the names of such probabilities end in configurations


@dataclass(frozen=True)
class Head:
    """What is put on an encoder: the kind of task and, for classification and tagging, its labels in order."""

    kind: str
    labels: tuple[str, ...] = ()


def set_threads(threads: int) -> None:
    """Compute and tokenise with this many threads, and quietly; to be called before anything else is."""
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    torch.set_num_threads(threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def device() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_config(folder: str | Path) -> PretrainedConfig:
    """The configuration of a model folder; raises ModelError where it or the weights are missing."""
    folder = Path(folder)
    if not (folder / "config.json").exists():
        raise ModelError(f"{folder}: no config.json; a model folder as save_pretrained writes it is needed")
    if not list(folder.glob("*.safetensors")):
        found = ", ".join(sorted(p.name for p in folder.iterdir())) or "nothing"
        raise ModelError(
            f"{folder}: no *.safetensors (found: {found}). Pickled weights (pytorch_model.bin) are not read: load them"
            " once where you trust them and write them with save_pretrained"
        )
    with explained(folder):
        return AutoConfig.from_pretrained(folder, trust_remote_code=False)


def load_encoder(folder: str | Path, dropout: float | None = None) -> PreTrainedModel:
    """The bare encoder (AutoModel) in single precision; raises ModelError where its weights are not all there.

    `dropout`: the probability of every dropout layer; None: what the folder's configuration says.
    """
    return _load(AutoModel, folder, dropout=dropout)[0]


def load_head(folder: str | Path, head: Head, dropout: float | None = None) -> PreTrainedModel:
    """The encoder with a new head, drawn with torch's random generator; `dropout` and errors as of `load_encoder`.

    Raises ModelError, too, where the folder holds a head of that kind, which would not be a new one.
    """
    names = {"id2label": dict(enumerate(head.labels)), "label2id": {name: i for i, name in enumerate(head.labels)}}
    changes = names if head.labels else {"num_labels": 2} if KINDS[head.kind].head == "spans" else {}  # start and end
    remedy = f"{folder}: holds a {head.kind} head; AutoModel.from_pretrained(..).save_pretrained(..) leaves it out"
    try:
        model, missing = _load(_HEADS[KINDS[head.kind].head], folder, changes, dropout)
    except ModelError as error:
        if not isinstance(error.__cause__, RuntimeError):
            raise
        load_encoder(folder)  # where it is the encoder that is wrong; else a head has other labels
        raise ModelError(f"{remedy} ({str(error.__cause__)[:200]})") from None
    if not missing:
        raise ModelError(remedy)
    return model


def load_trained(folder: str | Path, kind: str) -> PreTrainedModel:
    """The encoder with the head that was trained on it; raises ModelError where the folder holds no such head."""
    model, missing = _load(_HEADS[KINDS[kind].head], folder)
    if missing:
        raise ModelError(f"{folder}: no trained {kind} head ({', '.join(missing)} missing); give a target's model")
    return model


def load_heads(folder: str | Path, heads: dict[str, Head], dropout: float | None = None) -> dict[str, PreTrainedModel]:
    """One model a head, all on the same bare encoder: training one trains it for all. `dropout` as of `load_encoder`.

    The bare encoder has its pooler, which some heads leave out, so that no head makes the next training lose it.
    """
    encoder, models = load_encoder(folder, dropout), {}
    for name, head in heads.items():
        models[name] = load_head(folder, head, dropout)
        setattr(models[name], models[name].base_model_prefix, encoder)
    return models


def labels(folder: str | Path) -> list[str]:
    """The label names of a trained head, in the order of its scores."""
    names = load_config(folder).id2label
    return [names[i] for i in range(len(names))]


def check_length(folder: str | Path, maximum: int, name: str) -> None:
    """Raise ModelError where rows of up to `maximum` tokens, of what `name` says, are longer than an encoder reads.

    The RoBERTa family counts its positions from the padding token's number + 1; an encoder with relative positions
    alone reads any number.
    """
    config = load_config(folder)
    with explained(folder), torch.device("meta"):
        modules = AutoModel.from_config(config).named_modules()
    padding = [getattr(module, "padding_idx", None) for path, module in modules if path.endswith("position_embeddings")]
    limit = getattr(config, "max_position_embeddings", None) or 0
    limit -= next((number + 1 for number in padding if number is not None), 0)
    if 0 < limit < maximum:
        raise ModelError(f"{name}: lengths.maximum is {maximum} tokens; {folder} reads at most {limit}")


def save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path, settings: dict) -> None:
    """Write a model folder, and `settings.json` with `settings` and the versions that the model depends on.

    safetensors writes for the owner alone; here whoever may read the configuration may read the weights.
    """
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for weights in folder.glob("*.safetensors"):
        shutil.copymode(folder / "config.json", weights)
    text = json.dumps(settings | {"versions": versions()}, indent=2)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """The versions in use here, of what models and predictions depend on."""
    packages = ("torch", "transformers", "tokenizers", "safetensors")
    return {"python": python_version()} | {name: version(name) for name in packages}


def trained_with(folder: str | Path) -> dict[str, str]:
    """The versions that a model folder records (`save`); none where it comes from elsewhere."""
    path = Path(folder) / "settings.json"
    return json.loads(path.read_text(encoding="utf-8")).get("versions", {}) if path.exists() else {}


def _load(
    auto_class: type, folder: str | Path, changes: dict | None = None, dropout: float | None = None
) -> tuple[PreTrainedModel, list[str]]:
    """The model with `changes` of its configuration, and the names of the head's weights that the folder lacks.

    Layers take their dropout from the configuration when they are made; what is saved with the model is the encoder's
    own again, so that it does not pass on to the next training.
    """
    config = load_config(folder)
    config.update(changes or {})
    own = {name: value for name, value in config.to_dict().items() if name.endswith(_DROPOUTS)}
    if dropout is not None:
        config.update(dict.fromkeys(own, dropout))
    options = {"dtype": torch.float32, "use_safetensors": True, "output_loading_info": True}
    with explained(folder):
        model, info = auto_class.from_pretrained(folder, config=config, trust_remote_code=False, **options)
    model.config.update(own)
    _check_layers(folder, model, info["unexpected_keys"])
    missing = sorted(name for name in info["missing_keys"] if "pooler" not in name)  # many checkpoints have no pooler
    prefix = "" if auto_class is AutoModel else f"{model.base_model_prefix}."
    if lost := [name for name in missing if name.startswith(prefix)]:
        raise ModelError(f"{folder}: the weights of the encoder lack {len(lost)} tensors ({lost[0]}, ...)")
    return model, missing


def _check_layers(folder: str | Path, model: PreTrainedModel, unused: Iterable[str]) -> None:
    """Raise ModelError where the weights have more layers than the configuration. (Heads of others are left out.)"""

    def unnumbered(name: str) -> str:
        return re.sub(r"\d+", "#", name.removeprefix(f"{model.base_model_prefix}."))

    known = {unnumbered(name) for name in model.base_model.state_dict()}
    if more := sorted(name for name in unused if unnumbered(name) in known):
        raise ModelError(f"{folder}: config.json has no place for {len(more)} tensors of the weights ({more[0]}, ...)")
