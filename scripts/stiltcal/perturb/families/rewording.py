"""Meaning-keeping rules: move phrases and clauses, swap conjuncts, turn actives into passives.

The rules change a sentence only if its tree has the plain structure that they were written for. docs/perturbations.md
counts how often the result reads well."""

from random import Random

from ...syntax.sentence import ROOT, Sentence
from ...tasks.kinds import KINDS
from ..declaration import FIELDS, declare
from ..edit import Edit, Setting, sample_share, shuffled
from . import lexicon as words
from .analytic import analytic_passive
from .coordination import conjunct_spans
from .english_passive import english_passive
from .phrases import (
    children,
    closing,
    is_adjunct,
    is_negated,
    is_question,
    is_separator,
    lemma,
    opening,
    relation,
    span,
    without_separators,
    yields,
)
from .spanish_passive import spanish_passive

_SOURCE = "rule of our own"
_LOUD = frozenset("; : ( ) [ ] – — --".split())
#: Second words after `as` (`as if`, `as though`): the clause is not true.
_UNREAL = (["though"], ["if"])


@declare(family="rewording", level="phrase", meaning="kept", needs_tree=True, source=_SOURCE)
def front_adjunct(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """In a share of the sentences, an adjunct phrase goes to the front of the main clause."""
    phrases = yields(sentence)
    root = sentence.heads.index(ROOT)
    if rng.random() >= strength or not _is_plain(sentence, root):
        return None
    if lemma(sentence, root) in words.NEEDS_OBLIQUE:
        return None
    subject = children(sentence, root, "nsubj")[0]
    adjuncts = [unit for unit in children(sentence, root, "obl") if unit > min(subject, root)]
    adjuncts = [unit for unit in adjuncts if is_adjunct(sentence, unit, setting.language)]
    return _front(sentence, root, rng.choice(adjuncts), phrases, setting) if adjuncts else None


@declare(family="rewording", level="clause", meaning="kept", needs_tree=True, source=_SOURCE)
def move_clause(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """In a share of the sentences, an adverbial clause goes from behind the main clause to its front, or back."""
    phrases = yields(sentence)
    root = sentence.heads.index(ROOT)
    if rng.random() >= strength or not _is_plain(sentence, root) or lemma(sentence, root) in words.NEEDS_OBLIQUE:
        return None
    marks = words.CLAUSE_MARKS.get(setting.language)
    for clause in children(sentence, root, "advcl"):
        introduced = [lemma(sentence, unit) for unit in children(sentence, clause, "mark", "advmod") if unit < clause]
        if marks is not None and not (introduced and introduced[0] in marks and introduced[1:2] not in _UNREAL):
            continue
        if clause < root and marks is None and not _goes_on(sentence, root):
            continue
        move = _front if clause > root else _back
        edit = move(sentence, root, clause, phrases, setting)
        if edit:
            return edit
    return None


@declare(family="rewording", level="phrase", meaning="kept", needs_tree=True, source=_SOURCE)
def swap_conjuncts(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """In a share of the coordinations (with and, or) of nouns, adjectives or adverbs, the conjuncts change places."""
    phrases = yields(sentence)
    order = list(range(len(sentence)))
    sites = [found for unit in order if (found := conjunct_spans(sentence, unit, phrases, setting.language))]
    taken: set[int] = set()
    for spans in sample_share(sites, strength, rng):
        units = set(range(spans[0][0], spans[-1][1]))
        if units & taken:
            continue
        taken |= units
        new = shuffled(spans, rng)
        pieces, place = [], spans[0][0]
        for old, (first, last) in zip(spans, new, strict=True):
            pieces += [*range(place, old[0]), *range(first, last)]
            place = old[1]
        order[spans[0][0] : spans[-1][1]] = pieces
    return Edit(order) if taken else None


@declare(
    family="rewording",
    level="clause",
    meaning="kept",
    needs_tree=True,
    languages=("en", "es"),
    invented=True,
    counted=True,
    fields={kind: fields for kind, fields in FIELDS.items() if not KINDS[kind].is_tokenized},  # no tags for new words
    source=_SOURCE,
)
def passivize(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """In a share of the sentences, an active main clause with an object becomes passive."""
    root = sentence.heads.index(ROOT)
    if rng.random() >= strength or is_question(sentence) or root in sentence.protected:
        return None
    rule = {"en": english_passive, "es": spanish_passive}.get(setting.language)
    if rule is None:
        assert setting.statistics is not None  # `Perturbation.check_word_order`
        return analytic_passive(sentence, root, yields(sentence), setting.statistics)
    return rule(sentence, root, yields(sentence))


def _goes_on(sentence: Sentence, root: int) -> bool:
    """Tell whether the main clause continues after its predicate; in verb-final clauses it does not."""
    return any(unit > root for unit in children(sentence, root, "obj", "obl", "xcomp"))


def _is_plain(sentence: Sentence, root: int) -> bool:
    """Tell whether a sentence is a statement with one subject, no negation and no coordinated predicate."""
    subjects = children(sentence, root, "nsubj")
    own = [unit for unit, head in enumerate(sentence.heads) if head == root]
    other = children(sentence, root, "conj", "parataxis", "ccomp", "expl", "mark")
    focused = any(lemma(sentence, unit) in words.FOCUS for unit in own)
    plain = len(subjects) == 1 and sentence.upos[root] != "AUX" and not other and not focused
    return plain and not is_negated(sentence, own) and not is_question(sentence)


def _front(sentence: Sentence, root: int, unit: int, phrases: list[list[int]], setting: Setting) -> Edit | None:
    """Move the phrase of a unit to the front of the main clause, with a comma if the language requires one."""
    phrase, place = without_separators(sentence, phrases[unit]), opening(sentence, root)
    subject = children(sentence, root, "nsubj")[0]
    begins = span(phrases[subject])
    if span(phrase) is None or begins is None or (subject < root and begins[0] != place):
        return None
    if any(is_separator(sentence, i) for i in range(begins[0], subject)) or not _is_quiet(sentence, phrase):
        return None
    clauses = children(sentence, root, "advcl", "ccomp", "dep")
    if any(clause < phrase[0] for clause in clauses if clause != unit):
        return None  # the phrase would seem to belong to that clause
    commas = [phrase[0] - 1] if is_separator(sentence, phrase[0] - 1) else []
    if commas and phrase[-1] + 1 < len(sentence) and is_separator(sentence, phrase[-1] + 1):
        commas.append(phrase[-1] + 1)
    before, rest = list(range(place)), [i for i in range(place, len(sentence)) if i not in {*phrase, *commas}]
    if setting.language in words.VERB_SECOND:
        finite = min([root, *children(sentence, root, "aux", "cop")])
        if begins[1] != finite:
            return None
        rest.remove(finite)
        rest.insert(0, finite)
    is_clause = relation(sentence, unit) == "advcl"
    wanted = setting.language in (words.COMMA_AFTER_CLAUSE if is_clause else words.COMMA_AFTER_PHRASE)
    if commas and (wanted or is_clause):
        return Edit([*before, *phrase, commas[0], *rest])
    if len(commas) == 1:
        return None  # it may end a clause, as often in Chinese
    if wanted and setting.may_insert:
        return Edit([*before, *phrase, len(sentence), *rest], inserted=[","])
    return Edit([*before, *phrase, *rest])


def _is_quiet(sentence: Sentence, phrase: list[int]) -> bool:
    """Tell whether a phrase contains only commas, hyphens and quotes, and has only commas or its end beside it."""
    around = [phrase[0] - 1, phrase[-1] + 1] if phrase[-1] + 1 < closing(sentence) else [phrase[0] - 1]
    inside = {sentence.forms[unit] for unit in phrase if sentence.punctuation[unit]}
    beside = {sentence.forms[unit] for unit in around if sentence.punctuation[unit]}
    return not inside & _LOUD and not beside & (_LOUD | {"-"})


def _back(sentence: Sentence, root: int, clause: int, phrases: list[list[int]], setting: Setting) -> Edit | None:
    """Move a clause from the front of the sentence to the end of the main clause."""
    phrase, place, end = without_separators(sentence, phrases[clause]), opening(sentence, root), closing(sentence)
    subject = children(sentence, root, "nsubj")[0]
    named = any(sentence.upos[unit] in ("NOUN", "PROPN") for unit in children(sentence, clause, "nsubj"))
    if (
        span(phrase) is None
        or phrase[0] != place
        or not _is_quiet(sentence, phrase)
        or (sentence.upos[subject] == "PRON" and named)
    ):
        return None  # in `She left when Anna came`, `she` would be somebody else
    comma = phrase[-1] + 1
    if not is_separator(sentence, comma):
        return None
    main = list(range(comma + 1, end))
    if setting.language in words.VERB_SECOND:
        names = span(phrases[subject])
        if names is None or names[0] != comma + 2:
            return None
        main = [*range(*names), comma + 1, *range(names[1], end)]
    elif span(phrases[subject]) is None or phrases[subject][0] != comma + 1:
        return None
    introduced = {lemma(sentence, mark) for mark in children(sentence, clause, "mark")}
    keeps = introduced & words.LOOSE or any(is_separator(sentence, i) for i in main)
    between = [comma] if keeps or setting.language not in words.NO_COMMA_BEFORE_CLAUSE else []
    return Edit([*range(place), *main, *between, *phrase, *range(end, len(sentence))])
