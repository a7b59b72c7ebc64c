"""Recognise plain active clauses, and order their words in the passive: shared by English and Spanish."""

from ...syntax.sentence import Sentence, Span
from . import lexicon as words
from .phrases import children, feature, is_separator, lemma, span


def active_clause(
    sentence: Sentence, verb: int, phrases: list[list[int]], language: str
) -> tuple[int, int, Span, Span] | None:
    """Return subject, object and their spans if the clause is plain: subject before and object after the verb.

    verb: unit of the main verb. phrases: units of the subtree of each unit (`yields`). language: `en` or `es`.
    """
    subjects, objects = children(sentence, verb, "nsubj"), children(sentence, verb, "obj")
    if sentence.upos[verb] != "VERB" or lemma(sentence, verb) in words.NO_PASSIVE[language]:
        return None
    if len(subjects) != 1 or len(objects) != 1 or ":pass" in sentence.deprels[subjects[0]]:
        return None
    if children(sentence, verb, "iobj", "xcomp", "ccomp", "conj", "expl", "parataxis", "csubj", "cop"):
        return None
    subject, object_ = subjects[0], objects[0]
    before, after = span(phrases[subject]), span(phrases[object_])
    if before is None or after is None or not subject < verb < object_ or before[1] > verb or after[0] < verb:
        return None
    between = (verb + 1, after[0])
    if any(interrupts(sentence, unit) for where in (before, between, after) for unit in range(*where)):
        return None
    if any(not children(sentence, clause, "nsubj") for clause in children(sentence, verb, "advcl")):
        return None  # `to see it`, `seeing it`: the agent is the subject of the active clause
    if not _can_be_agent(sentence, subject) or not _can_be_promoted(sentence, object_, phrases):
        return None
    return subject, object_, before, after


def interrupts(sentence: Sentence, unit: int) -> bool:
    """Tell whether a unit is a comma or final mark, which cannot move with a phrase as a hyphen or quote can."""
    return sentence.punctuation[unit] and (sentence.forms[unit] in ".!?…" or is_separator(sentence, unit))


def _can_be_agent(sentence: Sentence, subject: int) -> bool:
    if feature(sentence, subject, "PronType") in ("Rel", "Int", "Ind") or lemma(sentence, subject) in ("it", "there"):
        return False
    return sentence.upos[subject] in ("NOUN", "PROPN", "PRON")


def _can_be_promoted(sentence: Sentence, object_: int, phrases: list[list[int]]) -> bool:
    """Tell whether an object can become the subject of the passive.

    Not the subject's own (`his dog`), reciprocals (`each other`), or bare singulars (`take place`).
    """
    if any("Poss=Yes" in sentence.feats[unit] or "Reflex=Yes" in sentence.feats[unit] for unit in phrases[object_]):
        return False
    if feature(sentence, object_, "PronType") in ("Rcp", "Rel", "Int") or lemma(sentence, object_).endswith("self"):
        return False
    bare = len(phrases[object_]) == 1 and feature(sentence, object_, "Number") != "Plur"
    return sentence.upos[object_] in ("PROPN", "PRON") or (sentence.upos[object_] == "NOUN" and not bare)


def passive_order(
    sentence: Sentence,
    verb: int,
    subject: Span,
    object_: Span,
    helpers: list[int],
    agent: list[int],
    particles: list[int],
    gone: set[int],
    *,
    first: bool = False,
) -> list[int]:
    """Return the order: object, words before the verb, auxiliaries, verb, particles, agent, the rest.

    helpers: inserted auxiliaries; `first` puts them before the words before the verb. gone: deleted units.
    """
    moved = {*range(*subject), *range(*object_), *particles, *gone}
    promoted = [unit for unit in range(*object_) if unit not in gone]
    before = [unit for unit in range(subject[0]) if unit not in moved]
    between = [unit for unit in range(subject[1], verb) if unit not in moved]
    after = [unit for unit in range(verb + 1, len(sentence)) if unit not in moved]
    between = [*helpers, *between] if first else [*between, *helpers]
    return [*before, *promoted, *between, verb, *particles, *agent, *after]


def is_plural(sentence: Sentence, unit: int) -> bool:
    """Tell whether a noun phrase takes a plural verb. unit: its head."""
    coordinated = any(
        lemma(sentence, cc) in ("and", "y", "e")
        for k in children(sentence, unit, "conj")
        for cc in children(sentence, k, "cc")
    )
    plural = lemma(sentence, unit) in ("they", "we", "you", "them", "us")
    return coordinated or plural or feature(sentence, unit, "Number") == "Plur"
