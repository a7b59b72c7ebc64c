"""One block of CoNLL-U, read and checked.

The reader is our own for two reasons: errors name the line, and a job reads tens of thousands of trees; tests compare
it with the `conllu` package. Empty nodes (8.1) are no words of the basic tree and are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .sentence import ROOT, Sentence, Span
from .words import is_punctuation

_COLUMNS = 10


class TreeError(ValueError):
    """CoNLL-U that cannot be used; the message names file and line, what was found and what is allowed."""


@dataclass(slots=True)
class Block:
    """One block of a CoNLL-U file.

    words: the syntactic words with their tree. groups: the multi-word tokens among them, (first, last + 1) word. Words
    of a multi-word token have the offsets of the token, and `text` is what all offsets count into.
    """

    sent_id: str
    text: str
    words: Sentence
    groups: list[Span]

    @property
    def tokens(self) -> Sentence:
        """The tokens as they are written, multi-word tokens as one, with the tree over them."""
        if not self.groups:
            return self.words
        tokens = self.words.merged(self.groups, " " * self.words.starts[0] + self.text)
        tokens.tokens = []
        return tokens

    @property
    def local_tokens(self) -> Sentence:
        """The tokens with offsets that count into the block's own text."""
        tokens = self.tokens
        shift = self.text.index(tokens.forms[0]) - tokens.starts[0]
        starts, ends = [s + shift for s in tokens.starts], [e + shift for e in tokens.ends]
        return replace(tokens, starts=starts, ends=ends)


class BlockReader:
    """Reads one block; `line` is the number of its first line."""

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
        if name.isdecimal():
            if int(name) != len(self.words) + 1:
                raise self._error(number, f"found word {name}; the next word is {len(self.words) + 1}")
            self.words.append((number, columns))
        elif "-" in name:
            self.ranges.append((number, columns))
        elif "." not in name:
            raise self._error(number, f"found ID {name!r}; it is a number, a range (1-2) or an empty node (1.1)")

    def block(self) -> Block:
        """The block with its tree; raises TreeError where it is not one, or its offsets do not fit its text."""
        heads = self._heads()
        groups = self._groups()
        text = self.comments.get("text") or self._joined_forms(groups)
        starts, ends = self._offsets(groups, text)
        columns = [columns for _, columns in self.words]
        upos = [row[3] for row in columns]
        words = Sentence(
            [row[1] for row in columns],
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
            if not head.isdecimal() or int(head) > count:
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
            if not (first + last).isdecimal() or not earliest < int(first) < int(last) <= len(self.words):
                raise self._error(number, f"found range {columns[0]!r}; it holds at least two words and overlaps none")
            groups.append((int(first) - 1, int(last)))
        return groups

    def _surface(self, groups: list[Span]) -> Iterator[tuple[Span, int, list[str]]]:
        """Each token as it is written: its words, its line and its columns."""
        ranges = {group[0]: (group, row) for group, row in zip(groups, self.ranges, strict=True)}
        word = 0
        while word < len(self.words):
            group, (number, columns) = ranges.get(word, ((word, word + 1), self.words[word]))
            yield group, number, columns
            word = group[1]

    def _joined_forms(self, groups: list[Span]) -> str:
        pieces = [row[1] + ("" if "SpaceAfter=No" in row[9].split("|") else " ") for _, _, row in self._surface(groups)]
        return "".join(pieces).rstrip()

    def _offsets(self, groups: list[Span], text: str) -> tuple[list[int], list[int]]:
        starts, ends, place = [], [], 0
        for (first, end), number, columns in self._surface(groups):
            if "start_char=" in columns[9]:
                span = self._given_offsets(number, columns[9])
                if starts and span[0] < ends[-1]:
                    raise self._error(number, f"found start_char={span[0]}; the token before ends at {ends[-1]}")
            else:
                span = self._found_offsets(number, columns[1], text, place)
            starts += [span[0]] * (end - first)
            ends += [span[1]] * (end - first)
            place = span[1]
        return starts, ends

    def _given_offsets(self, number: int, misc: str) -> Span:
        values = dict(part.partition("=")[::2] for part in misc.split("|"))
        try:
            start, end = int(values["start_char"]), int(values["end_char"])
        except (KeyError, ValueError):
            raise self._error(number, f"found MISC {misc!r}; offsets are start_char=..|end_char=..") from None
        if start >= end:
            raise self._error(number, f"found start_char={start}, end_char={end}; a token has at least one character")
        return start, end

    def _found_offsets(self, number: int, form: str, text: str, place: int) -> Span:
        while text[place : place + 1].isspace():
            place += 1
        if not text.startswith(form, place):
            raise self._error(number, f"found {form!r}, but `# text` goes on with {text[place : place + 20]!r}")
        return place, place + len(form)
