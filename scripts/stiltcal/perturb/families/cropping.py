"""Delete adjuncts, so that what is left follows from the sentence."""

from random import Random

from ...syntax.sentence import ROOT, Sentence
from ..declaration import FIELDS, declare
from ..edit import Edit, Setting, sample_share
from . import lexicon as words
from .phrases import (
    children,
    feature,
    is_adjunct,
    lemma,
    relation,
    reverses,
    without_separators,
    without_stranded,
    yields,
)


@declare(
    family="rewording",
    level="phrase",
    meaning="entailed",
    needs_tree=True,
    languages=("en", "es", "de"),  # the word lists of adjuncts and of words that reverse entailment have these
    invented=True,
    fields={**FIELDS, "classification": ("text_b",)},
    labels={"entailment": "entailment"},  # a premise entails a part of what it entails; other labels are unknown
    source="Sahin & Steedman 2018 (crop)",
)
def crop_adjuncts(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the adjuncts of verbs is left out, where nothing in the sentence reverses entailment."""
    if reverses(sentence):
        return None
    phrases = yields(sentence)
    sites = [unit for unit in range(len(sentence)) if _can_be_cropped(sentence, unit, setting.language)]
    sites = [unit for unit in sites if not sentence.protected & set(phrases[unit])]
    chosen = sample_share(sites, strength, rng)
    gone = {unit for site in chosen for unit in without_separators(sentence, phrases[site])}
    return Edit(without_stranded(sentence, gone)) if gone else None


def _can_be_cropped(sentence: Sentence, unit: int, language: str) -> bool:
    head = sentence.heads[unit]
    if head == ROOT or sentence.upos[head] != "VERB" or relation(sentence, head) == "amod":
        return False
    if language in words.VERB_SECOND and _fills_first_place(sentence, unit, head):
        return False
    kind, name = relation(sentence, unit), lemma(sentence, unit)
    if kind == "advmod":
        relative = feature(sentence, unit, "PronType") in ("Rel", "Int") or name in words.RELATIVE_ADVERBS
        return not relative and name not in words.NOT_VERIDICAL and not children(sentence, unit, "mark", "advcl")
    if kind == "advcl":
        marks = words.CLAUSE_MARKS.get(language)
        introduced = [lemma(sentence, mark) for mark in children(sentence, unit, "mark")]
        return bool(introduced) and (marks is None or introduced[0] in marks)
    return kind == "obl" and lemma(sentence, head) not in words.NEEDS_OBLIQUE and is_adjunct(sentence, unit, language)


def _fills_first_place(sentence: Sentence, unit: int, head: int) -> bool:
    """Tell whether a verb would come first without a unit, and others like it, before it: that asks a question.

    In a clause with a conjunction, or with a subject or object before its verb, something else comes first.
    """
    finite = min([head, *children(sentence, head, "aux", "cop")])
    others = children(sentence, head, "mark", "nsubj", "csubj", "expl", "obj", "iobj", "ccomp", "xcomp")
    return unit < finite and not any(other < finite for other in others)
