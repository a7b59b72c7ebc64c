"""The doors through which input comes into the project: each returns what a user is told."""

import copy
import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import yaml
from scripts.stiltcal.study.load import StudyError, load_study
from scripts.stiltcal.support.configfiles import refuse_unreadable
from snakemake.common.configfile import load_configfile
from snakemake.utils import update_config

from stiltcal.support.jobs import run_job

from .case import Answer

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "config.yaml"
CONFIG = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
MINE = "mine.yaml"


def configuration(folder: Path, text: bytes) -> Answer:
    """Give a file to the workflow as `--configfile`, as profiles/default, Snakemake and rules/common.smk read it."""
    path = folder / MINE
    path.write_bytes(text)
    try:
        refuse_unreadable(["snakemake", "--cores", "1", "--configfile", str(path), "--quiet"])
        config = copy.deepcopy(CONFIG)
        update_config(config, load_configfile(path))
        load_study(config, ROOT, [DEFAULT, path])
    except SystemExit as end:
        return Answer(1, str(end.code))
    except StudyError as error:
        return Answer(1, str(error))
    return Answer(0, "")


def job(folder: Path, main: Callable[..., None], **arguments: object) -> Answer:
    """Run an entry script as a job of the workflow, with its log in a folder."""
    snakemake = SimpleNamespace(
        rule=main.__module__, log=[str(folder / "job.log")], threads=1, input={}, output={}, params=arguments
    )
    console = io.StringIO()
    with redirect_stderr(console):
        try:
            run_job(main, snakemake)
        except SystemExit as end:
            return Answer(int(end.code or 0), console.getvalue())
    return Answer(0, console.getvalue())


def command(main: Callable[[Sequence[str]], int], *arguments: str | Path) -> Answer:
    """Call the main function of a command."""
    console = io.StringIO()
    with redirect_stderr(console), redirect_stdout(io.StringIO()):
        status = main(list(map(str, arguments)))
    return Answer(status, console.getvalue())
