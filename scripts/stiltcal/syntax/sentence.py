"""A sentence as flat arrays: tokens, offsets into the text, and the dependency tree if it has one.

Arrays instead of objects, because perturbations visit every word of every text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .negation import is_negation

#: Head of the root of a sentence.
ROOT = -1
#: (first, last + 1), of characters or tokens.
Span = tuple[int, int]


@dataclass(slots=True)
class Sentence:
    """Tokens of one sentence. All lists have the length of `forms`; without a tree, heads to feats are empty.

    starts, ends: character offsets into the text of the sentence. punctuation: True for punctuation marks. heads: token
    numbers from 0, ROOT (-1) for the one root. deprels, upos, lemmas, feats: as in CoNLL-U. protected: tokens that must
    neither be deleted nor change their characters. tokens: in a merged sentence, the original tokens (first, last + 1)
    of each unit; else empty.
    """

    forms: list[str]
    starts: list[int]
    ends: list[int]
    punctuation: list[bool]
    heads: list[int] = field(default_factory=list)
    deprels: list[str] = field(default_factory=list)
    upos: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    feats: list[str] = field(default_factory=list)
    protected: frozenset[int] = frozenset()
    tokens: list[Span] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def has_tree(self) -> bool:
        """True if the sentence has a dependency tree."""
        return bool(self.heads)

    def spans(self) -> list[Span]:
        """Return the original tokens (first, last + 1) of each unit; (i, i + 1) if nothing is merged."""
        return self.tokens or [(i, i + 1) for i in range(len(self))]

    def dependents(self) -> list[list[int]]:
        """Return the dependents of each token, from left to right; an empty list without a tree."""
        dependents: list[list[int]] = [[] for _ in self.heads]
        for token, head in enumerate(self.heads):
            if head != ROOT:
                dependents[head].append(token)
        return dependents

    def depths(self) -> list[int]:
        """Return the distance of each token from the root, which has depth 0."""
        depths = [-1] * len(self.heads)
        for token in range(len(depths)):
            path = []
            while token != ROOT and depths[token] < 0:
                path.append(token)
                token = self.heads[token]
            depth = depths[token] if token != ROOT else -1
            for above in reversed(path):
                depth += 1
                depths[above] = depth
        return depths

    def merged(self, groups: Sequence[Span], text: str) -> "Sentence":
        """Return the sentence with each group of tokens merged into one unit.

        groups: (first, last + 1) tokens, sorted and disjoint. text: the text that the offsets count into; a unit has
        all its characters from the first to the last token. A unit takes the place in the tree of its token nearest to
        the root. The result is a tree, because the depth of that token decreases with every step towards the root. A
        unit is a negation if one of its tokens is (`didn't`).
        """
        members: list[Span] = []
        last = 0
        for first, end in groups:
            members += [(i, i + 1) for i in range(last, first)]
            members.append((first, end))
            last = end
        members += [(i, i + 1) for i in range(last, len(self))]
        unit_of = [unit for unit, (first, end) in enumerate(members) for _ in range(first, end)]
        depths = self.depths() if self.has_tree else [0] * len(self)
        heads_of_units = [
            first if end == first + 1 else min(range(first, end), key=depths.__getitem__) for first, end in members
        ]
        starts = [self.starts[first] for first, _ in members]
        ends = [self.ends[end - 1] for _, end in members]
        pick = heads_of_units.__iter__
        return Sentence(
            [text[start:end] for start, end in zip(starts, ends, strict=True)],
            starts,
            ends,
            [all(self.punctuation[first:end]) for first, end in members],
            [ROOT if self.heads[i] == ROOT else unit_of[self.heads[i]] for i in pick()] if self.has_tree else [],
            [self.deprels[i] for i in pick()] if self.has_tree else [],
            [self.upos[i] for i in pick()] if self.has_tree else [],
            [self.lemmas[i] for i in pick()] if self.has_tree else [],
            [self._merged_feats(i, *group) for i, group in zip(pick(), members, strict=True)] if self.has_tree else [],
            tokens=members,
        )

    def _merged_feats(self, token: int, first: int, end: int) -> str:
        """Return the features of the token that represents a group, with Polarity=Neg if the group has a negation."""
        feats = self.feats[token]
        rows = (self.forms, self.lemmas, self.deprels, self.feats)
        if end == first + 1 or not any(is_negation(*word) for word in zip(*(r[first:end] for r in rows), strict=True)):
            return feats
        others = [pair for pair in feats.split("|") if pair != "_" and not pair.startswith("Polarity=")]
        return "|".join(sorted([*others, "Polarity=Neg"]))


def joined(first: Sentence, second: Sentence) -> Sentence:
    """Join two neighbouring sentences of one text; the root of the second depends on that of the first (`parataxis`).

    The result has a tree only if both have one.
    """
    shift = len(first)
    heads, deprels = [], []
    if first.has_tree and second.has_tree:
        root = first.heads.index(ROOT)
        heads = [*first.heads, *(root if head == ROOT else head + shift for head in second.heads)]
        deprels = ["parataxis" if head == ROOT else rel for head, rel in zip(second.heads, second.deprels, strict=True)]
        deprels = [*first.deprels, *deprels]
    both = bool(heads)
    return Sentence(
        first.forms + second.forms,
        first.starts + second.starts,
        first.ends + second.ends,
        first.punctuation + second.punctuation,
        heads,
        deprels,
        first.upos + second.upos if both else [],
        first.lemmas + second.lemmas if both else [],
        first.feats + second.feats if both else [],
    )
