"""Define the columns of predictions, of our models and of other systems (docs/data_formats.md)."""

from collections.abc import Iterable

import pyarrow as pa

from .fits import confidence_column

_COLUMNS = {
    "language": pa.string(),
    "perturbation": pa.string(),
    "id": pa.string(),
    "cluster": pa.string(),
    "unit": pa.string(),
    "position": pa.int32(),
    "gold": pa.string(),
    "prediction": pa.string(),
    "correct": pa.bool_(),
    "score": pa.float64(),
    "selected": pa.bool_(),
}


def predictions_schema(scalings: Iterable[str]) -> pa.Schema:
    """Return the columns of the table, with confidences for `none` and for each scaling, shifted ones included."""
    return pa.schema(_COLUMNS | {confidence_column(name): pa.float64() for name in ("none", *scalings)})
