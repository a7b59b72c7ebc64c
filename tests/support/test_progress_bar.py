"""Progress of a job: plain lines at each tenth and each minute in a log, a bar on a terminal."""

import io
import re
import sys

import pytest

from stiltcal.support import progress_bar
from stiltcal.support.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when a test says so, for our lines and for tqdm."""

    class Clock:
        now = 1000.0

        def __call__(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress_bar.time, "monotonic", clock)
    return clock


def bar_of(monkeypatch, clock, file, *arguments, **options) -> ProgressBar:
    monkeypatch.setattr(sys, "stderr", file)
    bar = ProgressBar(*arguments, **options)
    bar._time, bar.start_t, bar.last_print_t = clock, clock.now, clock.now
    return bar


def test_a_log_has_a_line_at_each_tenth(monkeypatch, clock):
    log = io.StringIO()
    with bar_of(monkeypatch, clock, log, 200, "updates", note=lambda: "loss 0.500") as bar:
        for _ in range(200):
            clock.now += 0.25
            bar.update()
    lines = log.getvalue().splitlines()
    assert lines[0] == "20 of 200 updates (10 %), loss 0.500, 4.00 updates/s, 00:45 left"
    assert lines[-1] == "200 of 200 updates (100 %), loss 0.500, 4.00 updates/s, 00:00 left"
    assert len(lines) == 10


def test_a_log_has_a_line_after_each_minute(monkeypatch, clock):
    log = io.StringIO()
    with bar_of(monkeypatch, clock, log, 1000, "updates") as bar:
        for _ in range(25):
            clock.now += 5
            bar.update()
    assert log.getvalue().splitlines() == [
        "12 of 1000 updates (1 %), 0.20 updates/s, 1:22:20 left",
        "24 of 1000 updates (2 %), 0.20 updates/s, 1:21:20 left",
    ]


def test_what_an_earlier_job_did_is_no_part_of_the_rate(monkeypatch, clock):
    log = io.StringIO()
    with bar_of(monkeypatch, clock, log, 100, "updates", 85) as bar:
        clock.now += 10
        bar.update(5)
    assert log.getvalue() == "90 of 100 updates (90 %), 0.50 updates/s, 00:20 left\n"


def test_parts_of_a_unit_add_up(monkeypatch, clock):
    """Thirds three times are one, although their sum is a little less."""
    log = io.StringIO()
    with bar_of(monkeypatch, clock, log, 10, "cells") as bar:
        for _ in range(30):
            clock.now += 1
            bar.update(1 / 3)
    assert re.findall(r"^(\d+) of 10", log.getvalue(), re.MULTILINE) == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize("total", [0, 3])
def test_work_that_ends_early_leaves_no_line(monkeypatch, clock, total):
    log = io.StringIO()
    with bar_of(monkeypatch, clock, log, total, "cells"):
        pass
    assert log.getvalue() == ""


def test_a_terminal_has_a_bar(monkeypatch, clock):
    terminal = Terminal()
    with bar_of(monkeypatch, clock, terminal, 8, "updates", note=lambda: "loss 0.500") as bar:
        for _ in range(4):
            clock.now += 2
            bar.update()
    text = terminal.getvalue()
    assert re.search(r"\r 50%\|.+\| 4 of 8 updates \[00:08, 00:08 left,  0.50 updates/s, loss 0.500\]\s*\n$", text)
    assert text.count("\n") == 1
