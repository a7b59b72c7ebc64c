"""Fetch Stanza's pretrained models of one language into a local folder; everything after runs offline."""

from functools import partial
from pathlib import Path

import stanza
from stanza.resources.common import download_resources_json, get_language_resources, load_resources_json

from stiltcal.data.lock import RECORD, checksums, verify, write_json
from stiltcal.data.repositories import explained
from stiltcal.support.files import whole_folder
from stiltcal.support.jobs import run_job
from stiltcal.syntax.parsing import PROCESSORS, stanza_code
from stiltcal.tasks.spec import TaskError


def main(*, parser: str, language: str, lock: str) -> None:
    """Fetch the models of `language` to the folder `parser`, and check or extend the study's `lock` file.

    The version of Stanza names the revision of the models on the Hub. Raises TaskError if Stanza has no parser for the
    language, if the network fails, or if the models have other checksums than the lock.
    """
    with whole_folder(Path(parser)) as folder, explained(f"Stanza models of {language}", "Is there a network?"):
        _download(language, str(folder))
        models = {name: value for name, value in checksums(folder).items() if name.endswith(".pt")}
        record = {f"parser of {language}": {"stanza": stanza.__version__, "files": models}}
        write_json(folder / RECORD, record)
        verify(Path(lock), record)


def _download(language: str, folder: str) -> None:
    """Fetch lemma models in a second call: Stanza fails on languages without them, whose words are their own lemmas."""
    download_resources_json(folder)
    known = load_resources_json(folder)
    code = stanza_code(language, known)
    get = partial(stanza.download, code, model_dir=folder, logging_level="WARN", download_json=False)
    try:
        get(processors=",".join(name for name in PROCESSORS if name != "lemma"))
        if "lemma" in get_language_resources(known, code):
            get(processors="lemma")
    except ValueError as error:  # Stanza's own, for languages and processors that it does not have
        raise TaskError(f"{language}: {error}; `train` in parsers trains one on a treebank") from error


if "snakemake" in globals():
    run_job(main, snakemake)
