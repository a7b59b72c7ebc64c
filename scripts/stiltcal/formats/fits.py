"""Read the errors of fitted scalings from predictions: columns of shifted confidences, blocks in the metadata."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

#: Key of a file's metadata: the errors of the fitted scalings.
FITS = b"fits"
#: Standard errors by which a fitted scaling is shifted in the additional columns. Below 1, so that the difference
#: approximates a derivative, and large enough for confidences of six decimals.
SHIFT = 0.25


def confidence_column(scaling: str) -> str:
    """Return the name of the column of a scaling's confidences."""
    return "confidence" if scaling == "none" else f"confidence_{scaling}"


def shifted_name(scaling: str, direction: int) -> str:
    """Name the fitted scaling that is shifted by SHIFT standard errors; directions are numbered from 0."""
    return f"{scaling}_{direction + 1}"


def shifted_columns(names: Iterable[str], scalings: Sequence[str]) -> dict[str, list[str]]:
    """Find the columns of each scaling's shifted confidences among the names of a file's columns, in the order of the
    directions."""
    known = list(names)
    patterns = {scaling: re.compile(rf"{re.escape(confidence_column(scaling))}_\d+") for scaling in scalings}
    return {
        scaling: sorted(filter(pattern.fullmatch, known), key=lambda name: int(name.rpartition("_")[2]))
        for scaling, pattern in patterns.items()
    }


def changes(table: pa.Table, scaling: str, shifted: Sequence[str]) -> np.ndarray:
    """Compute the change of confidences by one standard error of the fit in each direction, (k, n)."""
    confidence = table[confidence_column(scaling)].to_numpy()
    return np.array([(table[name].to_numpy() - confidence) / SHIFT for name in shifted])


def blocks_of_fits(path: str | Path, metadata: Mapping | None) -> Callable[[str, str, str], np.ndarray]:
    """Read the errors of fits from the metadata of a file: a function from scaling, perturbation and language to
    blocks (k, BLOCKS)."""
    fits = json.loads((metadata or {}).get(FITS, b"{}"))
    blocks = [np.array(each) for each in fits.get("blocks", [])]

    def of(scaling: str, perturbation: str, language: str) -> np.ndarray:
        """Raises ValueError where the file has shifted confidences and does not name the fit."""
        number = fits.get("cells", {}).get(scaling, {}).get(f"{perturbation}/{language}")
        if number is None:
            raise ValueError(f"{path}: no error of the fit of scaling {scaling} for {perturbation}/{language}")
        return blocks[number]

    return of
