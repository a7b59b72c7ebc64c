"""Turn a plain active clause into the passive in Spanish: order, auxiliaries, agreement."""

from ...syntax.sentence import Sentence, Span
from ..edit import Edit
from . import lexicon as words
from .passive import active_clause, is_plural, passive_order
from .phrases import children, feature, lemma

#: Singular of each form of `haber`.
_SINGULARS = {form: one for one, many in words.SPANISH_HAVE.items() for form in (one, many)}


def spanish_passive(sentence: Sentence, verb: int, phrases: list[list[int]]) -> Edit | None:
    """Turn `El perro persiguió al gato` into `El gato fue perseguido por el perro`; None if the clause is not plain.

    Arguments as in `english_passive`.
    """
    clause = active_clause(sentence, verb, phrases, "es")
    if clause is None:
        return None
    _, object_, subject_span, object_span = clause
    plural = is_plural(sentence, object_)
    auxiliaries = children(sentence, verb, "aux")
    forms: dict[int, str] = {}
    if not auxiliaries:
        pair = words.SPANISH_BE.get((feature(sentence, verb, "Mood"), feature(sentence, verb, "Tense")))
        if pair is None or feature(sentence, verb, "Person") != "3":
            return None
        helper = pair[plural]
    elif len(auxiliaries) == 1 and (form := sentence.forms[auxiliaries[0]].lower()) in _SINGULARS:
        singular = _SINGULARS[form]
        forms[auxiliaries[0]], helper = words.SPANISH_HAVE[singular] if plural else singular, "sido"
    else:
        return None
    forms[verb] = spanish_participle(lemma(sentence, verb), feature(sentence, object_, "Gender") == "Fem", plural)
    gone = _personal_a(sentence, object_, object_span, forms)
    if gone & sentence.protected or set(forms) & sentence.protected:
        return None
    count = len(sentence)
    agent = [count + 1, *range(*subject_span)]
    order = passive_order(sentence, verb, subject_span, object_span, [count], agent, [], gone)
    return Edit(order, forms, [helper, "por"])


def spanish_participle(infinitive: str, feminine: bool, plural: bool) -> str:
    """Return the past participle of an infinitive with the given gender and number."""
    for ending, irregular in words.SPANISH_PARTICIPLES.items():
        if infinitive.endswith(ending):
            masculine = infinitive.removesuffix(ending) + irregular
            break
    else:
        if infinitive == "ver":
            masculine = "visto"
        elif infinitive.endswith("ar"):
            masculine = infinitive[:-2] + "ado"
        else:
            masculine = infinitive[:-2] + ("ído" if infinitive[-3:-2] in "aeo" else "ido")
    stem = masculine[:-1] + ("a" if feminine else "o")
    return stem + ("s" if plural else "")


def _personal_a(sentence: Sentence, object_: int, object_span: Span, forms: dict[int, str]) -> set[int]:
    """Return the units of personal `a` before an object, to be deleted; in `forms`, `al` becomes `el`."""
    gone = set()
    for unit in children(sentence, object_, "case"):
        if sentence.forms[unit].lower() == "al":
            forms[unit] = "el"
        else:
            gone.add(unit)
    return gone
