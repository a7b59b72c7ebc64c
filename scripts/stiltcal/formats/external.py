"""Predictions of a system that is not ours: the columns of their file, and how they are read beside a model's."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .parquet_files import read_schema
from .prediction_columns import predictions_schema
from .predictions import CellKey, Units, read_predictions

#: Columns of the file: those of a model's predictions, without scaled confidences.
SCHEMA = predictions_schema(())
#: Key of the file's metadata; a model's predictions do not have it.
EXTERNAL = b"external"


def read_systems(
    paths: Sequence[str | Path], scalings: Sequence[str], clusters: Mapping[str, int], language: str | None = None
) -> dict[CellKey, Units]:
    """Read the cells of models and of other systems, as `read_predictions` does; the latter have no scaled confidences.

    Raises ValueError as it does, and if a system answered other items than the models.
    """
    others = [path for path in paths if EXTERNAL in (read_schema(path).metadata or {})]
    cells = read_predictions([path for path in paths if path not in others], scalings, clusters, language)
    if not others:
        return cells
    # Items are numbered by what is read together: numbers mean the same where the items are the same.
    items = {key[2:]: units.item for key, units in cells.items()}
    unscaled = [name for name in scalings if name == "none"]
    for key, units in read_predictions(others, unscaled, clusters, language).items():
        if not np.array_equal(units.item, items.get(key[2:], ())):
            where = f"{key.intermediate}: {key.perturbation} in {key.language}"
            raise ValueError(f"{where}: not the items that the models answered; delete its predictions, and run again")
        cells[key] = units
    return cells
