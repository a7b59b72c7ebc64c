"""Read and check one block of CoNLL-U.

docs/dependencies.md says why the reader is our own. Empty nodes (8.1) do not belong to the basic tree and are skipped.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from .sentence import ROOT, Sentence, Span
from .words import is_punctuation

_COLUMNS = 10
_DIGITS = 12
#: Keys of offsets in MISC: two of Stanza, and `TokenRange=start:end` of UDPipe.
_OFFSET_KEYS = ("start_char", "end_char", "TokenRange")
#: Surface tokens of a block: (words as (first, last + 1), line number, columns).
Surface = Sequence[tuple[Span, int, list[str]]]


class TreeError(ValueError):
    """Invalid CoNLL-U. The message names file and line, what was found and what is allowed."""


@dataclass(slots=True)
class Block:
    """One block of a CoNLL-U file.

    words: syntactic words with their tree; words of a multi-word token have the offsets of the token. groups:
    multi-word tokens, (first, last + 1) word. text: begins with the first token. Offsets count into it, or into a
    longer text that contains it.
    """

    sent_id: str
    text: str
    words: Sentence
    groups: list[Span]

    @property
    def tokens(self) -> Sentence:
        """Tokens as written, each multi-word token as one unit, with the tree over them."""
        if not self.groups:
            return self.words
        tokens = self.words.merged(self.groups, " " * self.words.starts[0] + self.text)
        tokens.tokens = []
        return tokens

    @property
    def local_tokens(self) -> Sentence:
        """Tokens with offsets into the text of the block."""
        tokens = self.tokens
        shift = tokens.starts[0]
        starts, ends = [start - shift for start in tokens.starts], [end - shift for end in tokens.ends]
        return replace(tokens, starts=starts, ends=ends)


class BlockReader:
    """Reads one block. line: number of its first line. Raises TreeError for lines that are not CoNLL-U."""

    def __init__(self, path: str | Path, line: int, lines: list[str]) -> None:
        self.path = path
        self.comments: dict[str, str] = {}
        self.words: list[tuple[int, list[str]]] = []
        self.ranges: list[tuple[int, list[str]]] = []
        for number, text in enumerate(lines, line):
            if text.startswith("#"):
                key, _, value = text[1:].partition("=")
                self.comments.setdefault(key.strip(), value.strip())
                continue
            columns = text.split("\t")
            if len(columns) != _COLUMNS:
                raise self._error(number, f"found {len(columns)} columns; a word has {_COLUMNS}, separated by tabs")
            self._sort(number, columns)
        if not self.words:
            raise self._error(line, "found a block without words")

    def _error(self, line: int, problem: str) -> TreeError:
        return TreeError(f"{self.path}, line {line}: {problem}")

    def _sort(self, number: int, columns: list[str]) -> None:
        name = columns[0]
        if _is_number(name):
            if int(name) != len(self.words) + 1:
                raise self._error(number, f"found word {name}; the next word is {len(self.words) + 1}")
            self.words.append((number, columns))
        elif "-" in name:
            self.ranges.append((number, columns))
        elif "." not in name:
            raise self._error(number, f"found ID {name!r}; it is a number, a range (1-2) or an empty node (1.1)")

    def block(self) -> Block:
        """Return the block; raises TreeError if the heads form no tree or the tokens are not in the text."""
        heads = self._heads()
        groups = self._groups()
        text, spans = self._aligned(list(self._surface(groups)))
        starts, ends = [start for start, _ in spans], [end for _, end in spans]
        columns = [columns for _, columns in self.words]
        upos = [row[3] for row in columns]
        inside = {word for first, end in groups for word in range(first, end)}
        written = [text[start - starts[0] : end - starts[0]] for start, end in spans]
        words = Sentence(
            [row[1] if word in inside else written[word] for word, row in enumerate(columns)],
            starts,
            ends,
            [tag == "PUNCT" or (tag == "_" and is_punctuation(row[1])) for tag, row in zip(upos, columns, strict=True)],
            heads,
            [row[7] for row in columns],
            upos,
            [row[2] for row in columns],
            [row[5] for row in columns],
        )
        return Block(self.comments.get("sent_id", ""), text, words, groups)

    def _heads(self) -> list[int]:
        count = len(self.words)
        heads = []
        for number, columns in self.words:
            head = columns[6]
            if not _is_number(head) or int(head) > count:
                raise self._error(number, f"found head {head!r}; it is 0 (root) or a word up to {count}")
            heads.append(int(head) - 1)
        roots = [number for (number, _), head in zip(self.words, heads, strict=True) if head == ROOT]
        if len(roots) != 1:
            where = f" (lines {', '.join(map(str, roots))})" if roots else ""
            raise self._error(self.words[0][0], f"found {len(roots)} roots{where}; a tree has one")
        self._check_cycles(heads)
        return heads

    def _check_cycles(self, heads: list[int]) -> None:
        safe = [False] * len(heads)
        for word in range(len(heads)):
            path = []
            while word != ROOT and not safe[word]:
                if word in path:
                    raise self._error(self.words[word][0], f"the heads above word {word + 1} form a cycle")
                path.append(word)
                word = heads[word]
            for above in path:
                safe[above] = True

    def _groups(self) -> list[Span]:
        groups: list[Span] = []
        for number, columns in self.ranges:
            first, _, last = columns[0].partition("-")
            earliest = groups[-1][1] if groups else 0
            if not (_is_number(first) and _is_number(last)) or not earliest < int(first) < int(last) <= len(self.words):
                raise self._error(number, f"found range {columns[0]!r}; it holds at least two words and overlaps none")
            groups.append((int(first) - 1, int(last)))
        return groups

    def _surface(self, groups: list[Span]) -> Iterator[tuple[Span, int, list[str]]]:
        """Yield each surface token: its words, line number and columns."""
        ranges = {group[0]: (group, row) for group, row in zip(groups, self.ranges, strict=True)}
        word = 0
        while word < len(self.words):
            group, (number, columns) = ranges.get(word, ((word, word + 1), self.words[word]))
            yield group, number, columns
            word = group[1]

    def _aligned(self, surface: Surface) -> tuple[str, list[Span]]:
        """Return the text of the block and the offsets of each word.

        Offsets in the file are used if they fit the text. Otherwise the tokens are searched in the text: Stanza, for
        one, writes one space for each run of white space, but counts offsets in the original text.
        """
        given, text = self._given_offsets(surface), self.comments.get("text", "")
        forms = [row[1] for _, _, row in surface]
        if not text:
            text = _spaced_out(forms, given) if given else _joined_forms(surface)
        spans = given if given and _fits(forms, given, text) else self._searched_offsets(surface, text)
        return text, [span for span, ((first, end), *_) in zip(spans, surface, strict=True) for _ in range(first, end)]

    def _given_offsets(self, surface: Surface) -> list[Span]:
        """Return the offsets of the tokens in the file; [] unless all tokens have them, in increasing order."""
        spans: list[Span] = []
        for _, number, row in surface:
            values = dict(part.partition("=")[::2] for part in row[9].split("|") if part.startswith(_OFFSET_KEYS))
            if values:
                spans.append(self._offsets(number, row[9], values))
        ordered = all(before[1] <= after[0] for before, after in pairwise(spans))
        return spans if len(spans) == len(surface) and ordered else []

    def _offsets(self, number: int, misc: str, values: dict[str, str]) -> Span:
        start, _, end = values.get("TokenRange", "").partition(":")
        start, end = values.get("start_char", start), values.get("end_char", end)
        if not (_is_number(start) and _is_number(end)):
            allowed = "start_char=..|end_char=.. or TokenRange=..:.."
            raise self._error(number, f"found MISC {misc!r}; offsets are {allowed}")
        if int(start) >= int(end):
            raise self._error(number, f"found offsets {start} to {end}; a token has at least one character")
        return int(start), int(end)

    def _searched_offsets(self, surface: Surface, text: str) -> list[Span]:
        """Search each token in the text and return its offsets; white space inside a token may differ."""
        spans, place = [], 0
        for _, number, row in surface:
            while text[place : place + 1].isspace():
                place += 1
            end = _end_of(row[1], text, place)
            if end is None:
                raise self._error(number, f"found {row[1]!r}, but `# text` goes on with {text[place : place + 20]!r}")
            spans.append((place, end))
            place = end
        if rest := text[place:].strip():
            raise self._error(surface[-1][1], f"found the last token, but `# text` goes on with {rest[:20]!r}")
        return spans


def _is_number(text: str) -> bool:
    """Tell whether a text is a number of a word or an offset; Python reads no number of more than 4300 digits."""
    return text.isdecimal() and len(text) <= _DIGITS


def _fits(forms: Sequence[str], spans: Sequence[Span], text: str) -> bool:
    """Tell whether the text has exactly these tokens at these offsets. The text begins with the first token."""
    shift = spans[0][0]
    if [text[start - shift : end - shift] for start, end in spans] != forms:
        return False
    after = [*(start for start, _ in spans[1:]), shift + len(text)]
    return not any(text[end - shift : start - shift].strip() for (_, end), start in zip(spans, after, strict=True))


def _end_of(form: str, text: str, place: int) -> int | None:
    """Return the end of a token in a text if it stands at a place, else None."""
    if form and text.startswith(form, place):
        return place + len(form)
    pieces = form.split()
    match = re.compile(r"\s+".join(map(re.escape, pieces))).match(text, place) if len(pieces) > 1 else None
    return match.end() if match else None


def _joined_forms(surface: Surface) -> str:
    """Join tokens with spaces, except after `SpaceAfter=No`."""
    pieces = [row[1] + ("" if "SpaceAfter=No" in row[9].split("|") else " ") for _, _, row in surface]
    return "".join(pieces).rstrip()


def _spaced_out(forms: Sequence[str], spans: Sequence[Span]) -> str:
    """Join tokens with as many spaces as their offsets leave between them."""
    ends = [spans[0][0], *(end for _, end in spans)]
    return "".join(" " * (start - end) + form for form, (start, _), end in zip(forms, spans, ends, strict=False))
