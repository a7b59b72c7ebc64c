"""Realise a clause about an event as a sentence with its gold Universal Dependencies tree.

A clause is abstract. Each language realises it with its own words, order and case marking, so that realisations of one
clause in two languages are translations of each other. Roles: S(ubject), V(erb), O(bject), P(lace), D(ay).
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


@dataclass(frozen=True)
class Token:
    """A word of a sentence. head: number of a word, from 1; 0 for the root. entity: BIO tag."""

    form: str
    upos: str
    feats: str
    head: int
    deprel: str
    entity: str
    lemma: str


@dataclass(frozen=True)
class Sentence:
    """A realised clause.

    text: tokens separated by spaces, without a space before punctuation. offsets: (first, last + 1) character of each
    token. spans: (first, last + 1) token of each role.
    """

    tokens: tuple[Token, ...]
    text: str
    offsets: tuple[tuple[int, int], ...]
    spans: dict[str, tuple[int, int]]

    def words_of(self, role: str) -> tuple[int, int]:
        """Return the characters (first, last + 1) of a role without its adposition; KeyError if it is missing."""
        first, last = self.spans[role]
        return self.offsets[first][0], self.offsets[last - 1][1]


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


def _flatten(node: Node, words: list[Node], heads: dict[int, Node], head: Node | None) -> None:
    for child in node.before:
        _flatten(child, words, heads, node)
    heads[id(node)] = head
    words.append(node)
    for child in node.after:
        _flatten(child, words, heads, node)


def _span(node: Node, number: dict[int, int]) -> tuple[int, int]:
    """Return the tokens (first, last + 1) of the subtree of a node, without its adposition."""

    def numbers(n: Node) -> list[int]:
        return [number[id(n)], *(i for c in (*n.before, *n.after) for i in numbers(c))]

    tokens = [number[id(node)]]
    tokens += [i for child in (*node.before, *node.after) if child.deprel != "case" for i in numbers(child)]
    return min(tokens) - 1, max(tokens)


def realise(clause: Clause, language: Language) -> Sentence:
    """Return the sentence of a clause in a language, with its tree, character offsets and the spans of its roles."""
    words: list[Node] = []
    heads: dict[int, Node] = {}
    _flatten(build_tree(clause, language), words, heads, None)
    number = {id(word): i for i, word in enumerate(words, 1)}
    tokens, offsets, text = [], [], ""
    for word in words:
        text += " " if text and word.upos != "PUNCT" else ""
        offsets.append((len(text), len(text) + len(word.form)))
        text += word.form
        head = heads[id(word)]
        parent = number[id(head)] if head is not None else 0
        tokens.append(
            Token(word.form, word.upos, word.feats, parent, word.deprel, word.entity or "O", word.lemma or word.form)
        )
    spans = {
        word.role: _span(word, number) if word.role != "V" else (number[id(word)] - 1, number[id(word)])
        for word in words
        if word.role
    }
    return Sentence(tuple(tokens), text, tuple(offsets), spans)
