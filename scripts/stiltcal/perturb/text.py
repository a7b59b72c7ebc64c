"""Perturb a text sentence by sentence. Characters between sentences stay."""

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
class PerturbedText:
    """A perturbed text.

    sentences: (tokens before, sentence after) of each sentence. origins: old number of each new token of the text, -1
    for an inserted one. old_spans, new_spans: characters (first, last + 1) of each old and each new token. span_starts:
    new first character of each protected span.
    """

    text: str
    sentences: list[tuple[Sentence, Rendered]] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    old_spans: list[Span] = field(default_factory=list)
    new_spans: list[Span] = field(default_factory=list)
    span_starts: list[int] = field(default_factory=list)

    @property
    def map(self) -> list[tuple[int, int]]:
        """Return (old number, new number) of every token that was not deleted, in the new order."""
        return [(old, new) for new, old in enumerate(self.origins) if old >= 0]


def generator(seed: int, text_id: str, number: int, perturbation: Perturbation) -> random.Random:
    """Return the random number generator of one sentence.

    It depends on the arguments alone: not on the machine, nor on other sentences. number: of the sentence in the text,
    from 0. The strength is left out, so that a stronger perturbation changes all that a weaker one changes, and more:
    differences between strengths are then not due to chance.
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
) -> PerturbedText:
    """Perturb the sentences of a text.

    sentences: of the text, with offsets into it; with trees if the perturbation needs them. text_id: distinguishes the
    text from others with the same seed. spans: (first, last + 1) character of spans to protect. Raises NotPerturbable
    if a span covers no token.
    """
    changed, length, place = PerturbedText("", span_starts=[-1] * len(spans)), 0, 0
    pieces: list[str] = []
    for number, (tokens, units) in enumerate(protect(text, sentences, spans)):
        edit = None
        if perturbation.strength > 0:
            if setting.matched and perturbation.matched:
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
    """Return the edit distance in characters between a sentence of the text and its rendered form."""
    return levenshtein(text[tokens.starts[0] : tokens.ends[-1]], rendered.text)


def _append(changed: PerturbedText, tokens: Sentence, rendered: Rendered, shift: int) -> None:
    base = len(changed.old_spans)
    changed.sentences.append((tokens, rendered))
    changed.origins += [base + old if old >= 0 else -1 for old in rendered.origins]
    changed.old_spans += zip(tokens.starts, tokens.ends, strict=True)
    changed.new_spans += [(s + shift, e + shift) for s, e in zip(rendered.starts, rendered.ends, strict=True)]


def _move_spans(changed: PerturbedText, units: Sentence, rendered: Rendered, spans: Sequence[Span], shift: int) -> None:
    for unit in units.protected:
        for k, (start, end) in enumerate(spans):
            if start < units.ends[unit] and end > units.starts[unit]:
                changed.span_starts[k] = shift + rendered.unit_starts[unit] + start - units.starts[unit]
