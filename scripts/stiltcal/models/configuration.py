"""Read the configuration of a model folder, before anything is built by it."""

from pathlib import Path

from transformers import AutoConfig, PretrainedConfig

from .errors import ModelError, explained

_WIDTHS = ("hidden_size", "intermediate_size", "num_attention_heads")
_ROWS = ("vocab_size", "type_vocab_size", "max_position_embeddings")
#: No encoder has larger numbers: these would fill the memory before they are compared with the weights.
_MOST = {"num_hidden_layers": 1000} | dict.fromkeys((*_WIDTHS, *_ROWS), 10**7)


def read_config(folder: str | Path) -> PretrainedConfig:
    """Return the configuration of a folder. Raises ModelError if it cannot be read, or has an absurd size.

    No code of the folder is run.
    """
    with explained(folder):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        for name, most in _MOST.items():
            least, found = int(name == "num_hidden_layers"), getattr(config.get_text_config(), name, None)
            if found is not None and not least <= found <= most:
                raise ModelError(f"{folder}: config.json: {name} is {found}; allowed: {least} to {most}")
    return config
