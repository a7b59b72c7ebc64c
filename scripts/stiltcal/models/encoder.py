"""Load and save encoders and heads in local folders: no network, safetensors only, no remote code."""

import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from ..formats.encoders import SAFE
from ..tasks.kinds import KINDS
from .configuration import read_config
from .errors import ModelError, explained
from .heads import HEADS, check_head, model_with_head
from .positions import longest_row
from .tokenization import load_tokenizer as load_tokenizer

_DROPOUTS = ("dropout", "dropout_prob")  # endings of the keys in configurations


@dataclass(frozen=True)
class Head:
    """Describe a head: the kind of task and, for classification and tagging, the labels in the order of scores."""

    kind: str
    labels: tuple[str, ...] = ()


def set_threads(threads: int) -> None:
    """Compute and tokenise with this many threads, without progress bars. Call it before anything is computed."""
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    torch.set_num_threads(threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def device() -> torch.device:
    """Return the GPU if torch finds one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def processor() -> str:
    """Name the GPU, or the instructions that torch uses on the CPU: another one adds up in another order."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else torch.backends.cpu.get_cpu_capability()


def load_config(folder: str | Path) -> PretrainedConfig:
    """Read the configuration of a model folder. Raises ModelError if it or the weights are missing."""
    folder = Path(folder)
    if not (folder / "config.json").exists():
        raise ModelError(f"{folder}: has no config.json; give a model folder as save_pretrained writes it")
    if not list(folder.glob("*.safetensors")):
        found = ", ".join(sorted(p.name for p in folder.iterdir())) or "nothing"
        raise ModelError(
            f"{folder}: has no *.safetensors (found: {found}). Pickled weights (pytorch_model.bin) are not read here: "
            "name the folder as `encoder.source`, and fetch_model makes safetensors of them, as save_pretrained would"
        )
    return read_config(folder)


def load_encoder(folder: str | Path, dropout: float | None = None) -> PreTrainedModel:
    """Load the bare encoder (AutoModel) in single precision. Raises ModelError if any of its weights is missing.

    dropout: probability of every dropout layer, in [0, 1); None keeps those of the folder's configuration.
    """
    return _load(AutoModel, folder, dropout=dropout)[0]


def load_head(folder: str | Path, head: Head, dropout: float | None = None) -> PreTrainedModel:
    """Load the encoder and put a new head on it, initialised with torch's random generator.

    Of another head nothing is taken, even if it has weights under the same names, as the masked-LM head of ModernBERT
    has. dropout: as in `load_encoder`. Raises ModelError as `load_encoder` does, and if the folder holds a head of the
    kind.
    """
    return _new_head(folder, head, dropout, _weights(folder))


def _new_head(
    folder: str | Path, head: Head, dropout: float | None, weights: dict[str, torch.Tensor]
) -> PreTrainedModel:
    """Put a new head on the encoder of a folder. weights: all that the folder has."""
    names = {"id2label": dict(enumerate(head.labels)), "label2id": {name: i for i, name in enumerate(head.labels)}}
    changes = names if head.labels else {"num_labels": 2} if KINDS[head.kind].head == "spans" else {}  # start and end
    model_class, own = model_with_head(folder, head.kind, load_config(folder))
    if weights.keys() >= {name for name in own if "pooler" not in name}:
        fix = "remove it with AutoModel.from_pretrained(..).save_pretrained(..)"
        raise ModelError(f"{folder}: holds a {head.kind} head; {fix}")
    return _load(model_class, folder, changes, dropout, {name: weights[name] for name in weights if name not in own})[0]


def load_trained(folder: str | Path, kind: str) -> PreTrainedModel:
    """Load an encoder with its trained head. Raises ModelError if the folder holds no head of the kind."""
    model, missing = _load(HEADS[KINDS[kind].head], folder)
    if missing:
        raise ModelError(f"{folder}: has no trained {kind} head ({', '.join(missing)} missing); give a target's model")
    return model


def load_heads(folder: str | Path, heads: dict[str, Head], dropout: float | None = None) -> dict[str, PreTrainedModel]:
    """Load one model a head, by name. All share one bare encoder: training one model trains the encoder of all.

    dropout: as in `load_encoder`. The shared encoder keeps its pooler even if a head has no use for it, because the
    next training may need the pooler.
    """
    encoder, weights, models = load_encoder(folder, dropout), _weights(folder), {}
    for name, head in heads.items():
        models[name] = _new_head(folder, head, dropout, weights)
        setattr(models[name], models[name].base_model_prefix, encoder)
    return models


def load_masked_lm(
    folder: str | Path, encoder: PreTrainedModel, dropout: float | None = None
) -> tuple[PreTrainedModel, bool]:
    """Put the masked-LM head of a folder on an encoder; return the model, and true if the head is the folder's own.

    A folder without such a head gives a new one. Its output weights are the encoder's embeddings of tokens, unless the
    folder has output weights of its own. dropout: as in `load_encoder`. Raises ModelError as `load_encoder` does, and
    if the mask token has no embedding or transformers has no such head for the encoder.
    """
    model, missing = _load(AutoModelForMaskedLM, folder, dropout=dropout)
    if missing and not model.config.tie_word_embeddings:
        model, missing = _load(AutoModelForMaskedLM, folder, {"tie_word_embeddings": True}, dropout)
    with explained(folder):
        setattr(model, model.base_model_prefix, encoder)
        model.tie_weights()
    return model, not missing


def labels(folder: str | Path) -> list[str]:
    """Return the labels of a trained head, in the order of its scores."""
    names = load_config(folder).id2label
    return [names[i] for i in range(len(names))]


def check_length(folder: str | Path, maximum: int, name: str) -> None:
    """Raise ModelError if the encoder reads fewer than `maximum` tokens a row. name: of the task, for the message."""
    config = load_config(folder)
    with explained(folder), torch.device("meta"):
        limit = longest_row(AutoModel.from_config(config))
    if limit is not None and limit < maximum:
        raise ModelError(f"{name}: lengths.maximum is {maximum} tokens; {folder} reads at most {limit}")


def save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path, settings: dict) -> None:
    """Write a model folder, with `settings` and the versions of libraries in `settings.json`.

    The weights get the file mode of config.json, because safetensors makes them readable for the owner only.
    """
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for weights in folder.glob("*.safetensors"):
        shutil.copymode(folder / "config.json", weights)
    text = json.dumps(settings | {"versions": versions()}, indent=2)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """Return the installed versions of Python and of the libraries that change models and predictions."""
    packages = ("torch", "transformers", "tokenizers", "safetensors")
    return {"python": python_version()} | {name: version(name) for name in packages}


