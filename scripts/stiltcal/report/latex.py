"""Format tables as bare LaTeX tabulars (booktabs, siunitx), and text so that LaTeX prints it as it is."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from .printed import Lines, PrintedNumber

_MARKS = {"": "", "up": "\\uparrow", "down": "\\downarrow", "lost": "\\times", "same": "\\approx"}
_ESCAPES = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\\": "\\textbackslash{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    '"': "\\textquotedbl{}",
    "`": "\\textasciigrave{}",
    # Within brackets of their own: at the beginning of a row a bracket would be an argument of the row's end.
    "[": "{[}",
    "]": "{]}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{RIGHTWARDS ARROW}": "$\\rightarrow$",
    "\N{MULTIPLICATION SIGN}": "$\\times$",
    "\N{NO-BREAK SPACE}": "~",
}
_TABLE = str.maketrans(_ESCAPES)
#: A word so long needs places where a line may end.
_LONG = 24


class Block(NamedTuple):
    """Lines of a table below one heading ("": none). signed: numbers are differences, with a sign each."""

    heading: str
    lines: Lines
    signed: bool = False


def escaped(text: str) -> str:
    """Let LaTeX print a text as it is: a label of a task is its author's text, not a command.

    Letters beyond ASCII stay (in Unicode NFC). pdfLaTeX prints those of Latin scripts; `paper.glyphs` declares others.
    """
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def prose(text: str) -> str:
    """Escape a text with the marks of our Markdown: `code`, ``code`` and *emphasis*. Long code may be broken."""
    parts = re.split(r"``(.+?)``|`(.+?)`|\*(\S[^*]*)\*", text)
    pieces = []
    for plain, double, single, emphasis in zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=False):
        pieces += [_plain(plain), _code(double or single or ""), _command("emph", escaped(emphasis or ""))]
    return "".join([*pieces, _plain(parts[-1])])


def _plain(text: str) -> str:
    """Escape a text; a number and its per-cent sign stay on one line."""
    return re.sub(r"(?<=\d) (?=\\%)", "~", escaped(text))


def _code(text: str) -> str:
    step = 8 if len(text) > _LONG else len(text) or 1
    pieces = (escaped(text[start : start + step]) for start in range(0, len(text), step))
    return _command("texttt", "\\allowbreak{}".join(pieces))


def _command(name: str, content: str) -> str:
    """Return a command of LaTeX with its content; "" without any."""
    return f"\\{name}{{{content}}}" if content else ""


def number_tabular(
    head: Sequence[str],
    blocks: Sequence[Block],
    *,
    groups: Sequence[tuple[str, int]] = (),
    counts: bool = False,
    intervals: bool = False,
) -> str:
    """Return a bare tabular: the first column holds labels, the others numbers times 100.

    head: headings of the columns of numbers. groups: headings above them, each with its number of columns. counts: a
    line with the n of each column in each block. intervals: a line below each line.
    """
    width = len(head) + 1
    lines = [f"\\begin{{tabular}}{{l*{{{len(head)}}}{{{_column(blocks)}}}}}", "\\toprule"]
    if groups:
        lines += [_row(["", *(f"\\multicolumn{{{n}}}{{c}}{{{escaped(text)}}}" for text, n in groups)]), _spans(groups)]
    lines += [_row(["", *(f"{{{escaped(text)}}}" for text in head)])]
    for block in blocks:
        lines.append("\\midrule")
        if block.heading:
            lines.append(_row([f"\\multicolumn{{{width}}}{{l}}{{{_command('emph', escaped(block.heading))}}}"]))
        if counts:
            lines.append(_row(["$n$", *map(_count, zip(*(numbers for _, numbers in block.lines), strict=True))]))
        lines += _lines(block, intervals)
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", ""])


def _lines(block: Block, intervals: bool) -> list[str]:
    lines = []
    for place, (label, numbers) in enumerate(block.lines):
        lines.append(_row([escaped(label), *(_value(each, block.signed) for each in numbers)]))
        if intervals and any(each.low is not None for each in numbers):
            lines.append(_row(["", *(_interval(each, block.signed) for each in numbers)]))
            if place < len(block.lines) - 1:
                lines.append("\\addlinespace[2pt]")
    return lines


def text_tabular(head: Sequence[str], rows: Iterable[Sequence[str]], columns: str) -> str:
    """Return a bare tabular of texts. columns: the format of all columns, as LaTeX has it. head: [] for none."""
    lines = [f"\\begin{{tabular}}{{{columns}}}", "\\toprule"]
    lines += [_row(map(prose, head)), "\\midrule"] if head else []
    return "\n".join([*lines, *(_row(map(prose, row)) for row in rows), "\\bottomrule", "\\end{tabular}", ""])


def _row(cells: Iterable[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _spans(groups: Sequence[tuple[str, int]]) -> str:
    """Rules under the headings of groups; the table's first column holds labels."""
    ends = accumulate((n for _, n in groups), initial=1)
    return "".join(
        f"\\cmidrule(lr){{{start + 1}-{start + n}}}" for start, (_, n) in zip(ends, groups, strict=False) if n > 1
    )


def _column(blocks: Sequence[Block]) -> str:
    """The format of a column of numbers, with room for the widest of all columns, for a sign and for a mark."""
    texts = [
        (each.percent("estimate", block.signed), each.mark)
        for block in blocks
        for _, numbers in block.lines
        for each in numbers
        if each.estimate is not None
    ]
    sign = "+" if any(block.signed for block in blocks) else "-" if any(text[0] == "-" for text, _ in texts) else ""
    whole = max((len(text.lstrip("+-").split(".")[0]) for text, _ in texts), default=1)
    decimals = max((len(text.split(".")[1]) for text, _ in texts), default=1)
    marked = any(mark for _, mark in texts)
    plus = "retain-explicit-plus," if sign == "+" else ""
    room = ",table-space-text-post={$^{\\uparrow}$},table-align-text-post=false" if marked else ""
    return f"S[table-format={sign}{whole}.{decimals}{room},{plus}mode=text,reset-text-series=false]"


def _value(number: PrintedNumber, signed: bool) -> str:
    if number.estimate is None:
        return "{--}"
    weight = "\\bfseries " if number.is_best else ""
    mark = f"{{$^{{{_MARKS[number.mark]}}}$}}" if number.mark else ""
    return f"{weight}{number.percent('estimate', signed)}{mark}"


def _interval(number: PrintedNumber, signed: bool) -> str:
    if number.low is None:
        return ""
    low, high = (number.percent(end).replace("-", "$-$") for end in ("low", "high"))
    return _small(f"{{[}}{low}, {high}{{]}}" if signed else f"{low}--{high}")


def _count(numbers: Iterable[PrintedNumber]) -> str:
    """The n of a column; a range where the models do not share it (entities are those that a model found)."""
    counts = [each.n for each in numbers if each.n is not None]
    ends = dict.fromkeys((min(counts), max(counts))) if counts else {}
    return _small("--".join(f"\\num{{{count}}}" for count in ends))


def _small(text: str) -> str:
    return f"{{\\scriptsize {text}}}" if text else ""
