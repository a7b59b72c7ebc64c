"""Write a table of each cell's tokens that are unknown to the encoder's vocabulary."""

import json
from pathlib import Path

from stiltcal.formats.results import UNKNOWN_TOKENS
from stiltcal.formats.rows import write_rows
from stiltcal.support.jobs import run_job


def main(*, records: list[str], unknown_tokens: str) -> None:
    """`records`: files `.../{target}/seed{seed}.temperature.json`, one of each target. Cells without a text have no
    row."""
    rows = []
    for record in map(Path, records):
        for cell, counts in json.loads(record.read_text(encoding="utf-8"))["encoding"].items():
            perturbation, _, language = cell.rpartition("/")
            keys = {"target": record.parent.name, "perturbation": perturbation, "language": language}
            numbers = {name: counts[name] for name in ("tokens", "unknown_tokens")}
            if counts["tokens"]:
                rows.append({**keys, **numbers, "share": counts["unknown_tokens"] / counts["tokens"]})
    write_rows(unknown_tokens, UNKNOWN_TOKENS, rows)


if "snakemake" in globals():
    run_job(main, snakemake)
