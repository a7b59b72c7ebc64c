"""Function words go: what is left of a text when only content words order it."""

from random import Random

from ...syntax.sentence import Sentence
from ..declaration import declare
from ..edit import Edit, Setting, some
from . import lexicon as words
from .phrases import feature, is_negated, lemma, without_stranded

_FUNCTION = frozenset({"DET", "ADP", "AUX", "CCONJ", "SCONJ", "PART"})
_MODALS = frozenset().union(*words.MODALS.values())


# Tense goes with auxiliaries, and who did it to whom with `by`, `to` or a postposition: nothing is claimed.
@declare(family="function", level="word", meaning="destroyed", needs_tree=True, source="telegraphic text, own")
def drop_function_words(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the determiners, adpositions, auxiliaries, conjunctions and particles is left out; negations, modals,
    quantifiers, question words, conditions (if) and alternatives (or) stay."""
    sites = [
        unit
        for unit, tag in enumerate(sentence.upos)
        if tag in _FUNCTION and unit not in sentence.protected and not _decides(sentence, unit)
    ]
    others = sum(not mark for mark in sentence.punctuation) - len(sites)
    gone = set(some(sites, strength, rng))
    if not gone or not others:
        return None
    return Edit(without_stranded(sentence, gone))


def _decides(sentence: Sentence, unit: int) -> bool:
    """Whether a function word says if, of how many, or under which condition the sentence is true."""
    tag, name = sentence.upos[unit], lemma(sentence, unit)
    if is_negated(sentence, [unit]) or feature(sentence, unit, "PronType") in ("Int", "Tot", "Ind"):
        return True
    if tag == "AUX":
        return name in _MODALS
    if tag == "DET":
        return name in words.QUANTIFIERS
    return tag in ("CCONJ", "SCONJ") and name in words.CONDITIONS | words.ALTERNATIVES
