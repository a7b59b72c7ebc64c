"""What the rules of wording ask about a sentence with a tree: its phrases, features and clauses."""

from collections.abc import Collection, Sequence

from ...syntax.negation import is_negation
from ...syntax.sentence import ROOT, Sentence, Span
from ...syntax.word_order import relation_of as relation
from .lexicon import DOWNWARD

#: Punctuation that separates a phrase from what it belongs to.
SEPARATORS = frozenset(",;:،؛、，；：–—-")
#: What may stand before the place to which a phrase is fronted.
_OPENING = frozenset({"cc", "discourse", "vocative"})


def lemma(sentence: Sentence, unit: int) -> str:
    """The lemma in lower case; the form, where there is none."""
    known = sentence.lemmas[unit]
    return (known if known != "_" else sentence.forms[unit]).lower()


def feature(sentence: Sentence, unit: int, name: str) -> str:
    """The value of a feature of a unit, "" where it has none."""
    return dict(pair.partition("=")[::2] for pair in sentence.feats[unit].split("|")).get(name, "")


def children(sentence: Sentence, head: int, *relations: str) -> list[int]:
    """The dependents of a unit that have one of the universal relations."""
    return [
        unit for unit, above in enumerate(sentence.heads) if above == head and relation(sentence, unit) in relations
    ]


def yields(sentence: Sentence) -> list[list[int]]:
    """The units of the subtree of each unit, sorted."""
    depths = sentence.depths()
    found = [[unit] for unit in range(len(sentence))]
    for unit in sorted(range(len(sentence)), key=depths.__getitem__, reverse=True):
        found[unit].sort()
        if sentence.heads[unit] != ROOT:
            found[sentence.heads[unit]] += found[unit]
    return found


def span(units: Sequence[int]) -> Span | None:
    """(first, last + 1) of sorted units without a gap, else None."""
    return (units[0], units[-1] + 1) if units and units[-1] - units[0] + 1 == len(units) else None


def is_separator(sentence: Sentence, unit: int) -> bool:
    """Whether a unit is a comma or the like."""
    return sentence.punctuation[unit] and sentence.forms[unit] in SEPARATORS


def between_separators(sentence: Sentence, units: Sequence[int]) -> Span:
    """(first, last + 1) of the places of `units` that are left without the separators at both ends."""
    first, last = 0, len(units)
    while first < last and is_separator(sentence, units[first]):
        first += 1
    while last > first and is_separator(sentence, units[last - 1]):
        last -= 1
    return first, last


def without_separators(sentence: Sentence, units: Sequence[int]) -> list[int]:
    """Units without the separators at both ends."""
    return list(units[slice(*between_separators(sentence, units))])


def is_negated(sentence: Sentence, units: Collection[int]) -> bool:
    """Whether one of some units is a negation."""
    rows = sentence.forms, sentence.lemmas, sentence.deprels, sentence.feats
    return any(is_negation(*(row[unit] for row in rows)) for unit in units)


def is_question(sentence: Sentence) -> bool:
    """Whether a sentence ends with a question mark or has an interrogative."""
    marks = {sentence.forms[unit] for unit in range(len(sentence)) if sentence.punctuation[unit]}
    return bool(marks & {"?", "？", "؟"}) or any("PronType=Int" in feats for feats in sentence.feats)


def reverses(sentence: Sentence) -> bool:
    """Whether something in a sentence may reverse entailment: a question, negation, condition or quantifier."""
    every = range(len(sentence))
    downward = any(lemma(sentence, unit) in DOWNWARD for unit in every)
    return downward or is_question(sentence) or is_negated(sentence, every)


def opening(sentence: Sentence, root: int) -> int:
    """The place at which the main clause begins, after conjunctions, addresses and `However,`."""
    place = 0
    while place < root:
        of_root = sentence.heads[place] == root
        introduces = of_root and relation(sentence, place) in _OPENING
        connects = of_root and relation(sentence, place) == "advmod" and is_separator(sentence, place + 1)
        if not (sentence.punctuation[place] or introduces or connects):
            break
        place += 1
    return place


def closing(sentence: Sentence) -> int:
    """The place after the last unit that is no punctuation."""
    return max((i + 1 for i, mark in enumerate(sentence.punctuation) if not mark), default=0)


def without_stranded(sentence: Sentence, gone: Collection[int]) -> list[int]:
    """The units that are left when some go, without the separators that set those off.

    These are a pair around what went, one before what went last, or one after what went first. Protected ones stay.
    """
    stranded: set[int] = set()
    units = [unit for unit in range(len(sentence)) if unit not in gone]
    for before, after in zip([-1, *units], [*units, len(sentence)], strict=True):
        if after - before == 1:
            continue
        opens = before >= 0 and is_separator(sentence, before)
        closes = after < len(sentence) and is_separator(sentence, after)
        ends = after == len(sentence) or (sentence.punctuation[after] and not closes)
        if opens and (closes or ends):
            stranded.add(before)
        if closes and (opens or all(sentence.punctuation[unit] for unit in units if unit <= before)):
            stranded.add(after)
    return [unit for unit in units if unit not in stranded - sentence.protected]
