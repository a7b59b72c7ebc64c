"""A text under a perturbation: its sentences are perturbed one by one, what stands between them stays."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..syntax.sentence import Sentence, Span
from .distance import levenshtein
from .edit import Setting
from .protect import protect
from .registry import Perturbation
from .render import Rendered, render
from .writing import Writing


@dataclass(slots=True)
class Changed:
    """A perturbed text.

    sentences: (the tokens before, the sentence now) one by one. origins: for each new token of the text the number of
    the old one, or -1. old_spans, new_spans: characters of each old and each new token. span_starts: the characters at
    which the protected spans now start.
    """

    text: str
    sentences: list[tuple[Sentence, Rendered]] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    old_spans: list[Span] = field(default_factory=list)
    new_spans: list[Span] = field(default_factory=list)
    span_starts: list[int] = field(default_factory=list)

    @property
    def map(self) -> list[tuple[int, int]]:
        """(old token, new token) of every token that is left, by new token."""
        return [(old, new) for new, old in enumerate(self.origins) if old >= 0]


def generator(seed: int, text_id: str, number: int, perturbation: Perturbation) -> random.Random:
    """The random numbers of one sentence: the same on every machine, whatever else is perturbed.

    The strength does not enter: a weaker perturbation then changes a part of what a stronger one does, so that
    differences between strengths are not differences of luck.
    """
    key = f"{seed}|{text_id}|{number}|{perturbation.declaration.name}|{perturbation.argument}".encode()
    return random.Random(int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big"))


def perturb_text(
    text: str,
    sentences: Sequence[Sentence],
    perturbation: Perturbation,
    setting: Setting,
    *,
    seed: int,
    text_id: str,
    writing: Writing,
    spans: Sequence[Span] = (),
) -> Changed:
    """Perturb the sentences of a text; `spans` (characters from, to) survive whole.

    `text_id` names the text among all that share a seed. Raises Lost where a span lies outside the sentences.
    """
    changed, pieces, length, place = Changed("", span_starts=[-1] * len(spans)), [], 0, 0
    for number, (tokens, units) in enumerate(protect(text, sentences, spans)):
        edit = None
        if perturbation.strength > 0:
            if setting.matched:
                rng = generator(seed, text_id, number, perturbation.matched)
                other = render(text, tokens, units, setting.matched(units, perturbation.strength, rng), writing)
                setting = replace(setting, edits=_distance(text, tokens, other))
            rng = generator(seed, text_id, number, perturbation)
            edit = perturbation.declaration.function(units, perturbation.strength, rng, setting)
        rendered = render(text, tokens, units, edit, writing)
        between = text[place : tokens.starts[0]]
        length += len(between)
        _append(changed, tokens, rendered, length)
        _move_spans(changed, units, rendered, spans, length)
        pieces += (between, rendered.text)
        length += len(rendered.text)
        place = tokens.ends[-1]
    changed.text = "".join(pieces) + text[place:]
    return changed


def _distance(text: str, tokens: Sentence, rendered: Rendered) -> int:
    """The characters in which a rendered sentence differs from what the text says."""
    return levenshtein(text[tokens.starts[0] : tokens.ends[-1]], rendered.text)


def _append(changed: Changed, tokens: Sentence, rendered: Rendered, shift: int) -> None:
    base = len(changed.old_spans)
    changed.sentences.append((tokens, rendered))
    changed.origins += [base + old if old >= 0 else -1 for old in rendered.origins]
    changed.old_spans += zip(tokens.starts, tokens.ends, strict=True)
    changed.new_spans += [(s + shift, e + shift) for s, e in zip(rendered.starts, rendered.ends, strict=True)]


def _move_spans(changed: Changed, units: Sentence, rendered: Rendered, spans: Sequence[Span], shift: int) -> None:
    for unit in units.protected:
        for k, (start, end) in enumerate(spans):
            if start < units.ends[unit] and end > units.starts[unit]:
                changed.span_starts[k] = shift + rendered.unit_starts[unit] + start - units.starts[unit]
