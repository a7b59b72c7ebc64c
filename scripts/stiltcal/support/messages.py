"""Parts of messages to people."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(found: object, allowed: Iterable[object]) -> str:
    """` (did you mean 'x'?)` where something allowed looks like what was found, else nothing."""
    close = get_close_matches(str(found), list(map(str, allowed)), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
