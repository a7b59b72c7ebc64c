"""Perturbed items as rows of a parquet file: the columns of the items, and what the perturbation did."""

import pyarrow as pa

from .items import schema

#: `status` of an item that could be perturbed; of others `status` says why not.
KEPT = "kept"
#: How strong a perturbation was, measured on the item (docs/perturbations.md); `requested` is the strength asked for.
MEASURES = (
    "reached",
    "kendall_tau",
    "dnd",
    "idc",
    "broken_neighbours",
    "dependency_length_change",
    "chrf",
    "levenshtein",
)
_TOKENS = pa.list_(pa.int32())
_MAP = {
    "old": _TOKENS,
    "new": _TOKENS,
    "old_start": _TOKENS,
    "old_end": _TOKENS,
    "new_start": _TOKENS,
    "new_end": _TOKENS,
}
_COLUMNS = {
    "status": pa.string(),
    "changed": pa.bool_(),
    "requested": pa.float64(),
    **dict.fromkeys(MEASURES, pa.float64()),
    "map": pa.list_(pa.struct({"field": pa.string(), **_MAP})),
}


def perturbed_schema(kind: str) -> pa.Schema:
    """The columns of a perturbed items file: those of the kind, and what was done."""
    return pa.schema([*schema(kind), *(pa.field(name, of) for name, of in _COLUMNS.items())])
