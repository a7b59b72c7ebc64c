"""Pack blocks of results and the rows behind numbers as text, in the form that the scripts of the page read.

Each text is gzip in base64. A block holds its columns one after another, each as planes of bytes, the lowest byte
first. The number of a cell is an offset, which is added to the least of its column; offsets are counted from 1, and 0
stands for no number. Estimates are thousandths, as the finding prints them.
"""

import base64
import csv
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from .explorer import MEANS, Block, Blocks, Grid
from .labels import (
    ERRORS,
    SCALINGS,
    intermediate_label,
    language_label,
    metric_label,
    perturbation_label,
    target_label,
)

#: Tables of the page by name, in the order of its filter.
_TABLES = {
    "intermediate": "change by intermediate training",
    "interaction": "interaction of both",
    "perturbation": "change by perturbation",
    "scores": "scores",
}
#: Columns that hold whole numbers; all others hold thousandths.
_WHOLE = ("n", "mark")


def packed(data: bytes) -> str:
    """Return bytes as gzip in base64; the same bytes give the same text."""
    return base64.b64encode(gzip.compress(data, compresslevel=6, mtime=0)).decode("ascii")


def pack_block(block: Block) -> dict:
    """Return the `columns` of a block (`name`, `scale`, `least`, `width` in bytes) and its `text`."""
    columns, planes = [], []
    for name, values in block.items():
        scale = 1 if name in _WHOLE else 1000
        known = ~np.isnan(values)
        whole = np.rint(np.where(known, values, 0) * scale).astype(np.int64)
        least = int(whole[known].min()) if known.any() else 0
        offsets = np.where(known, whole - least + 1, 0)
        width = max(1, (int(offsets.max()).bit_length() + 7) // 8)
        planes += [(offsets >> 8 * plane & 255).astype(np.uint8).tobytes() for plane in range(width)]
        columns.append({"name": name, "scale": scale, "least": least, "width": width})
    return {"columns": columns, "text": packed(b"".join(planes))}


def explorer(
    grid: Grid,
    blocks: Blocks,
    numbers: Iterable[Mapping],
    files: Iterable[str | Path],
    shown: Mapping,
    gallery: str,
) -> dict:
    """Return what the page needs to filter and sort: `index` and `sources` as text, `blocks` as `key` and `text`, texts
    of `shown_tables` by name, and `galleries`: label and page of each target.

    numbers, files: as of `rows_behind`. shown: `metric`, `scaling` and `source_language`, which the page shows first.
    gallery: the gallery's folder, seen from the page.
    """
    tables = {name: text for name, text in _TABLES.items() if any(key[0] == name for key in blocks)}
    first = {"table": next(iter(tables)), "metric": shown["metric"], "scaling": shown["scaling"]}
    text, packed_blocks = index(grid, blocks, first, shown["source_language"], gallery)
    codes = grid.names["language"]
    own = [[codes[code] for code in languages if codes[code] not in MEANS] for languages in grid.languages]
    return {
        "index": text,
        "blocks": packed_blocks,
        "sources": rows_behind(numbers, files),
        "shown_tables": tables,
        "galleries": {
            target: (target_label(target), f"{gallery}/{target}/{languages[0]}.html")
            for target, languages in zip(grid.names["target"], own, strict=True)
            if languages
        },
    }


def index(
    grid: Grid, blocks: Blocks, shown: Mapping[str, str], source: str, gallery: str = "gallery"
) -> tuple[str, list[dict]]:
    """Return the index of the blocks as JSON for a script element, and the blocks as `key` and `text`, the shown first.

    shown: `table`, `metric` and `scaling` that the page shows first. source: the source language.
    gallery: the gallery's folder, seen from the page.
    """
    first = shown["table"], shown["metric"], shown["scaling"]
    ordered = sorted(blocks, key=lambda key: (key != first, key[1] != first[1], key[1] not in ERRORS, *key))
    elements, described = [], {}
    for key in ordered:
        name, block = "/".join(key), pack_block(blocks[key])
        elements.append({"key": name, "text": block["text"]})
        described[name] = block["columns"]
    names = grid.names | {
        "metric": list(dict.fromkeys(key[1] for key in ordered)),
        "scaling": list(dict.fromkeys(key[2] for key in sorted(blocks, key=lambda key: key[2] != "none"))),
    }
    contents = {
        "names": {
            dimension: [[name, _label(dimension, name)] for name in listed] for dimension, listed in names.items()
        },
        "languages": grid.languages,
        "blocks": described,
        "shown": shown,
        "source": source,
        "gallery": gallery,
    }
    return script_json(contents), elements


def _label(dimension: str, name: str) -> str:
    labels: dict[str, Callable[[str], str]] = {
        "intermediate": intermediate_label,
        "target": target_label,
        "perturbation": perturbation_label,
        "language": lambda name: MEANS.get(name) or language_label(name),
        "scaling": lambda name: f"{name}: {SCALINGS[name]}" if name in SCALINGS else name,
        "metric": lambda name: ERRORS.get(name) or metric_label(name).replace("_", " "),
    }
    return labels[dimension](name)


def script_json(value: object) -> str:
    """Return JSON that can stand in a script element: no tag can end it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def rows_behind(numbers: Iterable[Mapping], files: Iterable[str | Path]) -> str:
    """Return the packed rows behind the numbers of a finding: `files` by name, each with its `head` and its `rows` by
    line, and `numbers` as [file, line or lines, column], or [file, key, value] for what the finding itself declares.

    files: result tables, of which only the lines that a number names are read.
    """
    numbers = list(numbers)
    wanted: dict[str, set[int]] = {}
    for number in numbers:
        lines = number.get("lines", [number["line"]] if "line" in number else [])
        wanted.setdefault(number["file"], set()).update(lines)
    read = {Path(path).name: _lines(path, wanted.get(Path(path).name, set())) for path in files}
    contents = {"files": read, "numbers": [_source(number) for number in numbers]}
    return packed(json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))


def _source(number: Mapping) -> list:
    if "key" in number:
        return [number["file"], number["key"], number["value"]]
    return [number["file"], number.get("lines", number.get("line")), number.get("column", "")]


def _lines(path: str | Path, wanted: set[int]) -> dict:
    """Read the head and some lines of a table, which has no line breaks in its cells."""
    with open(path, newline="", encoding="utf-8") as file:
        head = next(csv.reader([file.readline()]))
        lines = {number: line for number, line in enumerate(file, 2) if number in wanted}
    return {"head": head, "rows": dict(zip(lines, csv.reader(lines.values()), strict=True))}
