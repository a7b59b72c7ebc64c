"""Render an edited sentence as text: gaps between words, and the new position of every token."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from ..syntax.sentence import Sentence
from ..syntax.words import is_punctuation, unspaced
from .edit import Edit
from .writing import Writing, recase

#: Arabic and Hebrew conjunctions and prepositions of one letter, written together with the next word.
_PROCLITIC = re.compile("[\u05d0-\u05ea\u0621-\u064a]$")


@dataclass(slots=True)
class Rendered:
    """A perturbed sentence. Character offsets count from its beginning.

    origins: old number of each new token, -1 for an inserted one. starts, ends: character offsets of each new token.
    unit_starts: first character of each unit, by unit. rewritten: old numbers of tokens with new characters.
    """

    text: str
    origins: list[int]
    starts: list[int]
    ends: list[int]
    unit_starts: dict[int, int]
    rewritten: set[int] = field(default_factory=set)


def render(text: str, tokens: Sentence, units: Sentence, edit: Edit | None, writing: Writing) -> Rendered:
    """Render a sentence of `text` after an edit; None: unchanged.

    tokens: of the sentence. units: the same, with protected tokens merged. Units that still follow each other keep the
    gap between them. Other words are separated by a space, but for two words in a script without spaces, and for one
    of these in a text in such a script (`北京` in an English text has spaces). Punctuation without a space on one side
    has no space there in its new place.
    """
    if edit is None:
        order, forms = list(range(len(units))), units.forms
        new_text = text[units.starts[0] : units.ends[-1]]
        unit_starts = {unit: start - units.starts[0] for unit, start in enumerate(units.starts)}
    else:
        order = edit.order
        forms = [*units.forms, *edit.inserted]
        for unit, form in edit.forms.items():
            forms[unit] = form
        recase(units, order, forms, writing)
        new_text, unit_starts = _write(text, units, order, forms, writing)
    out = Rendered(new_text, [], [], [], unit_starts)
    _place_tokens(out, tokens, units, order, forms)
    if edit is not None:
        # An edit may name a form that the word has already (English `used` in the passive).
        new = [unit for unit, form in edit.forms.items() if form.lower() != units.forms[unit].lower()]
        out.rewritten = {units.tokens[unit][0] if units.tokens else unit for unit in new}
    return out


def _write(
    text: str, units: Sentence, order: list[int], forms: list[str], writing: Writing
) -> tuple[str, dict[int, int]]:
    pieces, unit_starts, length = [forms[order[0]]], {order[0]: 0}, len(forms[order[0]])
    for previous, unit in pairwise(order):
        if unit == previous + 1 < len(units):
            gap = text[units.ends[previous] : units.starts[unit]]
        elif writing.spaced:
            gap = " "
        else:
            gap = _gap(units, previous, unit, forms, writing)
        form = forms[unit]
        unit_starts[unit] = length + len(gap)
        length += len(gap) + len(form)
        pieces += (gap, form)
    return "".join(pieces), unit_starts


def _place_tokens(out: Rendered, tokens: Sentence, units: Sentence, order: list[int], forms: list[str]) -> None:
    """Fill in origins, starts and ends. The tokens of a merged unit keep their positions inside of it."""
    for unit in order:
        start = out.unit_starts[unit]
        first, end = (unit, unit + 1) if unit >= len(units) or not units.tokens else units.tokens[unit]
        if end - first == 1:
            out.origins.append(first if unit < len(units) else -1)
            out.starts.append(start)
            out.ends.append(start + len(forms[unit]))
            continue
        shift = start - units.starts[unit]
        out.origins += range(first, end)
        out.starts += [tokens.starts[token] + shift for token in range(first, end)]
        out.ends += [tokens.ends[token] + shift for token in range(first, end)]


def _gap(units: Sentence, left: int, right: int, forms: list[str], writing: Writing) -> str:
    """Return the gap between two units that were not neighbours in this order: a space or nothing."""
    beside = unspaced(forms[left][-1]), unspaced(forms[right][0])
    if all(beside) or (any(beside) and writing.unspaced):
        return ""
    if right >= len(units):
        return "" if is_punctuation(forms[right]) else " "
    if left < len(units) and _is_proclitic(units, left):
        return ""
    if left < len(units) and units.punctuation[left] and (_opens(units, left) or _hyphenates(units, left)):
        return ""
    if units.punctuation[right] and _glued(units, right - 1) and not _opens(units, right):
        return ""
    return " "


def _is_proclitic(units: Sentence, unit: int) -> bool:
    """Tell whether a unit is a conjunction or preposition that is written together with the word after it.

    A letter behind a word is a pronoun, unless that word is such a letter itself (`و` and `ب`).
    """
    if not _glued(units, unit) or units.punctuation[unit + 1] or not _PROCLITIC.match(units.forms[unit]):
        return False
    return not _glued(units, unit - 1) or units.punctuation[unit - 1] or _is_proclitic(units, unit - 1)


def _glued(units: Sentence, left: int) -> bool:
    """Tell whether a unit is followed by the next one without a gap."""
    return 0 <= left < len(units) - 1 and units.ends[left] == units.starts[left + 1]


def _opens(units: Sentence, mark: int) -> bool:
    """Tell whether a mark has no gap after it but one before it, as opening quotes and brackets do."""
    if not _glued(units, mark):
        return False
    return not _glued(units, mark - 1) or (units.punctuation[mark - 1] and _opens(units, mark - 1))


def _hyphenates(units: Sentence, mark: int) -> bool:
    """Tell whether a mark stands between two words without gaps, as a hyphen does."""
    glued = _glued(units, mark - 1) and _glued(units, mark)
    return glued and not (units.punctuation[mark - 1] or units.punctuation[mark + 1])
