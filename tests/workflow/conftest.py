"""The configurations that are shipped, and changes of them."""

import copy
from pathlib import Path

import yaml
from snakemake.utils import update_config

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def changed(key: str, value):
    """The default configuration with another value at a dotted key."""
    config = copy.deepcopy(CONFIG)
    at = config
    *path, last = key.split(".")
    for part in path:
        at = at[part]
    at[last] = value
    return config


def shipped(*names: str) -> dict:
    """Studies of config/, laid over the default as Snakemake does it."""
    config = copy.deepcopy(CONFIG)
    for name in names:
        update_config(config, yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8")))
    return config
