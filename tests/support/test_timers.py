"""Timers that a finished run leaves behind."""

import threading
import time

from stiltcal.support.timers import stop_timers


def test_all_timers_end_at_once_and_do_nothing():
    done, timers = [], [threading.Timer(seconds, lambda: done.append(1)) for seconds in (60, 3600)]
    for timer in timers:
        timer.start()
    start = time.monotonic()
    stop_timers()
    for timer in timers:
        timer.join()
    assert time.monotonic() - start < 30 and not done
