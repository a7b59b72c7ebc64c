"""Turn the texts of a finding into HTML in which every quoted number opens the rows behind it."""

from collections.abc import Mapping
from html import escape

from .places import each_text

#: Keys of a finding with texts for readers.
_READ = ("question", "answer", "reading", "tables", "exploratory", "sections", "counts", "unsayable", "limits")


def linked(finding: Mapping) -> dict:
    """Return the texts of a finding as HTML: each number of `numbers` is a link with its place there, `data-n`."""
    spans: dict[tuple, list[tuple[int, int]]] = {}
    for place, number in enumerate(finding["numbers"]):
        *path, start = number.get("at", [""])
        if isinstance(start, int):
            spans.setdefault(tuple(path), []).append((start, place))

    def html(text: str, path: list) -> str:
        parts, end = [], 0
        for start, place in sorted(spans.get(tuple(path), [])):
            number = finding["numbers"][place]["text"]
            parts += [_plain(text[end:start]), _link(place, number)]
            end = start + len(number)
        return "".join([*parts, _plain(text[end:])])

    texts = each_text({key: finding[key] for key in _READ}, html)
    for place, number in enumerate(finding["numbers"]):
        if number.get("at", [""])[0] == "counts":
            _, row, name = number["at"]
            texts["counts"][row][name] = _link(place, number["text"])
    return texts


def _plain(text: str) -> str:
    """Escape a text, without the backticks of Markdown."""
    return escape(text.replace("`", ""))


def _link(place: int, text: str) -> str:
    return f'<a class="n" href="#source" data-n="{place}">{escape(text)}</a>'
