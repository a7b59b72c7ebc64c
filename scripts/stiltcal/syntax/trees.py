"""Dependency trees in CoNLL-U: read, checked, written, grouped by the item and field they belong to.

https://universaldependencies.org/format.html. The reader is our own for two reasons: errors name the line, and a job
reads tens of thousands of trees; tests compare it with the `conllu` package. Empty nodes (8.1) are no words of the
basic tree and are left out.
"""

from collections.abc import Iterable, Iterator
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


def read_blocks(path: str | Path) -> Iterator[Block]:
    """The blocks of a CoNLL-U file in order.

    Offsets are `start_char`/`end_char` of MISC where the file has them, else they count into the block's text (where
    that is missing: into the forms, joined by spaces but after `SpaceAfter=No`). Raises TreeError.
    """
    lines: list[str] = []
    number = 0
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\r\n")
            if line:
                lines.append(line)
            elif lines:
                yield _Reader(path, number - len(lines), lines).block()
                lines = []
    if lines:
        yield _Reader(path, number - len(lines) + 1, lines).block()


def read_fields(path: str | Path) -> dict[tuple[str, str], list[Sentence]]:
    """The sentences of each (item id, field) in the order of the text, from `# sent_id = {item}/{field}/{k}`."""
    fields: dict[tuple[str, str], list[Sentence]] = {}
    for block in read_blocks(path):
        item, field, number = ["", "", *block.sent_id.rsplit("/", 2)][-3:]
        sentences = fields.setdefault((item, field), [])
        if not item or number != str(len(sentences)):
            expected = f"{{item}}/{{field}}/{{number}}, here number {len(sentences)}"
            raise TreeError(f"{path}: found sent_id {block.sent_id!r}; expected {expected}")
        sentences.append(block.tokens)
    return fields


