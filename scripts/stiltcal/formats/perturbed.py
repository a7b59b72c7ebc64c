"""Perturbed items as rows of a parquet file: the columns of the items, and what the perturbation did."""

from pathlib import Path

import pyarrow as pa

from ..support.checked_files import check_inputs
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


def cell_file(folder: str | Path, perturbation: str, language: str) -> str:
    """Return the path of a cell in the folder of a target's perturbed items.

    Raises FileNotFoundError, and CheckedFileError if the file is damaged: Snakemake checks the file `complete` only.
    """
    path = Path(folder) / perturbation / f"{language}.parquet"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; delete {folder}/complete, and it will be written again")
    check_inputs([path])
    return str(path)
