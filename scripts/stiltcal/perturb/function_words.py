"""Function words go: what is left of a text when only content words order it."""

from random import Random

from ..syntax.sentence import Sentence
from .declaration import declare
from .edit import Edit, Setting, some
from .phrases import is_negated, without_stranded

_FUNCTION = frozenset({"DET", "ADP", "AUX", "CCONJ", "SCONJ", "PART"})


@declare(family="function", level="word", meaning="kept", needs_tree=True, source="telegraphic text, own")
def drop_function_words(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the determiners, adpositions, auxiliaries, conjunctions and particles is left out, negations never."""
    sites = [
        unit
        for unit, tag in enumerate(sentence.upos)
        if tag in _FUNCTION and unit not in sentence.protected and not is_negated(sentence, [unit])
    ]
    others = sum(not mark for mark in sentence.punctuation) - len(sites)
    gone = set(some(sites, strength, rng))
    if not gone or not others:
        return None
    return Edit(without_stranded(sentence, gone))
