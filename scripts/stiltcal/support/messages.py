"""Parts of error messages."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(found: object, allowed: Iterable[object]) -> str:
    """Return ` (did you mean 'x'?)` if an allowed value resembles the one that was found, else ""."""
    close = get_close_matches(str(found), list(map(str, allowed)), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
