"""Fetch Stanza's pretrained models of one language into a local folder; everything after runs offline."""

from functools import partial
from pathlib import Path

import stanza
from stanza.resources.common import get_language_resources, load_resources_json

from stiltcal.data.fetch import explained
from stiltcal.data.lock import RECORD, checksums, verify, write_json
from stiltcal.support.files import whole_folder
from stiltcal.support.jobs import run_job
from stiltcal.syntax.parsing import PROCESSORS
from stiltcal.tasks.spec import TaskError


def main(*, parser: str, language: str, lock: str) -> None:
    """`parser`: the folder of models; `lock`: the study's lock file, in which their checksums are looked up or noted.

    The version of Stanza names the revision of the models on the Hub. Raises TaskError for a language that Stanza has
    no parser for, without a network, and where the models are not those of the lock.
    """
    with whole_folder(Path(parser)) as folder, explained(f"Stanza models of {language}", "Is there a network?"):
        _download(language, str(folder))
        models = {name: value for name, value in checksums(folder).items() if name.endswith(".pt")}
        record = {f"parser of {language}": {"stanza": stanza.__version__, "files": models}}
        write_json(folder / RECORD, record)
        verify(Path(lock), record)


def _download(language: str, folder: str) -> None:
    """Lemma models apart: for languages without any, whose words are their own lemmas, Stanza fails to fetch them."""
    get = partial(stanza.download, language, model_dir=folder, logging_level="WARN")
    try:
        get(processors=",".join(name for name in PROCESSORS if name != "lemma"))
        if "lemma" in get_language_resources(load_resources_json(folder), language):
            get(processors="lemma", download_json=False)
    except ValueError as error:  # Stanza's own, for languages and processors that it does not have
        raise TaskError(f"{language}: {error}; `train` in parsers trains one on a treebank") from error


if "snakemake" in globals():
    run_job(main, snakemake)
