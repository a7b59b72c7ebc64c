"""Put the tables of all targets under one header."""

from pathlib import Path

from stiltcal.support.jobs import run_job


def main(*, tables: list[str], table: str) -> None:
    """The rows of `tables` (CSV, the same header) in the order given; raises ValueError where headers differ."""
    texts = [Path(table).read_text(encoding="utf-8") for table in tables]
    headers = {text.partition("\n")[0] for text in texts}
    if len(headers) > 1:
        raise ValueError(f"{', '.join(tables)}: different headers: {sorted(headers)}")
    Path(table).write_text(headers.pop() + "\n" + "".join(text.partition("\n")[2] for text in texts), encoding="utf-8")


if "snakemake" in globals():
    run_job(main, snakemake)
