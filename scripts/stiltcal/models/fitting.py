"""Run one training: read an encoder and items, train, and write the model folder (docs/data_formats.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from transformers import PreTrainedTokenizerFast

from ..formats.history import HISTORY
from ..formats.items import read_items
from ..formats.rows import write_rows
from ..support.code import code_digest
from ..support.files import whole_folder
from ..support.reuse import digest
from . import encoder as enc
from .batching import Padding
from .checkpoint import Checkpoint
from .determinism import set_seed
from .encoding import Lengths, encode
from .errors import ModelError
from .labels import labels_of
from .masked_lm import MaskedText, MaskedTokens, check_mask
from .training import Hyperparameters, TrainingTask, train


@dataclass(frozen=True)
class TaskData:
    """Name the items files of a task to train on, and the lengths of its rows.

    train: one or more, say one a language; their items are mixed, so that each file counts by its number of items.
    labels: of the head, in order; if empty, those of the train split, sorted.
    """

    name: str
    kind: str
    train: Sequence[str]
    dev: str
    lengths: Lengths
    labels: Sequence[str] = ()


class Resuming(NamedTuple):
    """Say how a training that is killed goes on (`Checkpoint`).

    code: digest of the code that it depends on; "" of a training that no rule runs, for which it is computed.
    """

    minutes: float
    code: str
    keeps_end: bool = False


class History(NamedTuple):
    """Name the file of a training's history. train_set: of a target; "" for the intermediate phase itself."""

    path: str
    intermediate: str
    train_set: str = ""

    def write(self, seed: int, rows: Sequence[Mapping]) -> None:
        """Write the rows of `history`, each with the name of the training."""
        named = {"intermediate": self.intermediate, "train_set": self.train_set, "seed": seed}
        write_rows(self.path, HISTORY, [{**named, **row} for row in rows])


#: Of a training that no rule runs.
_ALONE = Resuming(15, "")


@dataclass(frozen=True)
class TextData:
    """Name the text for masked-LM updates. files: by language. share: of all updates. head: folder with such a head."""

    files: Mapping[str, str]
    share: float
    head: str


def fit(
    encoder: str | Path,
    tasks: Sequence[TaskData],
    output: str | Path,
    settings: Hyperparameters,
    *,
    seed: int,
    threads: int,
    keep_head: bool,
    resuming: Resuming = _ALONE,
    masked: TextData | None = None,
    recorded: History | None = None,
) -> Checkpoint:
    """Train the encoder with one head for each task, and write the model folder `output`.

    keep_head: save the head too; there must be one task then. recorded: where its history goes. Returns the checkpoint,
    which the caller removes when all models are written. Raises ValueError without items, ModelError for the encoder.
    """
    enc.set_threads(threads)
    set_seed(seed)
    longest = max(tasks, key=lambda task: task.lengths.maximum)
    tokenizer = _tokenizer(encoder, longest, masked is not None)
    read = {task.name: _read(task, tokenizer) for task in tasks}
    heads = {name: pair[0] for name, pair in read.items()}
    data = {name: pair[1] for name, pair in read.items()}
    models = _models(encoder, heads, keep_head, settings)
    model = next(iter(models.values()))
    padding = Padding.of(model, tokenizer.pad_token_id)
    text = None
    if masked:
        text = MaskedText.of(masked.files, tokenizer, longest.lengths.maximum, masked.share)
        models[text.name] = _masked_lm(masked, model.base_model, tokenizer, settings)
    asked = {"training": asdict(settings), "seed": seed, "threads": threads, "keep_head": keep_head}
    code = resuming.code or code_digest("train_target" if keep_head else "train_intermediate")
    made_from = _made_from(encoder, tasks, masked, asked, code)
    checkpoint = Checkpoint.beside(output, made_from, resuming.minutes, resuming.keeps_end)
    with whole_folder(output) as folder:
        print(f"{output}: training on {', '.join(data)}")
        log = folder / "training.jsonl"
        done, history = train(models, list(data.values()), settings, padding, seed, log, checkpoint, text)
        described = {"seed": seed, "threads": threads, "training": asdict(settings), **done, **_data(tasks, data, text)}
        enc.save(model if keep_head else model.base_model, tokenizer, folder, described)
    if recorded:
        recorded.write(seed, history)
    return checkpoint


