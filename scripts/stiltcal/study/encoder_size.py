"""Read the size of an encoder from its config.json, before anything is loaded."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from ..data.lock import read_asked
from ..support.json_files import read_json_mapping
from .parameters import Parameters

#: Names of the numbers below in config.json; DistilBERT and XLM have names of their own.
_NAMES = {
    "vocabulary": ("vocab_size",),
    "hidden": ("hidden_size", "dim", "d_model", "emb_dim"),
    "layers": ("num_hidden_layers", "n_layers", "num_layers"),
    "intermediate": ("intermediate_size", "hidden_dim", "d_ff"),
    "heads": ("num_attention_heads", "n_heads", "num_heads"),
}
_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")


class EncoderSize(NamedTuple):
    """The size of a transformer encoder: tokens of its vocabulary, widths, and numbers of layers and heads.

    dropout: that of attention. positions: the most tokens of a row; None if not known, or any.
    """

    vocabulary: int
    hidden: int
    layers: int
    intermediate: int
    heads: int
    dropout: float = 0.1
    positions: int | None = None

    @property
    def body(self) -> int:
        """Parameters of the layers: those that each token is multiplied with."""
        return self.layers * self.hidden * (4 * self.hidden + 2 * self.intermediate)

    @property
    def parameters(self) -> int:
        """All parameters, with the embeddings of the vocabulary and of 512 positions."""
        return self.body + (self.vocabulary + 512) * self.hidden

    def kept_numbers(self, length: int, dropout: float | None) -> int:
        """Return the numbers that a training keeps for each token of rows until its gradients are computed.

        length: of the rows. dropout: None for the encoder's own. Measured with XLM-R of 6 layers of 384 in torch 2.13:
        with dropout torch keeps the attention of each head three times, without dropout never.
        """
        numbers = 10 * self.hidden + 2 * self.intermediate
        if self.dropout if dropout is None else dropout:
            numbers += 3 * self.hidden + 3 * self.heads * length
        return self.layers * numbers


#: Published sizes by repository on the Hub (Conneau et al. 2020, arXiv 1911.02116).
PUBLISHED = {
    "FacebookAI/xlm-roberta-base": EncoderSize(250002, 768, 12, 3072, 12, positions=512),
    "FacebookAI/xlm-roberta-large": EncoderSize(250002, 1024, 24, 4096, 16, positions=512),
}
#: Assumed of any other encoder that is not fetched yet: XLM-R Large (560 million parameters), the largest in use.
ASSUMED = PUBLISHED["FacebookAI/xlm-roberta-large"]


def encoder_size(parameters: Parameters) -> EncoderSize:
    """Return the size of the encoder of a study, or `ASSUMED` if it is not known before the encoder is fetched."""
    return known_size(parameters) or ASSUMED


def known_size(parameters: Parameters) -> EncoderSize | None:
    """Return the size of the fetched encoder of a study, or of its source, or as published; None if none is known."""
    if parameters.config["encoder"].get("pretrain"):
        made = parameters.config["miniature"]["encoder"]
        hidden = made["hidden_size"]
        return EncoderSize(made["vocabulary"], hidden, made["layers"], 2 * hidden, made["heads"], 0.0)
    for folder in _folders(parameters):
        try:
            found = _read(read_json_mapping(folder / "config.json"))
        except (OSError, ValueError):  # missing yet, or broken: fetch_model says so
            continue
        if found:
            return found
    return PUBLISHED.get(parameters.encoder_source.get("hub", ""))


def _folders(parameters: Parameters) -> Iterator[Path]:
    source = parameters.encoder_source
    if "folder" in source:
        yield Path(source["folder"])
    elif "package" in source:
        with suppress(PackageNotFoundError):  # as above
            yield Path(str(distribution(source["package"]).locate_file(source["path"])))
    fetched = Path(parameters.config["pathvars"]["results"]) / "models" / "encoder"
    if read_asked(fetched) in (None, parameters.asked_encoder):  # not that of an earlier study in this folder
        yield fetched


def _read(config: Mapping) -> EncoderSize | None:
    """Read the numbers of a config.json; None if one is missing."""
    numbers: dict[str, Any] = {
        key: next((config[name] for name in names if name in config), None) for key, names in _NAMES.items()
    }
    numbers["dropout"] = next((config[name] for name in _DROPOUT if name in config), 0.1)
    if not all(isinstance(number, int | float) for number in numbers.values()):
        return None
    return EncoderSize(**numbers, positions=_positions(config))


def _positions(config: Mapping) -> int | None:
    """Return the most tokens of a row; the RoBERTa family counts positions from the padding token's number + 1.

    None if it is not known, and for relative positions alone (`models.positions`).
    """
    if not config.get("position_biased_input", True):
        return None
    total, padding = (config.get(name) for name in ("max_position_embeddings", "pad_token_id"))
    if not isinstance(total, int) or total < 1:
        return None
    if "roberta" in str(config.get("model_type")) and isinstance(padding, int):
        return total - padding - 1
    return total
