"""Turn a plain active clause into the passive in English: order, auxiliaries, agreement, pronouns."""

import re

from ...syntax.sentence import Sentence
from ..edit import Edit
from . import lexicon as words
from .passive import active_clause, interrupts, is_plural, passive_order
from .phrases import children, feature, is_negated, lemma

#: End of a token of two words (`could've`, `he'd`). The tree over tokens shows one of them only.
_CONTRACTED = re.compile("\\w['’](m|re|s|ve|d|ll|t)$", re.IGNORECASE)
_BE_PRESENT, _BE_PAST = {"am", "is", "are", "'m", "'s", "'re", "’m", "’s", "’re"}, {"was", "were"}


def english_passive(sentence: Sentence, verb: int, phrases: list[list[int]]) -> Edit | None:
    """Turn `The dog chased a cat` into `A cat was chased by the dog`; None if the clause is not plain.

    verb: unit of the main verb. phrases: units of the subtree of each unit (`yields`).
    """
    clause = active_clause(sentence, verb, phrases, "en")
    if clause is None:
        return None
    subject, object_, subject_span, object_span = clause
    auxiliaries = [unit for unit in children(sentence, verb, "aux") if unit < verb]
    new = _english_verbs(sentence, verb, auxiliaries, object_)
    participle = english_participle(sentence, verb)
    between = range(subject_span[1], verb)
    if (
        new is None
        or _hides_words(sentence, subject, auxiliaries)
        or children(sentence, object_, "case")
        or "than" in map(str.lower, sentence.forms)
        or any(interrupts(sentence, unit) for unit in between)
    ):
        return None
    forms, gone, helper = new
    forms[verb] = participle
    _english_pronoun(sentence, object_, words.ENGLISH_TO_SUBJECT, forms)
    _english_pronoun(sentence, subject, words.ENGLISH_TO_OBJECT, forms)
    if gone & sentence.protected or set(forms) & sentence.protected:
        return None
    inserted = ([helper] if helper else []) + ["by"]
    count = len(sentence)
    agent = [count + len(inserted) - 1, *range(*subject_span)]
    helpers = [count] if helper else []
    first = not auxiliaries  # `is also seen`, but `has also been seen`
    particles = [unit for unit in children(sentence, verb, "compound", "advmod") if unit > verb]
    particles = [unit for unit in particles if lemma(sentence, unit) in words.ENGLISH_PARTICLES]
    order = passive_order(sentence, verb, subject_span, object_span, helpers, agent, particles, gone, first=first)
    return Edit(order, forms, inserted)


def english_participle(sentence: Sentence, verb: int) -> str:
    """Return the past participle of a verb. verb: its unit."""
    form, base = sentence.forms[verb].lower(), lemma(sentence, verb)
    if feature(sentence, verb, "VerbForm") == "Part" and feature(sentence, verb, "Tense") == "Past":
        return form
    if base in words.ENGLISH_PARTICIPLES:
        return words.ENGLISH_PARTICIPLES[base]
    if form.endswith("ed") and (form != base or feature(sentence, verb, "Tense") == "Past"):  # not `need`, `exceed`
        return form
    if base.endswith("e"):
        return base + "d"
    if re.search("[^aeiou]y$", base):
        return base[:-1] + "ied"
    if base in words.ENGLISH_DOUBLED or re.fullmatch("[^aeiou]*[aeiou][bdgklmnprt]", base):
        return base + base[-1] + "ed"
    return base + "ed"


def _hides_words(sentence: Sentence, subject: int, auxiliaries: list[int]) -> bool:
    """Tell whether a token contains a negation or verb (`didn't`, `they'd`) that a new auxiliary would delete."""
    contracted = any(_CONTRACTED.search(sentence.forms[unit]) for unit in (subject, *auxiliaries))
    return contracted or is_negated(sentence, auxiliaries)


def _english_verbs(
    sentence: Sentence, verb: int, auxiliaries: list[int], object_: int
) -> tuple[dict[int, str], set[int], str] | None:
    """Return new forms of auxiliaries, deleted auxiliaries, and the form of `be` to insert; None for other patterns."""
    first_person = sentence.forms[object_].lower() == "me"
    plural = is_plural(sentence, object_)

    def be(past: bool) -> str:
        if past:
            return "were" if plural else "was"
        return "am" if first_person else "are" if plural else "is"

    names = [lemma(sentence, unit) for unit in auxiliaries]
    modals = [(unit, name) for unit, name in zip(auxiliaries, names, strict=True) if name in words.MODALS["en"]]
    forms = {unit: name for unit, name in modals if sentence.forms[unit][0] in "'’"}
    if not names:
        past = feature(sentence, verb, "Tense") == "Past"
        return (forms, set(), be(past)) if feature(sentence, verb, "VerbForm") == "Fin" else None
    last, form = auxiliaries[-1], sentence.forms[auxiliaries[-1]].lower()
    if names == ["do"]:
        return {last: be(form == "did")}, set(), ""
    if names[-1] == "have" and (len(names) == 1 or names[0] in words.MODALS["en"]):
        if len(names) == 1 and form not in ("had", "'d", "’d"):
            forms[last] = "have" if plural or first_person else "has"
        elif form in ("'d", "’d"):
            forms[last] = "had"
        return forms, set(), "been"
    if names == ["be"] and sentence.forms[verb].lower().endswith("ing") and form in _BE_PRESENT | _BE_PAST:
        return {last: be(form in _BE_PAST)}, set(), "being"
    if len(names) == 1 and names[0] in words.MODALS["en"]:
        return forms, set(), "be"
    return None


def _english_pronoun(sentence: Sentence, unit: int, table: dict[str, str], forms: dict[int, str]) -> None:
    form = sentence.forms[unit].lower()
    if sentence.upos[unit] == "PRON" and form in table:
        forms[unit] = table[form]
