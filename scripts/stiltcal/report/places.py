"""Say where in a finding each number stands: numbers are marked where they are written, and unmarked at the end."""

import re
from collections.abc import Callable, Sequence
from typing import Any

#: Characters of the private use area, which no label holds: before a number, after its place in `numbers`, at its end.
_OPEN, _BETWEEN, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_OPEN}(\\d+){_BETWEEN}(.*?){_CLOSE}")


def marked(place: int, text: str) -> str:
    """Return the text of a number with marks. place: of its entry in `numbers`."""
    return f"{_OPEN}{place}{_BETWEEN}{text}{_CLOSE}"


def located(finding: dict, quoted: Sequence[dict]) -> dict:
    """Return a finding without marks.

    Each entry of `quoted` that stands in a text gets `at`: the keys and indices that lead from the finding to the text,
    then the number of characters before it there.
    """

    def unmarked(text: str, path: list) -> str:
        plain, end = "", 0
        for match in _MARKED.finditer(text):
            plain += text[end : match.start()]
            quoted[int(match[1])]["at"] = [*path, len(plain)]
            plain, end = plain + match[2], match.end()
        return plain + text[end:]

    return each_text(finding, unmarked)


def each_text(value: Any, change: Callable[[str, list], str], path: Sequence[str | int] = ()) -> Any:
    """Return a copy of a nested value in which `change` was applied to every text, with its path."""
    if isinstance(value, str):
        return change(value, list(path))
    if isinstance(value, dict):
        return {key: each_text(each, change, [*path, key]) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [each_text(each, change, [*path, number]) for number, each in enumerate(value)]
    return value
