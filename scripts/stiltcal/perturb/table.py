"""Update the table of perturbations in the docs: `python -m stiltcal.perturb.table docs/perturbations.md`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ..syntax.trees import Block, read_blocks
from ..syntax.word_order import WordOrder
from .declaration import DECLARATIONS, FAMILIES, Declaration
from .registry import names, parse_perturbation
from .text import perturb_text
from .writing import Writing

_BEGIN, _END = "<!-- table: python -m stiltcal.perturb.table -->\n", "<!-- end of table -->\n"
_EXAMPLES = Path(__file__).with_name("examples.conllu")
#: Word order of a verb-final language with postpositions, for the example of `reorder_like`.
_VERB_FINAL = WordOrder(
    "hi",
    {"V": {"nsubj": 1.0, "obj": 1.0, "obl": 1.0}, "N": {"case": 0.0, "det": 1.0, "amod": 1.0}},
    {"V": {"left": {("obj", "obl"): 1.0, ("obl", "obj"): 0.0, ("obj", "nsubj"): 1.0, ("obl", "nsubj"): 1.0}}},
    {},
)


def perturbation_table() -> str:
    """Return Markdown with one table for each family: the properties of each perturbation, and an example."""
    blocks = list(read_blocks(_EXAMPLES))
    lines = []
    for family, title in FAMILIES.items():
        members = [name for name in names() if DECLARATIONS[name].family == family and name != "clean"]
        if members:
            lines += [
                f"**{title}**",
                "",
                "| name | level | meaning | tree | what it does | example |",
                "|---|---|---|---|---|---|",
            ]
            lines += [_line(DECLARATIONS[name], blocks) for name in members]
            lines.append("")
    return "\n".join(lines)


def with_table(page: str) -> str:
    """Return a Markdown page with a new table between its two marks; raises ValueError if a mark is missing."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"found no place for the table: the page needs the lines {_BEGIN!r} and {_END!r}")
    return f"{before}{begin}\n{perturbation_table()}\n{end}{after}"


def _line(declaration: Declaration, blocks: Sequence[Block]) -> str:
    argument = (
        f"-{declaration.argument.example}" if declaration.argument and declaration.argument.default is None else ""
    )
    name = f"{declaration.name}{argument}-1.0"
    invented = ["the invented ones"] if declaration.invented else []
    known = ", ".join([*declaration.languages, *invented])
    languages = f" Languages: {known}." if known else ""
    labels = ", ".join(f"{old} → {new}" for old, new in declaration.labels.items())
    what = f"{declaration.description}{languages}{f' Labels: {labels}.' if labels else ''} ({declaration.source})"
    cells = [f"`{name}`", declaration.level, declaration.meaning, "yes" if declaration.needs_tree else "no", what]
    return f"| {' | '.join([*cells, _example(name, blocks)])} |"


def _example(name: str, blocks: Sequence[Block]) -> str:
    """Return the first example sentence that the perturbation changes, perturbed; "" if it changes none."""
    perturbation = parse_perturbation(name)
    setting = perturbation.setting("en", statistics=_VERB_FINAL)
    for block in blocks:
        changed = perturb_text(
            block.text, [block.tokens], perturbation, setting, seed=0, text_id=block.sent_id, writing=Writing("en")
        )
        if changed.text != block.text:
            return changed.text
    return ""


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(with_table(target.read_text(encoding="utf-8")), encoding="utf-8")
