"""Passive of languages that mark it by function words alone. The words come from the statistics of a treebank."""

from ...syntax.sentence import Sentence
from ...syntax.word_order import WordOrder
from ..edit import Edit
from .phrases import children, feature, span


def analytic_passive(sentence: Sentence, verb: int, phrases: list[list[int]], words: WordOrder) -> Edit | None:
    """Turn an active clause into a passive one; None if the clause is not plain.

    Subject and object change places, the object loses its accusative case, the verb gets an auxiliary, and the agent a
    marker. Auxiliary and marker stand on the side that is more frequent in the treebank. verb: unit of the main verb.
    phrases: units of the subtree of each unit (`yields`). None, too, if a protected object would lose its case.
    """
    subjects, objects = children(sentence, verb, "nsubj"), children(sentence, verb, "obj")
    if len(subjects) != 1 or len(objects) != 1 or sentence.upos[verb] != "VERB":
        return None
    if children(sentence, verb, "aux", "conj", "xcomp", "ccomp", "iobj", "csubj", "cop", "expl", "parataxis"):
        return None
    agent, patient = span(phrases[subjects[0]]), span(phrases[objects[0]])
    forms = {unit: sentence.lemmas[unit] for unit in phrases[objects[0]] if feature(sentence, unit, "Case") == "Acc"}
    if agent is None or patient is None or set(forms) & sentence.protected:
        return None
    auxiliary, marker = words.passive["auxiliary"], words.passive["agent"]
    new = {
        agent: list(range(*patient)),
        patient: _beside(list(range(*agent)), len(sentence) + 1, before=marker.before),
        (verb, verb + 1): _beside([verb], len(sentence), before=auxiliary.before),
    }
    others = [(unit, unit + 1) for unit in range(len(sentence)) if not any(a <= unit < b for a, b in new)]
    order = [unit for place in sorted([*new, *others]) for unit in new.get(place, [place[0]])]
    return Edit(order, forms, [auxiliary.form, marker.form])


def _beside(units: list[int], word: int, *, before: bool) -> list[int]:
    return [word, *units] if before else [*units, word]
