"""What every job of the workflow does around its work: write to its log, and tell a person what went wrong."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout


@contextmanager
def job(snakemake) -> Iterator[None]:
    """Send the output of an entry script to the rule's log file.

    An error about configuration, data or files (ValueError, OSError) is one message on the console, with the log's
    name; anything else keeps its traceback there. Both are in the log in full.
    """
    console = sys.stderr
    with open(snakemake.log[0], "w", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        try:
            yield
        except (ValueError, OSError) as error:
            traceback.print_exc()
            print(f"Error in rule {snakemake.rule}: {error}\n(log: {snakemake.log[0]})", file=console)
            sys.exit(1)
        except Exception:
            traceback.print_exc()
            traceback.print_exc(file=console)
            sys.exit(1)
