"""Delete function words, so that content words alone are left."""

from random import Random

from ...syntax.sentence import Sentence
from ..declaration import declare
from ..edit import Edit, Setting, sample_share
from . import lexicon as words
from .phrases import feature, is_negated, lemma, without_stranded

_FUNCTION = frozenset({"DET", "ADP", "AUX", "CCONJ", "SCONJ", "PART"})
_MODALS = frozenset().union(*words.MODALS.values())


# A control: deleted auxiliaries mark tense, and deleted adpositions (`by`, `to`) mark roles.
@declare(family="function", level="word", meaning="destroyed", needs_tree=True, source="telegraphic text, own")
def drop_function_words(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the determiners, adpositions, auxiliaries, conjunctions and particles is left out; negations, modals,
    quantifiers, question words and particles, conditions (if) and alternatives (or) stay."""
    sites = [
        unit
        for unit, tag in enumerate(sentence.upos)
        if tag in _FUNCTION and unit not in sentence.protected and not _affects_truth(sentence, unit, setting.language)
    ]
    others = sum(not mark for mark in sentence.punctuation) - len(sites)
    gone = set(sample_share(sites, strength, rng))
    if not gone or not others:
        return None
    return Edit(without_stranded(sentence, gone))


def _affects_truth(sentence: Sentence, unit: int, language: str) -> bool:
    """Tell whether the truth of the sentence depends on a function word: negation, modal, quantifier, condition."""
    tag, name = sentence.upos[unit], lemma(sentence, unit)
    if is_negated(sentence, [unit]) or feature(sentence, unit, "PronType") in ("Int", "Tot", "Ind"):
        return True
    particles = words.QUESTION_PARTICLES.get(language, ())
    if name in particles or sentence.forms[unit].lower() in particles:
        return True
    if tag == "AUX":
        return name in _MODALS
    if tag == "DET":
        return name in words.QUANTIFIERS or name in words.MORE_QUANTIFIERS.get(language, ())
    return tag in ("CCONJ", "SCONJ") and name in words.CONDITIONS | words.ALTERNATIVES
