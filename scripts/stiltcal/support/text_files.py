"""Read text files of users: with or without a byte-order mark, gzip or not, with any line ends.

Text is UTF-8, or UTF-16 or UTF-32 with a byte-order mark.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

#: Byte-order marks, and codecs that remove them. UTF-32 comes first, because its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP = b"\x1f\x8b"


class TextError(ValueError):
    """A file that is not text. The message names the file, what was found and what is allowed."""


@contextmanager
def open_text(source: str | Path | BinaryIO, name: str = "") -> Iterator[TextIO]:
    r"""Open a file as text; every line ends with `\n`.

    source: a path, or an open file that messages call `name`. Raises TextError, also while the text is read, if it is
    neither UTF-8 nor has a byte-order mark, or if its gzip is broken. Raises OSError if the file cannot be read.
    """
    name = name or str(source)
    try:
        with open(source, "rb") if isinstance(source, str | Path) else source as file:
            packed = _peek(file).startswith(_GZIP)
            plain = io.BufferedReader(gzip.GzipFile(fileobj=file)) if packed else file
            with io.TextIOWrapper(plain, encoding=_encoding(_peek(plain), name)) as text:
                yield text
    except UnicodeError as error:
        raise TextError(f"{name}: is not UTF-8 ({error}); convert it, for example with iconv") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TextError(f"{name}: broken gzip ({error})") from None


def read_text(source: str | Path | BinaryIO, name: str = "") -> str:
    """Return the whole text of a file (`open_text`)."""
    with open_text(source, name) as text:
        return text.read()


def _peek(file) -> bytes:
    return file.peek(4)[:4]


def _encoding(head: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        raise TextError(
            f"{name}: is not UTF-8 (zero bytes: UTF-16 without a mark?); convert it, for example with iconv"
        )
    return "utf-8"
