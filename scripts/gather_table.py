"""Concatenate the tables of all targets."""

from pathlib import Path

from stiltcal.support.jobs import run_job


def main(*, tables: list[str], table: str) -> None:
    """Write the rows of `tables` (CSV), in the given order, to `table`. Raises ValueError if the headers differ."""
    texts = [Path(table).read_text(encoding="utf-8") for table in tables]
    headers = {text.partition("\n")[0] for text in texts}
    if len(headers) > 1:
        raise ValueError(f"{', '.join(tables)}: found different headers: {sorted(headers)}")
    Path(table).write_text(headers.pop() + "\n" + "".join(text.partition("\n")[2] for text in texts), encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
