"""Write tables of results as CSV, with the same bytes for the same numbers."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path


def write_rows(path: str | Path, columns: Sequence[str], rows: Iterable[Mapping]) -> None:
    """Write rows as CSV, in their order; numbers have ten significant digits. Raises ValueError if one is not
    finite."""
    rows = list(rows)
    for row in rows:
        if wrong := [name for name in columns if isinstance(row[name], float) and not isfinite(row[name])]:
            raise ValueError(f"{path}: {', '.join(wrong)} would not be finite in the row {dict(row)}")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lines = [[f"{row[name]:.10g}" if isinstance(row[name], float) else row[name] for name in columns] for row in rows]
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *lines])
