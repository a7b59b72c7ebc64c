"""Read the configuration of a study from its files."""

from collections.abc import Sequence
from pathlib import Path

from ..support.yaml_files import read_mapping


def laid_over(files: Sequence[str | Path]) -> dict:
    """Return the files laid over each other as Snakemake does it, the last one on top. Raises YamlProblem."""
    from snakemake.utils import update_config  # a second to import

    config: dict = {}
    for file in files:
        update_config(config, read_mapping(file)[0])
    return config
