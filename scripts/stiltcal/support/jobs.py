"""Run an entry script as a job of the workflow: arguments by name, a log, and messages for people."""

import fcntl
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from inspect import signature
from typing import TextIO

from threadpoolctl import threadpool_limits

from .checked_files import check_inputs, record_outputs, remove_damaged
from .messages import for_people


def run_job(main: Callable[..., None], snakemake, **without_result) -> None:
    """Call `main` with the named inputs, outputs and params of a job as keyword arguments.

    `main` also gets `threads` if it has such a parameter. It does not get unnamed inputs and params, which only decide
    when a job runs again. without_result: values that change no result. They are not params, because a changed param
    runs jobs again. Numerical libraries use as many threads as the rule declares: more would wait for each other, and
    sums may depend on their number.
    """
    with job(snakemake), threadpool_limits(snakemake.threads):
        named = [*snakemake.input.items(), *snakemake.output.items(), *snakemake.params.items()]
        values = {name: list(value) if isinstance(value, list) else value for name, value in named}
        if "threads" in signature(main).parameters:
            values["threads"] = snakemake.threads
        main(**values, **without_result)


@contextmanager
def job(snakemake) -> Iterator[None]:
    """Send the output of an entry script to the rule's log file, check its inputs, and record its outputs
    (`checked_files`).

    A second process of the same job waits for the first: where Snakemake was killed, its jobs go on without it.

    An error about configuration, data or files (ValueError, OSError) prints one message and the name of the log on the
    console. Any other error prints its traceback there. The log has the traceback of both.
    """
    console = sys.stderr
    with _own_log(snakemake.log[0], console) as log, redirect_stdout(log), redirect_stderr(log):
        try:
            check_inputs(snakemake.input)
            remove_damaged(snakemake.output)
            yield
            record_outputs(snakemake.output)
        except (ValueError, OSError) as error:
            traceback.print_exc()
            message = for_people(f"Error in rule {snakemake.rule}: {error}")
            print(f"{message}\n(log: {snakemake.log[0]})", file=console)
            sys.exit(1)
        except Exception:
            traceback.print_exc()
            traceback.print_exc(file=console)
            sys.exit(1)


@contextmanager
def _own_log(path: str, console: TextIO) -> Iterator[TextIO]:
    """Open an empty log file, once no other process of the job has it open."""
    with open(path, "a", encoding="utf-8") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{path}: an earlier process of this job still runs; waiting for its end", file=console, flush=True)
            fcntl.flock(log, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            pass
        log.truncate(0)
        yield log
