"""Queries about a sentence with a tree: its phrases, features and clauses."""

from collections.abc import Collection, Sequence

from ...syntax.negation import is_negation
from ...syntax.sentence import ROOT, Sentence, Span
from ...syntax.word_order import relation_of as relation
from .lexicon import ADJUNCT_CASES, DAYS, DOWNWARD, TIMES

#: Punctuation that separates a phrase from the rest of its clause.
SEPARATORS = frozenset(",;:،؛、，；：–—-")
#: Relations of units that stay before a fronted phrase.
_OPENING = frozenset({"cc", "discourse", "vocative"})


def lemma(sentence: Sentence, unit: int) -> str:
    """Return the lemma of a unit in lower case, or its form if it has none."""
    known = sentence.lemmas[unit]
    return (known if known != "_" else sentence.forms[unit]).lower()


def feature(sentence: Sentence, unit: int, name: str) -> str:
    """Return the value of a UD feature of a unit (`Case`), "" if it has none."""
    return dict(pair.partition("=")[::2] for pair in sentence.feats[unit].split("|")).get(name, "")


def children(sentence: Sentence, head: int, *relations: str) -> list[int]:
    """Return the dependents of a unit with one of the universal relations, from left to right."""
    return [
        unit for unit, above in enumerate(sentence.heads) if above == head and relation(sentence, unit) in relations
    ]


def yields(sentence: Sentence) -> list[list[int]]:
    """Return the units of the subtree of each unit, sorted."""
    depths = sentence.depths()
    subtrees = [[unit] for unit in range(len(sentence))]
    for unit in sorted(range(len(sentence)), key=depths.__getitem__, reverse=True):
        subtrees[unit].sort()
        if sentence.heads[unit] != ROOT:
            subtrees[sentence.heads[unit]] += subtrees[unit]
    return subtrees


def span(units: Sequence[int]) -> Span | None:
    """Return (first, last + 1) of sorted units, or None if they have a gap or there are none."""
    return (units[0], units[-1] + 1) if units and units[-1] - units[0] + 1 == len(units) else None


def is_separator(sentence: Sentence, unit: int) -> bool:
    """Tell whether a unit is a comma, semicolon, colon or dash."""
    return sentence.punctuation[unit] and sentence.forms[unit] in SEPARATORS


def between_separators(sentence: Sentence, units: Sequence[int]) -> Span:
    """Return the places (first, last + 1) in `units` that are left after removing separators at both ends."""
    first, last = 0, len(units)
    while first < last and is_separator(sentence, units[first]):
        first += 1
    while last > first and is_separator(sentence, units[last - 1]):
        last -= 1
    return first, last


def without_separators(sentence: Sentence, units: Sequence[int]) -> list[int]:
    """Return units without the separators at both ends."""
    return list(units[slice(*between_separators(sentence, units))])


def is_negated(sentence: Sentence, units: Collection[int]) -> bool:
    """Tell whether one of `units` is a negation."""
    rows = sentence.forms, sentence.lemmas, sentence.deprels, sentence.feats
    return any(is_negation(*(row[unit] for row in rows)) for unit in units)


def is_question(sentence: Sentence) -> bool:
    """Tell whether a sentence contains a question mark or an interrogative word."""
    marks = "".join(form for form, mark in zip(sentence.forms, sentence.punctuation, strict=True) if mark)
    return any(mark in marks for mark in "?？؟") or any("PronType=Int" in feats for feats in sentence.feats)


def reverses(sentence: Sentence) -> bool:
    """Tell whether a question, negation, condition or quantifier in a sentence may reverse entailment."""
    every = range(len(sentence))
    downward = any(lemma(sentence, unit) in DOWNWARD or "PronType=Tot" in sentence.feats[unit] for unit in every)
    return downward or is_question(sentence) or is_negated(sentence, every)


def is_adjunct(sentence: Sentence, unit: int, language: str) -> bool:
    """Tell whether an oblique phrase is an adjunct, by its adposition where the language has a list of them."""
    subtype = sentence.deprels[unit].partition(":")[2]
    if subtype in ("agent", "arg", "patient", "lmod"):
        return False
    cases = ADJUNCT_CASES.get(language)
    introduced = [lemma(sentence, case) for case in children(sentence, unit, "case")]
    bare = sentence.heads.count(unit) == len(introduced) and sentence.upos[unit] == "NOUN"
    if bare and lemma(sentence, unit) not in TIMES and cases is not None:
        return False  # `in touch`, or the `morning` of `Thursday morning`
    if cases is None or subtype == "tmod":
        return bool(introduced) or subtype == "tmod" or bool(feature(sentence, unit, "Case"))
    if not introduced or sentence.upos[unit] not in ("NOUN", "PROPN", "NUM"):
        return False
    return introduced[0] in cases or (introduced[0] == "on" and lemma(sentence, unit) in DAYS)


def opening(sentence: Sentence, root: int) -> int:
    """Return the place at which the main clause begins, after conjunctions, vocatives and `However,`.

    root: unit of the predicate.
    """
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
    """Return the place after the last unit that is not punctuation; 0 if all units are."""
    return max((i + 1 for i, mark in enumerate(sentence.punctuation) if not mark), default=0)


def without_stranded(sentence: Sentence, gone: Collection[int]) -> list[int]:
    """Return the units that are left after a deletion, without the separators around the deleted units.

    gone: deleted units. Deleted with them are a pair of separators around a gap, a separator before a gap at the end,
    and one after a gap at the beginning. Protected separators stay.
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
