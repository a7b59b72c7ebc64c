"""Meaning-changing rules: the words stay, but the roles of subject and object change, and with them the label."""

from random import Random
from typing import NamedTuple

from ...syntax.sentence import Sentence, Span
from ..declaration import declare
from ..edit import Edit, Setting, sample_share
from .lexicon import ENGLISH_TO_OBJECT, ENGLISH_TO_SUBJECT, SYMMETRIC_VERBS
from .passive import is_plural
from .phrases import children, feature, lemma, reverses, span, without_separators, yields

#: An entailed hypothesis with its roles swapped contradicts the premise, because both sentences are about one event
#: (guidelines of SNLI and MNLI). A neutral one stays neutral; the label of a contradiction is unknown. A paraphrase is
#: no longer one (as in PAWS); the label of a pair of different sentences is unknown.
_LABELS = {"entailment": "contradiction", "neutral": "neutral", "paraphrase": "different"}


@declare(
    family="contrast",
    level="phrase",
    meaning="altered",
    needs_tree=True,
    languages=("en",),  # only word order marks the roles of nouns; in German or Spanish an object may be fronted
    invented=True,  # the rule leaves a language that marks case unchanged
    fields={"classification": ("text_b",)},
    labels=_LABELS,
    source="McCoy et al. 2019, Zhang et al. 2019 (PAWS)",
)
def swap_arguments(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """In a share of the clauses, subject and object change places (where their form does not tell them apart)."""
    if reverses(sentence):
        return None
    phrases = yields(sentence)
    sites = [site for verb in range(len(sentence)) if (site := _arguments(sentence, verb, phrases))]
    order = list(range(len(sentence)))
    taken: set[int] = set()
    forms: dict[int, str] = {}
    for first, second, new in sample_share(sites, strength, rng):
        units = set(range(first[0], second[1]))
        if units & taken:
            continue
        taken |= units
        between = range(first[1], second[0])
        order[first[0] : second[1]] = [*range(*second), *between, *range(*first)]
        forms |= new if setting.language == "en" else {}
    return Edit(order, forms) if taken else None


class _Site(NamedTuple):
    """The spans of subject and object of a verb from left to right, without adpositions; new forms of pronouns."""

    first: Span
    second: Span
    forms: dict[int, str]


def _arguments(sentence: Sentence, verb: int, phrases: list[list[int]]) -> _Site | None:
    """Return the subject and object of a verb if they can change places; None otherwise.

    They must agree in number and case, so that neither verb nor nouns need another form. Symmetric verbs (`meet`) are
    left out, because the meaning would stay.
    """
    subjects, objects = children(sentence, verb, "nsubj"), children(sentence, verb, "obj")
    if len(subjects) != 1 or len(objects) != 1 or ":pass" in sentence.deprels[subjects[0]]:
        return None
    if lemma(sentence, verb) in SYMMETRIC_VERBS or children(sentence, verb, "iobj"):
        return None
    pair = subjects[0], objects[0]
    names = [feature(sentence, unit, "PronType") for unit in pair]
    if any(name in ("Rel", "Int", "Rcp") for name in names):
        return None
    cases = {feature(sentence, unit, "Case") for unit in pair if sentence.upos[unit] != "PRON"}
    numbers = {feature(sentence, unit, "Number") for unit in pair}
    if is_plural(sentence, pair[0]) != is_plural(sentence, pair[1]):
        return None  # `Anna and Ben` takes another verb than `the dog`
    forms = _new_forms(sentence, pair)
    if len(cases) > 1 or len(numbers) > 1 or forms is None:
        return None
    spans = [_without_case(sentence, unit, phrases) for unit in pair]
    if None in spans:
        return None
    first, second = sorted(spans)
    return _Site(first, second, forms) if first[1] <= second[0] else None


def _without_case(sentence: Sentence, unit: int, phrases: list[list[int]]):
    marked = {*children(sentence, unit, "case")}
    units = without_separators(sentence, [k for k in phrases[unit] if k not in marked])
    return span(units)


def _new_forms(sentence: Sentence, pair: tuple[int, int]) -> dict[int, str] | None:
    """Return the forms that the pronouns of a subject and an object take in the other role; None if one has none known.

    Only third persons do, because the form of the verb depends on the person.
    """
    forms = {}
    for unit, other_role in zip(pair, (ENGLISH_TO_OBJECT, ENGLISH_TO_SUBJECT), strict=True):
        if sentence.upos[unit] == "PRON":
            form = (other_role | {"it": "it"}).get(sentence.forms[unit].lower())
            if form is None or feature(sentence, unit, "Person") not in ("3", ""):
                return None
            forms[unit] = form
    return forms
