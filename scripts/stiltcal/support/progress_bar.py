"""Show the progress of long work: a bar on a terminal, plain lines in a log."""

import sys
import time
from collections.abc import Callable
from typing import Any

from tqdm import tqdm

#: A log gets a line whenever so large a part of the work is done, and after so many seconds without a line.
_PARTS, _SECONDS = 10, 60
_BAR = "{percentage:3.0f}%|{bar}| {n:.0f} of {total:.0f}{unit} [{elapsed}, {remaining} left, {rate_noinv_fmt}{postfix}]"
_LINE = "{n:.0f} of {total:.0f}{unit} ({percentage:.0f} %){postfix}, {rate_noinv_fmt}, {remaining} left"


class ProgressBar(tqdm):
    """A bar of tqdm with rate and time left; where stderr is no terminal, lines with the same.

    The rate is the mean since the start, so that the time left does not jump with the lengths of batches. Use it in a
    `with` block, and call `update(n)` when n more units are done; n may be a fraction.
    """

    monitor_interval = 0  # no thread beside those of the computation

    def __init__(self, total: int, unit: str, done: int = 0, note: Callable[[], str] = str):
        """total, done: units in all, and those that an earlier job did. unit: their name in the plural. note: returns
        what to say beside them, say the loss; it is called when something is printed."""
        self._note, self._in_terminal = note, sys.stderr.isatty()
        self._part, self._said = self._part_of(done, total), time.monotonic()
        often: dict[str, Any] = {"mininterval": 0.1 if self._in_terminal else 0, "miniters": 0, "smoothing": 0}
        shape = {"bar_format": _BAR if self._in_terminal else _LINE, "leave": self._in_terminal}
        super().__init__(total=total, initial=done, unit=f" {unit}", file=sys.stderr, **often, **shape)

    @property
    def format_dict(self) -> dict[str, Any]:
        """Values of the formats, with the note."""
        return super().format_dict | {"postfix": self._note()}

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        """Draw the bar, or write a line if one is due; tqdm calls this after each update."""
        if self._in_terminal:
            return super().display(msg, pos)
        if msg is None and self._is_due():
            self.fp.write(f"{' '.join(str(self).split())}\n")
            self.fp.flush()
        return False

    def _is_due(self) -> bool:
        part, now = self._part_of(self.n, self.total), time.monotonic()
        if part == self._part and now - self._said < _SECONDS:
            return False
        self._part, self._said = part, now
        return True

    @staticmethod
    def _part_of(done: float, total: int) -> int:
        """Return the number of parts that are done; sums of fractions may be a little too small."""
        return int(_PARTS * done / max(1, total) + 1e-6)