def write_blocks(path: str | Path, blocks: Iterable[Block]) -> None:
    """Write blocks as CoNLL-U with `start_char=..|end_char=..` in MISC; missing folders are made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        for block in blocks:
            file.write(format_block(block))


def format_block(block: Block) -> str:
    """A block as CoNLL-U, with the empty line that ends it."""
    words, lines = block.words, [f"# sent_id = {block.sent_id}", f"# text = {block.text}"]
    begins = dict(block.groups)
    inside = {i for first, end in block.groups for i in range(first, end)}
    for i, form in enumerate(words.forms):
        if i in begins:
            surface = block.text[words.starts[i] - words.starts[0] : words.ends[i] - words.starts[0]]
            name = f"{i + 1}-{begins[i]}"
            lines.append("\t".join([name, surface, *["_"] * 7, _misc(words, i, begins[i] - 1)]))
        misc = "_" if i in inside else _misc(words, i, i)
        tags = (words.lemmas[i], words.upos[i], "_", words.feats[i], str(words.heads[i] + 1), words.deprels[i])
        lines.append("\t".join([str(i + 1), form, *tags, "_", misc]))
    return "\n".join(lines) + "\n\n"


def _misc(words: Sentence, first: int, last: int) -> str:
    offsets = f"start_char={words.starts[first]}|end_char={words.ends[first]}"
    glued = last + 1 < len(words) and words.starts[last + 1] == words.ends[first]
    return f"SpaceAfter=No|{offsets}" if glued else offsets


class _Reader:
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
                raise self.error(number, f"found {len(columns)} columns; a word has {_COLUMNS}, separated by tabs")
            self.sort(number, columns)
        if not self.words:
            raise self.error(line, "found a block without words")

    def error(self, line: int, problem: str) -> TreeError:
        return TreeError(f"{self.path}, line {line}: {problem}")

    def sort(self, number: int, columns: list[str]) -> None:
        name = columns[0]
        if name.isdecimal():
            if int(name) != len(self.words) + 1:
                raise self.error(number, f"found word {name}; the next word is {len(self.words) + 1}")
            self.words.append((number, columns))
        elif "-" in name:
            self.ranges.append((number, columns))
        elif "." not in name:
            raise self.error(number, f"found ID {name!r}; it is a number, a range (1-2) or an empty node (1.1)")

    def block(self) -> Block:
        heads = self.heads()
        groups = self.groups()
        text = self.comments.get("text") or self.joined_forms(groups)
        starts, ends = self.offsets(groups, text)
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

    def heads(self) -> list[int]:
        count = len(self.words)
        heads = []
        for number, columns in self.words:
            head = columns[6]
            if not head.isdecimal() or int(head) > count:
                raise self.error(number, f"found head {head!r}; it is 0 (root) or a word up to {count}")
            heads.append(int(head) - 1)
        roots = [number for (number, _), head in zip(self.words, heads, strict=True) if head == ROOT]
        if len(roots) != 1:
            where = f" (lines {', '.join(map(str, roots))})" if roots else ""
            raise self.error(self.words[0][0], f"found {len(roots)} roots{where}; a tree has one")
        self.check_cycles(heads)
        return heads

    def check_cycles(self, heads: list[int]) -> None:
        safe = [False] * len(heads)
        for word in range(len(heads)):
            path = []
            while word != ROOT and not safe[word]:
                if word in path:
                    raise self.error(self.words[word][0], f"the heads above word {word + 1} form a cycle")
                path.append(word)
                word = heads[word]
            for above in path:
                safe[above] = True

    def groups(self) -> list[Span]:
        groups: list[Span] = []
        for number, columns in self.ranges:
            first, _, last = columns[0].partition("-")
            earliest = groups[-1][1] if groups else 0
            if not (first + last).isdecimal() or not earliest < int(first) < int(last) <= len(self.words):
                raise self.error(number, f"found range {columns[0]!r}; it holds at least two words and overlaps none")
            groups.append((int(first) - 1, int(last)))
        return groups

    def surface(self, groups: list[Span]) -> Iterator[tuple[Span, int, list[str]]]:
        """Each token as it is written: its words, its line and its columns."""
        ranges = {group[0]: (group, row) for group, row in zip(groups, self.ranges, strict=True)}
        word = 0
        while word < len(self.words):
            group, (number, columns) = ranges.get(word, ((word, word + 1), self.words[word]))
            yield group, number, columns
            word = group[1]

    def joined_forms(self, groups: list[Span]) -> str:
        pieces = [row[1] + ("" if "SpaceAfter=No" in row[9].split("|") else " ") for _, _, row in self.surface(groups)]
        return "".join(pieces).rstrip()

    def offsets(self, groups: list[Span], text: str) -> tuple[list[int], list[int]]:
        starts, ends, place = [], [], 0
        for (first, end), number, columns in self.surface(groups):
            if "start_char=" in columns[9]:
                span = self.given_offsets(number, columns[9])
                if starts and span[0] < ends[-1]:
                    raise self.error(number, f"found start_char={span[0]}; the token before ends at {ends[-1]}")
            else:
                span = self.found_offsets(number, columns[1], text, place)
            starts += [span[0]] * (end - first)
            ends += [span[1]] * (end - first)
            place = span[1]
        return starts, ends

    def given_offsets(self, number: int, misc: str) -> Span:
        values = dict(part.partition("=")[::2] for part in misc.split("|"))
        try:
            start, end = int(values["start_char"]), int(values["end_char"])
        except (KeyError, ValueError):
            raise self.error(number, f"found MISC {misc!r}; offsets are start_char=..|end_char=..") from None
        if start >= end:
            raise self.error(number, f"found start_char={start}, end_char={end}; a token has at least one character")
        return start, end

    def found_offsets(self, number: int, form: str, text: str, place: int) -> Span:
        while text[place : place + 1].isspace():
            place += 1
        if not text.startswith(form, place):
            raise self.error(number, f"found {form!r}, but `# text` goes on with {text[place : place + 20]!r}")
        return place, place + len(form)
