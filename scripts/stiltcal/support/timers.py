"""Stop the timers that a finished Snakemake leaves behind."""

import threading


def stop_timers() -> None:
    """Cancel all timers of this process; Python waits for those that are left before it exits.

    Snakemake starts one, of the length in `max-jobs-per-timespan`, each time it looks for jobs to start.
    """
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()
