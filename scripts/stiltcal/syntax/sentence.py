"""One sentence of a text as flat arrays: tokens, offsets into the text, and the dependency tree where there is one.

Arrays instead of objects, because perturbations visit every word of every text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .negation import is_negation

ROOT = -1
Span = tuple[int, int]


@dataclass(slots=True)
class Sentence:
    """Tokens of one sentence; all lists are as long as `forms`, the last five are empty where there is no tree.

    starts, ends: character offsets into the text the sentence is from. heads: numbers of tokens from 0, ROOT (-1) for
    the one root. punctuation: whether a token is a punctuation mark. protected: tokens that must keep their characters
    (and stay). tokens: for merged sentences, the (first, last + 1) original tokens of each unit, else empty.
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
        """Whether the sentence has a dependency tree."""
        return bool(self.heads)

    def spans(self) -> list[Span]:
        """The original tokens (first, last + 1) of each unit; of each token, where nothing was merged."""
        return self.tokens or [(i, i + 1) for i in range(len(self))]

    def dependents(self) -> list[list[int]]:
        """The dependents of each token, from left to right."""
        found: list[list[int]] = [[] for _ in self.heads]
        for token, head in enumerate(self.heads):
            if head != ROOT:
                found[head].append(token)
        return found

    def depths(self) -> list[int]:
        """The distance of each token from the root, which has depth 0."""
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
        """The sentence with each group (first, last + 1) of tokens as one unit, which keeps the characters between.

        The unit takes the place in the tree of its token nearest to the root: the heads stay a tree, because the depth
        of that token falls with every step towards the root. It is a negation where one of its tokens is (`didn't`).
        `groups` are sorted and share no token.
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
        """The features of the token of a group that stands for it, and the negation of any other."""
        feats = self.feats[token]
        rows = (self.forms, self.lemmas, self.deprels, self.feats)
        if end == first + 1 or not any(is_negation(*word) for word in zip(*(r[first:end] for r in rows), strict=True)):
            return feats
        others = [pair for pair in feats.split("|") if pair != "_" and not pair.startswith("Polarity=")]
        return "|".join(sorted([*others, "Polarity=Neg"]))


def joined(first: Sentence, second: Sentence) -> Sentence:
    """Two neighbouring sentences as one; the root of the second hangs from that of the first as `parataxis`."""
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
