"""Shared behaviour of all commands: UTF-8 output, one message for invalid input, no message when interrupted."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from io import TextIOWrapper

from .messages import for_people

#: Exit statuses, as shells have them: 128 and the number of the signal.
INVALID_INPUT, CLOSED_PIPE, INTERRUPTED = 2, 141, 130

Main = Callable[[Sequence[str] | None], None]


def command(name: str, *problems: type[Exception]) -> Callable[[Main], Callable[..., int]]:
    """Turn a function of command-line arguments into the main function of a command, which returns the exit status.

    problems: errors of invalid input. They, and OSError, are printed as `{name}: {message}`, with exit status 2.
    Standard output is UTF-8 in every locale. If the reader closes the pipe (`| head -1`), or the user presses Ctrl-C,
    the command ends without a message.
    """

    def decorate(main: Main) -> Callable[..., int]:
        @wraps(main)
        def run(arguments: Sequence[str] | None = None) -> int:
            """Run the command and return its exit status."""
            if sys.stdout is None:
                print(f"{name}: standard output is closed", file=sys.stderr)
                return INVALID_INPUT
            try:
                if isinstance(sys.stdout, TextIOWrapper):  # not where a program caught it
                    sys.stdout.reconfigure(encoding="utf-8")
                main(arguments)
                sys.stdout.flush()
            except BrokenPipeError:
                _discard_output()
                return CLOSED_PIPE
            except KeyboardInterrupt:
                return INTERRUPTED
            except problems as error:
                return _invalid(name, str(error))
            except OSError as error:
                where = f"{error.filename}: " if error.filename else ""
                return _invalid(name, f"{where}{error.strerror or error}")
            return 0

        return run

    return decorate


def _invalid(name: str, message: str) -> int:
    print(for_people(f"{name}: {message}"), file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:  # the disk is full, say
        _discard_output()
    return INVALID_INPUT


def _discard_output() -> None:
    """Discard buffered output. Python would write it when it exits, and report that it cannot."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
