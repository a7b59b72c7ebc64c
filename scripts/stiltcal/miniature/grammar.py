"""Build the Universal Dependencies tree of a clause in a language.

A clause is abstract: each language has its own words, order and case marking for it. Roles: S(ubject), V(erb),
O(bject), P(lace), D(ay).
"""

from dataclasses import dataclass, field

from .languages import Language
from .world import Event

#: Question word of each role, as a key of `Language.function`.
QUESTION_WORDS = {"S": "who", "O": "what", "P": "where", "D": "when"}


@dataclass(frozen=True)
class Clause:
    """Statement or question about an event.

    roles: those mentioned besides subject and verb. ask: questioned role; None: a statement. front: role at the
    beginning; None: the order of the language. while_: event of a subordinate clause of time.
    """

    event: Event
    roles: str = "OPD"
    ask: str | None = None
    negated: bool = False
    passive: bool = False
    front: str | None = None
    while_: Event | None = None


@dataclass
class Node:
    """A word with its dependents before and after it, in their order. lemma: "" if it equals the form."""

    form: str
    upos: str
    deprel: str
    before: list["Node"] = field(default_factory=list)
    after: list["Node"] = field(default_factory=list)
    role: str = ""
    feats: str = "_"
    entity: str = ""
    lemma: str = ""


def _function_word(meaning: str, upos: str, deprel: str, language: Language, feats: str = "_") -> Node:
    """Build a function word. Its lemma is its meaning, so that rules for `and` and `not` hold in all languages."""
    return Node(language.function[meaning], upos, deprel, feats=feats, lemma=meaning)


def _name(name: str, deprel: str, language: Language, *, entity: str, accusative: bool = False) -> Node:
    first, *rest = name.split()
    # A case ending is written after an apostrophe on names, as Turkish does, so that the name keeps its letters.
    ending = f"'{language.accusative}" if accusative and language.case else ""
    feats = "Case=Acc" if ending else "_"
    if not rest:
        return Node(first + ending, "PROPN", deprel, entity=f"B-{entity}", feats=feats, lemma=first)
    flat = Node(rest[0] + ending, "PROPN", "flat", entity=f"I-{entity}", feats=feats, lemma=rest[0])
    return Node(first, "PROPN", deprel, after=[flat], entity=f"B-{entity}")


def _noun(word: str, ending: str, deprel: str) -> Node:
    return Node(word + ending, "NOUN", deprel, feats="Case=Acc" if ending else "_", lemma=word)


def _thing(language: Language, event: Event, deprel: str, *, accusative: bool) -> Node:
    assert event.thing is not None  # an act has one
    ending = language.accusative if accusative else ""
    noun = _noun(language.words["thing"][event.thing], ending, deprel)
    if event.quality is not None:
        adjective = Node(language.words["quality"][event.quality], "ADJ", "amod")
        (noun.before if language.adjective_first else noun.after).append(adjective)
    if event.owner is not None:
        owner = _adposition(_name(event.owner, "nmod", language, entity="PER"), "of", language)
        if language.genitive_first:
            noun.before.insert(0, owner)
        else:
            noun.after.append(owner)
    if language.determiner:
        noun.before.insert(0, _function_word("the", "DET", "det", language, "Definite=Def"))
    if event.second is not None:
        second = _noun(language.words["thing"][event.second], ending, "conj")
        second.before.append(_function_word("and", "CCONJ", "cc", language))
        noun.after.append(second)
    return noun


def _adposition(noun: Node, word: str, language: Language) -> Node:
    marker = _function_word(word, "ADP", "case", language)
    if language.postpositions:
        noun.after.append(marker)
    else:
        noun.before.insert(0, marker)
    return noun


def _asked(role: str, deprel: str, language: Language) -> Node:
    upos = "PRON" if role in "SO" else "ADV"
    return _function_word(QUESTION_WORDS[role], upos, deprel, language)


def _agent(clause: Clause, language: Language, deprel: str) -> Node:
    entity = "ORG" if " " in clause.event.agent else "PER"
    return _name(clause.event.agent, deprel, language, entity=entity)


def _patient(clause: Clause, language: Language, deprel: str, *, accusative: bool) -> Node:
    event = clause.event
    if event.patient is not None:
        return _name(event.patient, deprel, language, entity="PER", accusative=accusative)
    return _thing(language, event, deprel, accusative=accusative)


def _arguments(clause: Clause, language: Language) -> dict[str, Node]:
    """Build the dependents of the verb by role; in the passive the patient is subject and the agent has a marker."""
    event, nodes = clause.event, {}
    subject, patient = ("obl:agent", "nsubj:pass") if clause.passive else ("nsubj", "obj")
    nodes["S"] = _asked("S", subject, language) if clause.ask == "S" else _agent(clause, language, subject)
    if clause.passive:
        nodes["S"] = _adposition(nodes["S"], "by", language)
    if clause.ask == "O":
        nodes["O"] = _asked("O", patient, language)
    elif "O" in clause.roles:
        nodes["O"] = _patient(clause, language, patient, accusative=not clause.passive)
    if clause.ask == "P":
        nodes["P"] = _asked("P", "advmod", language)
    elif "P" in clause.roles:
        nodes["P"] = _adposition(_name(event.place, "obl", language, entity="LOC"), "in", language)
    if clause.ask == "D":
        nodes["D"] = _asked("D", "advmod", language)
    elif "D" in clause.roles:
        nodes["D"] = _adposition(Node(language.words["day"][event.day], "NOUN", "obl"), "on", language)
    for role, node in nodes.items():
        node.role = role
    return nodes


def _order(clause: Clause, language: Language) -> str:
    order = language.order
    if clause.passive:  # the patient takes the subject's place
        order = order.translate(str.maketrans("SO", "OS"))
    if clause.front:
        order = clause.front + order.replace(clause.front, "")
    return order


def build_tree(clause: Clause, language: Language, *, punctuation: bool = True) -> Node:
    """Build the dependency tree of a clause; returns its root, the verb. punctuation: add the final mark."""
    kind, number = clause.event.verb
    verb = Node(language.words[kind][number], "VERB", "root", role="V")
    if clause.negated:
        verb.before.append(_function_word("not", "PART", "advmod", language))
    if clause.passive:
        auxiliary = _function_word("become", "AUX", "aux:pass", language)
        (verb.after if language.order.endswith("V") else verb.before).append(auxiliary)
    nodes, order = _arguments(clause, language), _order(clause, language)
    place = order.index("V")
    verb.before = [nodes[r] for r in order[:place] if r in nodes] + verb.before
    verb.after = verb.after + [nodes[r] for r in order[place + 1 :] if r in nodes]
    if clause.while_ is not None:
        _subordinate(verb, clause.while_, language)
    if punctuation:
        verb.after.append(Node("?" if clause.ask else ".", "PUNCT", "punct"))
    return verb


def _subordinate(verb: Node, event: Event, language: Language) -> None:
    """Attach a clause of time: before the main clause in verb-final languages, after it in others."""
    other = build_tree(Clause(event, roles="O"), language, punctuation=False)
    other.deprel, other.role = "advcl", ""
    for node in (*other.before, *other.after):
        node.role = ""
    other.before.insert(0, _function_word("while", "SCONJ", "mark", language))
    if language.order.endswith("V"):
        verb.before.insert(0, other)
    else:
        verb.after.append(other)
