"""Find coordinations whose conjuncts can change places without a change of any word form."""

from itertools import pairwise

from ...syntax.sentence import Sentence, Span
from .lexicon import FUSED_ARTICLES, SYMMETRIC_CONJUNCTIONS
from .phrases import children, feature, is_separator, lemma, relation, span, without_separators

_RANGES = frozenset({"between", "entre", "zwischen"})
_CLAUSAL = ("nsubj", "csubj", "cop", "aux", "mark", "expl")


def conjunct_spans(sentence: Sentence, first: int, phrases: list[list[int]], language: str = "") -> list[Span] | None:
    """Return the spans of the conjuncts of a coordination from left to right; None if they cannot change places.

    first: unit of the first conjunct. phrases: units of the subtree of each unit (`yields`). Spans are (first, last +
    1). Conjuncts must be nouns, adjectives or adverbs of one part of speech and case, joined by `and` or `or`, which
    must fit any of them (Spanish `y` and `e`, `o` and `u` depend on the next sound).
    """
    others = children(sentence, first, "conj")
    conjunctions = {cc for other in others for cc in children(sentence, other, "cc") if cc < other}
    conjunctions |= {cc for cc in children(sentence, first, "cc") if others and first < cc < others[-1]}
    alike = {sentence.upos[unit] for unit in (first, *others)}
    cases = {feature(sentence, unit, "Case") for unit in (first, *others)}
    if not conjunctions or not all(_is_symmetric(sentence, cc) for cc in conjunctions):
        return None
    if len(alike | cases) > 2 or not alike <= {"NOUN", "PROPN", "ADJ", "ADV"} or lemma(sentence, others[-1]) == "other":
        return None
    spans = _equal_spans(sentence, first, others, phrases)
    if spans and language == "es" and _spanish_conjunction_changes(sentence, conjunctions, spans):
        return None
    if spans and language == "en" and _english_article_changes(sentence, spans):
        return None
    return None if spans and _has_hyphen(sentence, spans) else spans


def _spanish_conjunction_changes(sentence: Sentence, conjunctions: set[int], spans: list[Span]) -> bool:
    """Tell whether another order may need `e` for `y` or `u` for `o`, or the other way round."""
    variants = any(sentence.forms[cc].lower() in ("e", "u") for cc in conjunctions)
    return variants or any(sentence.forms[start].lower().startswith(("i", "hi", "o", "ho")) for start, _ in spans)


def _english_article_changes(sentence: Sentence, spans: list[Span]) -> bool:
    """Tell whether `a` or `an` before the coordination may not fit another conjunct (`an old and big house`)."""
    before = sentence.forms[spans[0][0] - 1].lower() if spans[0][0] else ""
    return before in ("a", "an") and len({sentence.forms[start][0].lower() in "aeiouh" for start, _ in spans}) > 1


def _has_hyphen(sentence: Sentence, spans: list[Span]) -> bool:
    """Tell whether a conjunct is cut short by a hyphen (`Rohstoff- und Energiekosten`)."""
    return any(form.endswith("-") for _, end in spans for form in sentence.forms[end - 1 : end + 1])


def _is_fused(sentence: Sentence, first: int, others: list[int], cases: list[int]) -> bool:
    """Tell whether an adposition before all conjuncts holds an article (`del`, `im`) that does not agree with all."""
    shared = [case for case in children(sentence, first, "case") if case < first and case not in cases]
    forms = {tuple(feature(sentence, unit, name) for name in ("Gender", "Number")) for unit in (first, *others)}
    return len(forms) > 1 and any(sentence.forms[case].lower() in FUSED_ARTICLES for case in shared)


def _is_symmetric(sentence: Sentence, cc: int) -> bool:
    return not SYMMETRIC_CONJUNCTIONS.isdisjoint([lemma(sentence, cc), sentence.forms[cc].lower()])


def _equal_spans(sentence: Sentence, first: int, others: list[int], phrases: list[list[int]]) -> list[Span] | None:
    """Return the spans of the conjuncts with the dependents before them; None if these differ in kind.

    Equal kinds of dependents belong to each conjunct; otherwise one may modify the whole coordination.
    """
    inner = _before(sentence, first)
    if not any(_before(sentence, other) for other in others) and _share_article(sentence, inner, [first, *others]):
        inner = []  # `the cats and dogs`
    start = phrases[others[0]][0]
    cases, marks = _repeated_adpositions(sentence, [first, *others]), _opening_marks(sentence, first, start)
    if cases is None or marks is None:
        return None
    begin = min([first, *cases, *marks, *(phrases[unit][0] for unit in inner)])
    if not set(range(begin, start)) <= {*phrases[first]} or _is_fused(sentence, first, others, cases):
        return None
    spans = [(begin, start)]
    shapes = {frozenset(relation(sentence, unit) for unit in inner)}
    if len({_is_modified(sentence, first, others[0]), *(_is_modified(sentence, other) for other in others)}) > 1:
        return None  # a modifier after the last conjunct may belong to all of them
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


def _repeated_adpositions(sentence: Sentence, conjuncts: list[int]) -> list[int] | None:
    """Return the adpositions before the first conjunct if each conjunct has its own (`in Rome and in Paris`), and none
    if they share one; None if only some have their own."""
    cases = [[case for case in children(sentence, unit, "case") if case < unit] for unit in conjuncts]
    if not any(cases[1:]):
        return []
    return cases[0] if all(cases) else None


def _opening_marks(sentence: Sentence, first: int, end: int) -> list[int] | None:
    """Return the marks before the first conjunct that are closed before unit `end`, where the second begins.

    Marks around the whole coordination are none of these. None if a mark is closed that was not opened.
    """
    marks = [unit for unit in range(end) if sentence.heads[unit] == first and sentence.punctuation[unit]]
    marks = [unit for unit in marks if not is_separator(sentence, unit)]
    opening, closing = [unit for unit in marks if unit < first], [unit for unit in marks if unit > first]
    if not closing:
        return []
    return opening or None


def _is_modified(sentence: Sentence, unit: int, end: int | None = None) -> bool:
    """Tell whether a phrase or clause after a conjunct, and before unit `end`, modifies it."""
    modifiers = children(sentence, unit, "nmod", "obl", "acl", "advcl", "appos")
    return any(unit < modifier and (end is None or modifier < end) for modifier in modifiers)


def _share_article(sentence: Sentence, inner: list[int], conjuncts: list[int]) -> bool:
    """Tell whether only a definite article precedes the first conjunct, and agrees with all conjuncts."""
    forms = {tuple(feature(sentence, unit, name) for name in ("Gender", "Number")) for unit in conjuncts}
    return len(inner) == 1 and feature(sentence, inner[0], "Definite") == "Def" and len(forms) == 1


def _joins(sentence: Sentence, first: int, end: int) -> bool:
    """Tell whether the units first..end-1 are conjunctions or commas, at least one."""
    units = range(first, end)
    return bool(units) and all(is_separator(sentence, unit) or relation(sentence, unit) == "cc" for unit in units)


def _before(sentence: Sentence, unit: int) -> list[int]:
    """Return the dependents before a unit that belong to it alone: no adposition, conjunction, comma or subject."""
    shared = ("case", "cc", "mark", "punct", "cop", "nsubj", "aux", "expl")
    return [k for k, head in enumerate(sentence.heads) if head == unit > k and relation(sentence, k) not in shared]