def model_files(folder: str | Path) -> list[str]:
    """List the files of a model folder that its digest covers, sorted: all but hidden ones, such as Snakemake's own."""
    return sorted(str(path) for path in Path(folder).iterdir() if path.is_file() and path.name[0] != ".")


def trained_with(folder: str | Path) -> dict[str, str]:
    """Read the versions that `save` recorded in a model folder; empty if another program wrote it."""
    path = Path(folder) / "settings.json"
    return json.loads(path.read_text(encoding="utf-8")).get("versions", {}) if path.exists() else {}


def _weights(folder: str | Path) -> dict[str, torch.Tensor]:
    """Read the tensors of a folder by name, from one file, or else from its shards.

    Raises ModelError, as `load_config` does, if there are none.
    """
    load_config(folder)
    names = SAFE.named(path.name for path in Path(folder).iterdir())
    files = [SAFE.file] if SAFE.file in names else [name for name in names if name != SAFE.index_file]
    with explained(folder):
        return {name: tensor for file in files for name, tensor in load_file(Path(folder) / file).items()}


def _load(
    model_class: Any,
    folder: str | Path,
    changes: dict | None = None,
    dropout: float | None = None,
    weights: dict[str, torch.Tensor] | None = None,
) -> tuple[PreTrainedModel, list[str]]:
    """Load a model with `changes` to its configuration; also return the names of head weights that the folder lacks.

    model_class: of transformers, for any family or for one. weights: instead of all that the folder has; for one family
    alone. Layers read their dropout from the configuration when they are built. The encoder's own dropout is put back
    afterwards, so that the saved model does not pass the training's dropout on to the next training.
    """
    config = load_config(folder)
    check_head(folder, model_class, config)
    config.update(changes or {})
    own = {name: value for name, value in config.to_dict().items() if name.endswith(_DROPOUTS)}
    if dropout is not None:
        config.update(dict.fromkeys(own, dropout))
    options = {"dtype": torch.float32, "output_loading_info": True, "use_safetensors": True, "trust_remote_code": False}
    with explained(folder):
        source = folder if weights is None else None
        model, info = model_class.from_pretrained(source, config=config, state_dict=weights, **options)
    model.config.update(own)
    _check_layers(folder, model, info["unexpected_keys"])
    missing = sorted(name for name in info["missing_keys"] if "pooler" not in name)  # many checkpoints have no pooler
    prefix = "" if model_class is AutoModel else f"{model.base_model_prefix}."
    if lost := [name for name in missing if name.startswith(prefix)]:
        raise ModelError(f"{folder}: the weights of the encoder lack {len(lost)} tensors ({lost[0]}, ...)")
    return model, missing


def _check_layers(folder: str | Path, model: PreTrainedModel, unused: Iterable[str]) -> None:
    """Raise ModelError if the weights have more layers than the configuration. Weights of other heads are ignored."""

    def unnumbered(name: str) -> str:
        return re.sub(r"\d+", "#", name.removeprefix(f"{model.base_model_prefix}."))

    known = {unnumbered(name) for name in model.base_model.state_dict()}
    if more := sorted(name for name in unused if unnumbered(name) in known):
        raise ModelError(f"{folder}: config.json has no place for {len(more)} tensors of the weights ({more[0]}, ...)")
