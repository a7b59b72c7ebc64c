"""Write a short paper in LaTeX that states the finding and inputs every figure and table."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .all_tables import LANGUAGES
from .captions import caption_text
from .labels import target_label
from .latex import escaped, prose

#: Accents of LaTeX by combining characters.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
    "\u0331": "b",
}  # fmt: skip
#: Names of Greek letters in Unicode, and of the capitals that have a command.
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
_CAPITALS = ("GAMMA", "DELTA", "THETA", "XI", "PI", "SIGMA", "UPSILON", "PHI", "PSI", "OMEGA")
#: Tables that stand in the appendix; those of single languages do, too.
_APPENDIX = ("data", "claims", "settings", "trainings", "cost")


def render_paper(
    finding: Mapping,
    figures: Sequence[Mapping],
    shown: Mapping[str, object],
    tables: Sequence[str],
    inputs: Iterable[str],
) -> str:
    """Return the LaTeX text of the paper.

    finding: contents of finding.json. figures: `heading`, `caption` and `files` of each figure (as `page.figure`).
    shown: parameters that captions name. tables: their names. inputs: the texts of the files that the paper inputs,
    whose letters it must be able to print.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, _Raw) else escaped(str(value)),
    )
    environment.filters |= {"raw": _Raw, "prose": lambda text: _Raw(prose(text))}
    appendix = [name for name in tables if name in _APPENDIX or name.startswith(LANGUAGES)]
    template = environment.get_template("paper.tex.j2")
    parts = {
        "compares_models": "calibration" not in finding["tables"],  # as the page
        "question": finding["question"],
        "answer": finding["answer"],
        "reading": finding["reading"],
        "design": finding["tables"]["design"]["rows"],
        "unsayable": finding["unsayable"],
        "limits": finding["limits"],
        "figures": [_figure(figure, shown) for figure in figures],
        "tables": [name for name in tables if name not in appendix],
        "appendix": appendix,
    }
    text = template.render(parts, glyphs=[])
    return template.render(parts, glyphs=glyphs("".join([text, *inputs])))


class _Raw(str):
    """LaTeX that is printed as it is."""


def _figure(figure: Mapping, shown: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return name and caption of each file of a figure; of several, the first has the whole caption."""
    caption = prose(" ".join(caption_text(figure["caption"], shown, figure["heading"]).split()))
    first, *others = figure["files"]
    if not others:
        return [(first, caption)]
    heading = escaped(figure["heading"])
    titles = {name: f"{heading}: {escaped(target_label(name.partition('_')[2]))}." for name in figure["files"]}
    reference = f"As in Figure~\\ref{{figure:{first}}}."
    return [(first, f"{titles[first]} {caption}"), *((name, f"{titles[name]} {reference}") for name in others)]


def glyphs(text: str) -> list[str]:
    """Declare the letters of a text that pdfLaTeX does not know: those with accents, others by their numbers."""
    letters = sorted({letter for letter in text if ord(letter) > 127})
    return [
        f"\\ifcsname u8:\\detokenize{{{letter}}}\\endcsname\\else"
        f"\\DeclareUnicodeCharacter{{{ord(letter):04X}}}{{{_glyph(letter)}}}\\fi"
        for letter in letters
    ]


def _glyph(letter: str) -> str:
    greek = _GREEK.fullmatch(unicodedata.name(letter, ""))
    if greek and greek[2] != "OMICRON" and (greek[1] == "SMALL" or greek[2] in _CAPITALS):
        command = greek[2].lower() if greek[1] == "SMALL" else greek[2].capitalize()
        return f"\\ensuremath{{\\{command}}}"
    name, *accents = list(unicodedata.normalize("NFD", letter))
    if not (name.isascii() and accents and set(accents) <= set(_ACCENTS)):
        return f"\\missing{{U+{ord(letter):04X}}}"
    for accent in accents:
        name = f"\\{_ACCENTS[accent]}{{{name}}}"
    return name
