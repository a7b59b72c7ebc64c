"""Remember from one process to the next what was computed from the contents of files."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from .files import sha256


class FileFacts:
    """Facts about files, in one JSON file, each with the checksum of the contents that it was computed from.

    Several processes may read and write it at once: it is replaced as a whole. Of two that write at once, one loses
    what it has found, and computes it again. Where it cannot be read or written, facts are computed each time.
    """

    def __init__(self, path: Path):
        """path: the JSON file."""
        self.path = path
        self._changed = False
        try:
            self._known: dict[str, list] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def of(self, name: str, file: Path, compute: Callable[[Path], Any]) -> Any:
        """Return `compute(file)`, which must depend on the file's contents and on `name` alone, and must fit JSON."""
        checksum = sha256(file)
        if name not in self._known or self._known[name][0] != checksum:
            self._known[name] = [checksum, compute(file)]
            self._changed = True
        return self._known[name][1]

    def save(self) -> None:
        """Write what is new, if there is anything."""
        if not self._changed:
            return
        self._changed = False
        with suppress(OSError):  # a folder that is read-only, or a full disk
            self.path.parent.mkdir(exist_ok=True)
            with NamedTemporaryFile("w", dir=self.path.parent, encoding="utf-8", delete=False) as file:
                json.dump(self._known, file)
            os.replace(file.name, self.path)
