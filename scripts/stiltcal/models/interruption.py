"""Note signals that ask a process to end, so that it can end at a good place."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def noted_signals() -> Iterator[list[int]]:
    """Yield a list that receives the number of SIGTERM or SIGINT. A second SIGINT ends the process as usual.

    More of SIGTERM change nothing: SLURM sends it to a job's processes, and Snakemake, which is one of them, again.

    Outside the main thread, where Python allows no handlers, the list stays empty.
    """
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def note(number: int, _) -> None:
        noted.append(number)
        signal.signal(signal.SIGINT, before[signal.SIGINT])

    def restore() -> None:
        for name, handler in before.items():
            signal.signal(name, handler)

    before = {name: signal.signal(name, note) for name in _SIGNALS}
    try:
        yield noted
    finally:
        restore()