def _tokenizer(encoder: str | Path, longest: TaskData, has_mlm: bool) -> PreTrainedTokenizerFast:
    """Load the tokenizer. Raises ModelError if it cannot be used for rows so long, or for masked language modelling."""
    tokenizer = enc.load_tokenizer(encoder)
    if has_mlm:
        check_mask(encoder, tokenizer)
    enc.check_length(encoder, longest.lengths.maximum, longest.name)
    return tokenizer


def _models(encoder: str | Path, heads: dict[str, enc.Head], keep_head: bool, settings: Hyperparameters) -> dict:
    if keep_head:
        return {name: enc.load_head(encoder, head, settings.dropout) for name, head in heads.items()}
    return enc.load_heads(encoder, heads, settings.dropout)


def _data(tasks: Sequence[TaskData], data: Mapping[str, TrainingTask], text: MaskedText | None) -> dict:
    """Return the part of settings.json about the data."""
    described: dict = {"tasks": {task.name: _described(task, data[task.name]) for task in tasks}}
    return described | ({"masked_lm": {"share": text.share, "blocks": dict(text.languages)}} if text else {})


def _made_from(
    encoder: str | Path, tasks: Sequence[TaskData], masked: TextData | None, asked: dict, code: str
) -> dict[str, str]:
    """Return digests of all that the bytes of a training depend on, by part."""
    heads = [[task.name, task.kind, asdict(task.lengths), list(task.labels), len(task.train)] for task in tasks]
    text = {"share": masked.share, "languages": list(masked.files)} if masked else {}
    return {
        "encoder": digest({}, enc.model_files(encoder)),
        "items": digest({}, [path for task in tasks for path in (*task.train, task.dev)]),
        "text": digest(text, [*masked.files.values(), *enc.model_files(masked.head)] if masked else []),
        "settings": digest({"heads": heads, **asked}, []),
        "code": code,
        "versions": digest(enc.versions() | {"numpy": np.__version__}, []),
        "processor": digest({"processor": enc.processor()}, []),
    }


def _masked_lm(masked: TextData, encoder, tokenizer, settings: Hyperparameters) -> MaskedTokens:
    """Put a masked-LM head on the encoder. Raises ModelError if the mask token has no embedding."""
    rows = encoder.get_input_embeddings().num_embeddings
    if tokenizer.mask_token_id >= rows:
        raise ModelError(
            f"{masked.head}: the mask token has the number {tokenizer.mask_token_id}, and the embeddings have {rows} "
            "rows; masked language modelling needs an embedding for it"
        )
    model, is_own = enc.load_masked_lm(masked.head, encoder, settings.dropout)
    print(f"{masked.head}: {'its own' if is_own else 'has none, so a new'} masked-LM head on the encoder's embeddings")
    return MaskedTokens(model)


def _read(task: TaskData, tokenizer) -> tuple[enc.Head, TrainingTask]:
    items = {path: read_items(path) for path in (*task.train, task.dev)}
    for path, rows in items.items():
        if not rows:
            raise ValueError(f"{path}: has no items; training needs some in both splits")
    trained = [item for path in task.train for item in items[path]]
    labels = tuple(task.labels) or labels_of(task.kind, trained)
    train, dev = (
        encode(task.kind, rows, tokenizer, task.lengths, labels, file)
        for rows, file in ((trained, ", ".join(task.train)), (items[task.dev], task.dev))
    )
    return enc.Head(task.kind, labels), TrainingTask(task.name, task.kind, train, dev)


def _described(task: TaskData, data: TrainingTask) -> dict:
    """Return the part of settings.json about a task: examples, and counts of what encoding cut off."""
    train, dev = ({"examples": len(f.rows) // f.choices, **f.counts} for f in (data.train, data.dev))
    return {"kind": task.kind, "lengths": asdict(task.lengths), "train": train, "dev": dev}
