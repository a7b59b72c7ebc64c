"""Writing conventions of a collection of texts, and capitals that stay natural when words move."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from ..support.language_codes import rules_of
from ..syntax.sentence import Sentence
from ..syntax.words import mostly_unspaced
from .casing import is_capital, is_clitic, only_first_is_capital, with_capital, without_capital

#: Words. Single letters count only between white space (not the `i` of `i.e.`).
_WORDS = re.compile(r"[^\W\d_]{2,}|(?<!\S)[^\W\d_](?!\S)")
#: Words with apostrophes (`don't`, `c'est`).
_JOINED = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)+")
#: Tags of words that are never names, whatever their lemma.
_CLOSED = frozenset({"DET", "NUM", "ADP", "AUX", "CCONJ", "SCONJ", "PART", "ADV"})


@dataclass(frozen=True, slots=True)
class Writing:
    """Writing conventions of texts.

    language: code whose casing rules hold. spaced: True if all tokens are separated by spaces. unspaced: True if most
    text is of a script without spaces between words. capitals: True if sentences begin with a capital. known: words
    that occur in lower case; the first word of a sentence without lemmas is not a name if it is one of them.
    """

    language: str = ""
    spaced: bool = False
    unspaced: bool = False
    capitals: bool = True
    known: Container[str] = frozenset()


def writing_of(language: str, texts: Iterable[str], sentences: Iterable[Sentence], *, spaced: bool = False) -> Writing:
    """Infer the writing conventions of a collection of texts.

    Sentences begin with capitals if more than 80 % of those do whose first word is not tagged as a name. Sentences with
    trees are counted, or else the beginnings of the texts. Marks before the first letter or figure (`¿`) are skipped.
    English `i` never counts as a known word, because it is a misspelling of the pronoun. spaced: as in `Writing`.
    Raises LanguageError for an invalid code.
    """
    language = rules_of(language)
    texts = [text for text in texts if text]
    trees = [(s, _first_word(s, range(len(s)), language)) for s in sentences if s.has_tree]
    firsts = [(s.forms[i], s.upos[i]) for s, i in trees if i is not None]
    firsts = firsts or [(text, "") for text in texts]
    begins = [next(filter(str.isalnum, form), "") for form, tag in firsts if tag != "PROPN"]
    capitals = [is_capital(first) for first in begins if first]
    known = {word for text in texts for form in (_WORDS, _JOINED) for word in form.findall(text) if word.islower()}
    known -= {"i"} if language == "en" else set()
    begins_with_capitals = not capitals or sum(capitals) > 0.8 * len(capitals)
    return Writing(language, spaced, mostly_unspaced(texts), begins_with_capitals, known)


def recase(units: Sentence, order: list[int], forms: list[str], writing: Writing) -> None:
    """Move the capital from the old first word of a sentence to the new one, by changing `forms` in place.

    Nothing changes in a sentence that does not begin with a capital. A word whose lemma has a capital (names, German
    nouns) keeps it. Protected units never change. order: of the units. forms: of the units and of inserted words.
    """
    language = writing.language
    old = _first_word(units, range(len(units)), language)
    if old is None or not writing.capitals or not is_capital(units.forms[old][0]):
        return
    new = _first_word(units, order, language)
    if new is None or new == old:
        return
    if old not in units.protected and _loses_capital(units, old, forms[old], writing):
        forms[old] = without_capital(forms[old], language)
    if new not in units.protected and forms[new][0].islower() and not any(map(is_capital, forms[new])):
        forms[new] = with_capital(forms[new], language)


def _loses_capital(units: Sentence, unit: int, form: str, writing: Writing) -> bool:
    if not only_first_is_capital(form, writing.language):
        return False
    if units.has_tree and units.upos[unit] in _CLOSED:
        return True
    if units.has_tree and units.lemmas[unit] != "_":
        # Some treebanks give two lemmas, with a bar between them.
        return units.upos[unit] != "PROPN" and any(part[:1].islower() for part in units.lemmas[unit].split("|"))
    return without_capital(form, writing.language) in writing.known


def _first_word(units: Sentence, order: Iterable[int], language: str) -> int | None:
    """Return the first unit in an order that is neither punctuation nor a clitic that stays small.

    Units from len(units) on are inserted words.
    """
    for unit in order:
        if unit >= len(units):
            return unit
        glued = unit > 0 and units.punctuation[unit - 1] and units.ends[unit - 1] == units.starts[unit]
        before = units.forms[unit - 1] if glued else ""
        if not units.punctuation[unit] and not is_clitic(units.forms[unit], before, language):
            return unit
    return None
