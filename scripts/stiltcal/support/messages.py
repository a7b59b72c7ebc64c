"""Parts of error messages, and the form in which they are shown."""

from collections.abc import Iterable
from difflib import get_close_matches

#: The longest message that is shown: lines, and characters of a line.
_LINES, _WIDTH = 3, 1500
#: The most characters of a value that a message repeats.
_SHOWN = 200
#: Of longer names nobody wants to know which known one they resemble, and the comparison would take minutes.
_LONGEST_NAME = 100


def suggestion(found: object, allowed: Iterable[object]) -> str:
    """Return ` (did you mean 'x'?)` if an allowed value resembles the one that was found, else ""."""
    if len(str(found)) > _LONGEST_NAME:
        return ""
    close = get_close_matches(str(found), list(map(str, allowed)), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def short(found: object) -> str:
    """Return a value as Python writes it, without the middle of a long one."""
    return _shortened(repr(found), _SHOWN)


def for_people(message: str) -> str:
    """Return a message as it is shown on a terminal.

    At most three lines (Snakemake adds two of its own), and 1,500 characters a line; characters that are no text, such
    as those that move the cursor, are escaped.
    """
    lines = [_shortened("".join(map(_visible, line)), _WIDTH) for line in message.splitlines() if line.strip()]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"... and {len(lines) - _LINES + 1} more lines like these"]
    return "\n".join(lines)


def _shortened(text: str, most: int) -> str:
    """Leave out the middle of a text: messages begin with a place, and end with what is allowed."""
    return text if len(text) <= most else f"{text[: most * 2 // 3]} ... {text[-most // 3 :]}"


def _visible(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]
