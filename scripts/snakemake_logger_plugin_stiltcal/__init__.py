"""Snakemake logger plugin: one line a minute on the terminal, instead of a paragraph for each job.

Snakemake finds installed packages named `snakemake_logger_plugin_*`; profiles/default asks for this one where it is
installed. All that Snakemake says about jobs is in its own log file (.snakemake/log/), as ever.
"""

import logging
import sys
import threading
import time
from contextlib import suppress

from snakemake.logging import ColorizingTextHandler
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from .progress import Progress

__all__ = ["LogHandler"]
#: Seconds between two lines.
INTERVAL = 60


class LogHandler(LogHandlerBase):
    """Print warnings and errors in full, and progress once a minute and at the end.

    Before the jobs start and after they end, Snakemake's messages are printed too ("Nothing to be done"). Dry runs, and
    runs with --quiet or --verbose, look as they do without this plugin.
    """

    def __post_init__(self) -> None:
        settings = self.common_settings
        self.as_usual = bool(settings.dryrun or settings.quiet or settings.verbose)
        self.terminal = ColorizingTextHandler(settings.nocolor, sys.stdout if settings.stdout else sys.stderr)
        self.progress: Progress | None = None
        self.ended = threading.Event()

    def setFormatter(self, fmt: logging.Formatter | None) -> None:
        """Let the terminal format as Snakemake does."""
        self.terminal.setFormatter(fmt)

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record, count it, or both."""
        event = getattr(record, "event", None)
        running = self.progress is not None and not self.ended.is_set()
        between = not running or self.progress.stopped
        if self.as_usual or record.levelno >= logging.WARNING or (event is None and between):
            self._show(record)
        if self.as_usual:
            return
        if event == LogEvent.RUN_INFO and self.progress is None:
            self._start(record)
        elif running:
            self._count(event, record)

    def _start(self, record: logging.LogRecord) -> None:
        self.progress = Progress(record.stats, record.created)
        self._print(self.progress.first_line())
        threading.Thread(target=self._print_each_minute, daemon=True).start()

    def _count(self, event: LogEvent | None, record: logging.LogRecord) -> None:
        if event == LogEvent.JOB_INFO:
            self.progress.started(record.jobid, record.rule_name, list(record.wildcards.values()), record.created)
        elif event == LogEvent.JOB_FINISHED:
            self.progress.finished(record.job_id, record.created)
        elif event == LogEvent.JOB_ERROR:
            self.progress.failed(record.jobid)
        if self.progress.complete:
            self._end(record.created)

    def _print_each_minute(self) -> None:
        while not self.ended.wait(INTERVAL):
            with self.lock:
                if not self.ended.is_set():
                    self._print(self.progress.line(time.time()))

    def _end(self, now: float) -> None:
        self.ended.set()
        self._print(self.progress.last_line(now))

    def _print(self, line: str) -> None:
        self._show(logging.makeLogRecord({"msg": f"[{time.strftime('%H:%M')}] {line}", "levelname": "INFO"}))

    def _show(self, record: logging.LogRecord) -> None:
        """Print a record, unless nobody reads any more (`snakemake ... | head`): the run goes on."""
        with suppress(BrokenPipeError):
            self.terminal.emit(record)

    def close(self) -> None:
        """Say how far a run came that failed or was interrupted."""
        with self.lock:
            if self.progress is not None and not self.ended.is_set():
                self._end(time.time())
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """Tell Snakemake that lines go to the terminal, so that it adds no handler of its own for it."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Tell Snakemake that no file is written; it keeps its own log file."""
        return False

    @property
    def has_filter(self) -> bool:
        """Let Snakemake drop the records that its options (such as --quiet) exclude."""
        return False

    @property
    def has_formatter(self) -> bool:
        """Let Snakemake set the formatter, which `setFormatter` passes on."""
        return False

    @property
    def needs_rulegraph(self) -> bool:
        """Spare Snakemake the graph of rules, which is not shown."""
        return False
