"""Read and write dependency trees in CoNLL-U, and group them by item and field.

https://universaldependencies.org/format.html
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from ..support.text_files import open_text
from .reader import Block, BlockReader, TreeError
from .sentence import Sentence

__all__ = [
    "Block",
    "TreeError",
    "block_lines",
    "format_block",
    "one_line",
    "read_blocks",
    "read_fields",
    "write_blocks",
]

#: Concatenated files have it before inner lines; at the beginning of a file, `open_text` skips it.
_BYTE_ORDER_MARK = "\ufeff"
_ONE_LINE = str.maketrans("\n\r\t", "   ")


def read_blocks(path: str | Path) -> Iterator[Block]:
    """Yield the blocks of a CoNLL-U file in order.

    Offsets come from `start_char`/`end_char` or `TokenRange` in MISC if they fit `# text`; otherwise the tokens are
    searched in that text. A missing text is built from the tokens, with the gaps of the offsets or of `SpaceAfter=No`.
    A byte-order mark before a line is skipped. Raises TreeError for invalid CoNLL-U, and if tokens are not in the text.
    """
    for number, lines in block_lines(path):
        yield BlockReader(path, number, lines).block()


def block_lines(path: str | Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each block of a CoNLL-U file as it is written: the number of its first line, from 1, and its lines.

    Lines have no line ends, and no byte-order mark before them.
    """
    lines: list[str] = []
    with open_text(path) as file:
        for number, line in enumerate(chain(file, [""]), 1):
            if line := line.rstrip("\r\n").removeprefix(_BYTE_ORDER_MARK):
                lines.append(line)
            elif lines:
                yield number - len(lines), lines
                lines = []


def read_fields(path: str | Path) -> dict[tuple[str, str], list[Sentence]]:
    """Return the sentences of each (item id, field) in the order of the text.

    Each block needs `# sent_id = {item id}/{field}/{number}`, numbered from 0; raises TreeError otherwise.
    """
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
    """Write blocks as CoNLL-U with `start_char=..|end_char=..` in MISC; creates missing folders."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        for block in blocks:
            file.write(format_block(block))


def one_line(text: str) -> str:
    """Replace each line break and tab by a space, as in `# text` of CoNLL-U."""
    return text.translate(_ONE_LINE)


def format_block(block: Block) -> str:
    """Format a block as CoNLL-U, with the empty line that ends it."""
    words, lines = block.words, [f"# sent_id = {block.sent_id}", f"# text = {one_line(block.text)}"]
    begins = dict(block.groups)
    inside = {i for first, end in block.groups for i in range(first, end)}
    for i, form in enumerate(words.forms):
        if i in begins:
            surface = block.text[words.starts[i] - words.starts[0] : words.ends[i] - words.starts[0]]
            name = f"{i + 1}-{begins[i]}"
            lines.append("\t".join([name, one_line(surface), *["_"] * 7, _misc(words, i, begins[i] - 1)]))
        misc = "_" if i in inside else _misc(words, i, i)
        tags = (words.lemmas[i], words.upos[i], "_", words.feats[i], str(words.heads[i] + 1), words.deprels[i])
        lines.append("\t".join([str(i + 1), one_line(form), *tags, "_", misc]))
    return "\n".join(lines) + "\n\n"


def _misc(words: Sentence, first: int, last: int) -> str:
    offsets = f"start_char={words.starts[first]}|end_char={words.ends[first]}"
    glued = last + 1 < len(words) and words.starts[last + 1] == words.ends[first]
    return f"SpaceAfter=No|{offsets}" if glued else offsets
