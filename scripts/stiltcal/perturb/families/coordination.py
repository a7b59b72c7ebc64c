"""Coordinations whose conjuncts can change places without more."""

from itertools import pairwise

from ...syntax.sentence import Sentence, Span
from .lexicon import SYMMETRIC_CONJUNCTIONS
from .phrases import children, feature, is_separator, lemma, relation, span, without_separators

_RANGES = frozenset({"between", "entre", "zwischen"})
_CLAUSAL = ("nsubj", "csubj", "cop", "aux", "mark", "expl")


def conjunct_spans(sentence: Sentence, first: int, phrases: list[list[int]]) -> list[Span] | None:
    """The spans of the conjuncts of a plain coordination that begins with a unit, from left to right; None without."""
    others = children(sentence, first, "conj")
    conjunctions = {cc for other in others for cc in children(sentence, other, "cc") if cc < other}
    conjunctions |= {cc for cc in children(sentence, first, "cc") if others and first < cc < others[-1]}
    alike = {sentence.upos[unit] for unit in (first, *others)}
    cases = {feature(sentence, unit, "Case") for unit in (first, *others)}
    if not conjunctions or not all(_is_symmetric(sentence, cc) for cc in conjunctions):
        return None
    if len(alike | cases) > 2 or not alike <= {"NOUN", "PROPN", "ADJ", "ADV"} or lemma(sentence, others[-1]) == "other":
        return None
    return _equal_spans(sentence, first, others, phrases)


def _is_symmetric(sentence: Sentence, cc: int) -> bool:
    return not SYMMETRIC_CONJUNCTIONS.isdisjoint([lemma(sentence, cc), sentence.forms[cc].lower()])


def _equal_spans(sentence: Sentence, first: int, others: list[int], phrases: list[list[int]]) -> list[Span] | None:
    """Where the conjuncts stand, if they have the same kinds of dependents before them, which then belong to each."""
    inner = _before(sentence, first)
    if not any(_before(sentence, other) for other in others) and _share_article(sentence, inner, [first, *others]):
        inner = []  # `the cats and dogs`
    spans = [(min([first, *inner]), phrases[others[0]][0])]
    shapes = {frozenset(relation(sentence, unit) for unit in inner)}
    if len({_is_modified(sentence, first, others[0]), *(_is_modified(sentence, other) for other in others)}) > 1:
        return None  # what follows the last conjunct may be about all of them
    if any(lemma(sentence, case) in _RANGES for case in children(sentence, first, "case")):
        return None  # `between May and October`
    if any(children(sentence, other, *_CLAUSAL) for other in others):
        return None
    for other in others:
        cc = children(sentence, other, "cc")
        shared = [*cc, *(case for case in children(sentence, other, "case") if case > other)]
        units = [unit for unit in without_separators(sentence, phrases[other]) if unit not in shared]
        units = without_separators(sentence, units)
        where = span(units)
        if where is None or any("Poss=Yes" in sentence.feats[unit] for unit in units):
            return None
        shapes.add(frozenset(relation(sentence, unit) for unit in _before(sentence, other)))
        spans.append(where)
    last = without_separators(sentence, range(*spans[0]))
    if len(shapes) > 1 or not last:
        return None
    spans[0] = (last[0], last[-1] + 1)
    return spans if all(_joins(sentence, left[1], right[0]) for left, right in pairwise(spans)) else None


def _is_modified(sentence: Sentence, unit: int, end: int | None = None) -> bool:
    """Whether a phrase or clause modifies a conjunct from behind, before unit `end`."""
    found = children(sentence, unit, "nmod", "obl", "acl", "advcl", "appos")
    return any(unit < modifier and (end is None or modifier < end) for modifier in found)


def _share_article(sentence: Sentence, inner: list[int], conjuncts: list[int]) -> bool:
    """Whether all that stands before the first conjunct is a definite article that agrees with each of them."""
    forms = {tuple(feature(sentence, unit, name) for name in ("Gender", "Number")) for unit in conjuncts}
    return len(inner) == 1 and feature(sentence, inner[0], "Definite") == "Def" and len(forms) == 1


def _joins(sentence: Sentence, first: int, end: int) -> bool:
    """Whether some units are a conjunction, commas or both."""
    units = range(first, end)
    return bool(units) and all(is_separator(sentence, unit) or relation(sentence, unit) == "cc" for unit in units)


def _before(sentence: Sentence, unit: int) -> list[int]:
    """The dependents that stand before a unit and belong to it alone: not its case marker, conjunction or comma."""
    shared = ("case", "cc", "mark", "punct", "cop", "nsubj", "aux", "expl")
    return [k for k, head in enumerate(sentence.heads) if head == unit > k and relation(sentence, k) not in shared]
