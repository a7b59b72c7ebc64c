"""How the texts of a language are written, and casing that stays natural when words move."""

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from ..syntax.sentence import Sentence

_TURKIC_LOWER = {"I": "ı", "İ": "i"}
#: Words; of single letters those that nothing touches (not the `i` of `i.e.`).
_WORDS = re.compile(r"[^\W\d_]{2,}|(?<!\S)[^\W\d_](?!\S)")
#: Words that are no names, whatever their lemma.
_CLOSED = frozenset({"DET", "NUM", "ADP", "AUX", "CCONJ", "SCONJ", "PART", "ADV"})
_TURKIC_UPPER = {"i": "İ", "ı": "I"}


@dataclass(frozen=True, slots=True)
class Writing:
    """How texts are written.

    spaced: whether a space always stands between words (tokens joined by spaces). capitals: whether sentences begin
    with one. known: words in lower case, by which a first word is known to be no name where no lemma tells it.
    """

    language: str = ""
    spaced: bool = False
    capitals: bool = True
    known: Container[str] = frozenset()


def writing_of(language: str, texts: Iterable[str], sentences: Iterable[Sentence], *, spaced: bool = False) -> Writing:
    """How a collection of texts is written, by its trees, or where there are none by how the texts begin.

    Sentences begin with capitals if more than four in five do of those whose first word is not known to be a name;
    marks before the first letter or figure (`¿`) do not count. The English pronoun `I` is never known in lower case,
    for that is how it is misspelt.
    """
    texts = [text for text in texts if text]
    firsts = [(s.forms[i], s.upos[i]) for s in sentences if s.has_tree and (i := _first_word(s)) is not None]
    firsts = firsts or [(text, "") for text in texts]
    begins = [next(filter(str.isalnum, form), "") for form, tag in firsts if tag != "PROPN"]
    capitals = [first.isupper() for first in begins if first]
    known = {word for text in texts for word in _WORDS.findall(text) if word.islower()}
    known -= {"i"} if language == "en" else set()
    return Writing(language, spaced, not capitals or sum(capitals) > 0.8 * len(capitals), known)


def recase(units: Sentence, order: list[int], forms: list[str], writing: Writing) -> None:
    """Let the sentence begin with a capital if it did, and the word that began it lose its own.

    A name, a noun in German and the like keep it: their lemma has it. Protected units are never touched.
    """
    old = _first_word(units)
    if old is None or not writing.capitals or not units.forms[old][0].isupper():
        return
    new = next((i for i in order if i >= len(units) or not units.punctuation[i]), old)
    if new == old:
        return
    if old not in units.protected and _loses_capital(units, old, forms[old], writing):
        forms[old] = _first(forms[old], writing.language, _TURKIC_LOWER, str.lower)
    if new not in units.protected and forms[new][0].islower() and not any(map(str.isupper, forms[new])):
        forms[new] = _first(forms[new], writing.language, _TURKIC_UPPER, str.title)


def _loses_capital(units: Sentence, unit: int, form: str, writing: Writing) -> bool:
    if not form[0].isupper() or any(map(str.isupper, form[1:])):
        return False
    if units.has_tree and units.upos[unit] in _CLOSED:
        return True
    if units.has_tree and units.lemmas[unit] != "_":
        return units.upos[unit] != "PROPN" and units.lemmas[unit][0].islower()
    return _first(form, writing.language, _TURKIC_LOWER, str.lower) in writing.known


def _first(form: str, language: str, turkic: dict[str, str], case: Callable[[str], str]) -> str:
    """The form with its first character in another case, where that is one character."""
    first = form[0]
    new = turkic.get(first, case(first)) if language in ("tr", "az") else case(first)
    return new + form[1:] if len(new) == 1 else form


def _first_word(sentence: Sentence) -> int | None:
    return next((i for i, mark in enumerate(sentence.punctuation) if not mark), None)
