"""Read plain text for masked language modelling: paragraphs of one language from the user's files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from ..formats.items import write_table
from ..support.text_files import TextError, open_text
from ..tasks.spec import TaskError
from .clean import tidy

#: Most characters of a language that are read (docs/intermediates.md says why).
MOST_CHARACTERS = 10_000_000


def prepare_text(files: Iterable[Path], language: str, out: Path, most: int = MOST_CHARACTERS) -> tuple[int, int]:
    """Write the paragraphs of a language, a row each (column `text`); return their number and that of characters.

    files: read in their order; a line is a paragraph, and empty lines are left out. most: number of characters after
    which reading ends. Raises TaskError for files that are no UTF-8 text, and if no text is found.
    """
    files, paragraphs, read = list(files), [], 0
    for paragraph in _paragraphs(files):
        paragraphs.append(paragraph)
        read += len(paragraph)
        if read >= most:
            break
    if not paragraphs:
        found = ", ".join(map(str, files)) or "no file"
        raise TaskError(f"mlm.text.{language}: {found} has no text; give some, or null to do without {language}")
    write_table(out, pa.table({"text": pa.array(paragraphs, pa.string())}))
    return len(paragraphs), read


def _paragraphs(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        try:
            with open_text(path) as lines:
                yield from filter(None, map(tidy, lines))
        except TextError as error:
            raise TaskError(f"mlm.text: {error}") from None
