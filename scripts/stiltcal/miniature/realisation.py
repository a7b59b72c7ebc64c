"""Realise a clause as a sentence with its gold tree.

Realisations of one clause in two languages are translations of each other.
"""

from dataclasses import dataclass

from .grammar import Clause, Node, build_tree
from .languages import Language


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
class GoldSentence:
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


def realise(clause: Clause, language: Language) -> GoldSentence:
    """Return the sentence of a clause in a language, with its tree, character offsets and the spans of its roles."""
    words: list[Node] = []
    heads: dict[int, Node | None] = {}
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
    return GoldSentence(tuple(tokens), text, tuple(offsets), spans)


def _flatten(node: Node, words: list[Node], heads: dict[int, Node | None], head: Node | None) -> None:
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
