"""Generate pretraining documents whose marked words are known: words that were replaced, or that say what is hidden.

Both come in one or two languages, as the documents of `corpus` do. No document holds a reserved fact.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from .corpus import question_about, some_roles, styled
from .grammar import Clause
from .inference import alter
from .languages import Language
from .realisation import GoldSentence, realise
from .world import Event, World, draw_events

MASK = "<mask>"
#: Attribute of an event that fills a role which any two events can exchange.
_EXCHANGED = {"S": "agent", "P": "place", "D": "day"}
#: Share of the documents in one language.
ALONE = 0.4


class Part(NamedTuple):
    """A part of a document. marks: its marked words, as characters (first, last + 1)."""

    text: str
    marks: list[tuple[int, int]]


def documents(seed: int, kind: str, count: int, world: World, languages: dict[str, Language]) -> Iterator[list[Part]]:
    """Yield `count` documents of two parts. The same arguments give the same documents.

    kind: `replaced` (facts told twice, or a question with its answer beside the facts; words that differ are marked in
    both parts) or `hidden` (a fact told again with one role hidden behind MASK, beside the facts; the words of the
    role are marked there).
    """
    rng, codes = random.Random(f"{seed}/{kind}"), list(languages)
    for _ in range(count):
        one = languages[rng.choice(codes)]
        two = one if rng.random() < ALONE else languages[rng.choice(codes)]
        yield KINDS[kind](rng, world, one, two)


def _hidden(rng: random.Random, world: World, one: Language, two: Language) -> list[Part]:
    events = draw_events(rng, world, rng.randint(2, 4))
    asked, role = rng.randrange(len(events)), rng.choice("SOPD")
    others = [other for other in "OPD" if other != role]
    told = {role, *rng.sample(others, rng.randint(1, len(others)))}
    sentence = realise(styled(rng, events[asked], roles="".join(r for r in "OPD" if r in told)), two)
    first, last = sentence.words_of(role)
    facts = [realise(styled(rng, event), one) for event in events]
    marks = [role if number == asked else "" for number in range(len(events))]
    return [Part(sentence.text[:first] + MASK + sentence.text[last:], []), _part(facts, marks)]


def _replaced(rng: random.Random, world: World, one: Language, two: Language) -> list[Part]:
    return (_wrong_answer if rng.random() < 0.4 else _wrong_facts)(rng, world, one, two)


def _wrong_answer(rng: random.Random, world: World, one: Language, two: Language) -> list[Part]:
    """Build a question with its answer, wrong in half of the cases, and the facts."""
    events = draw_events(rng, world, rng.randint(2, 4))
    asked, role = rng.randrange(len(events)), rng.choice("SOPD")
    event, wrong = events[asked], rng.random() < 0.5
    told = _change(rng, world, events, asked, role) if wrong else event
    question = realise(question_about(rng, event, role), one).text
    sentence = realise(Clause(told), one)
    answer = sentence.text[slice(*sentence.words_of(role))]
    text, wrong = f"{question} {answer}", told != event
    facts = [realise(styled(rng, each), two) for each in events]
    marks = [role if wrong and number == asked else "" for number in range(len(events))]
    return [Part(text, [(len(question) + 1, len(text))] if wrong else []), _part(facts, marks)]


def _wrong_facts(rng: random.Random, world: World, one: Language, two: Language) -> list[Part]:
    """Build facts, and one or all of them told again, some with another filler of a role."""
    events = draw_events(rng, world, rng.randint(1, 4))
    again = rng.sample(range(len(events)), rng.choice((1, len(events))))
    changed, marks = list(events), [""] * len(events)
    if rng.random() < 0.8:
        for number, role, event in _changes(rng, world, events, again):
            changed[number], marks[number] = event, role
    first = _part([realise(styled(rng, event), one) for event in events], marks)
    clauses = []
    for number in again:
        roles = "OPD" if len(events) == 1 or rng.random() < 0.3 else some_roles(rng)
        told = "".join(role for role in "OPD" if role in roles + marks[number])
        clauses.append(realise(styled(rng, changed[number], roles=told), two))
    parts = [first, _part(clauses, [marks[number] for number in again])]
    return parts if rng.random() < 0.5 else parts[::-1]


def _changes(rng, world: World, events: list[Event], again: list[int]) -> Iterator[tuple[int, str, Event]]:
    """Yield (number, role, changed event): two events exchange a role, or each of `again` may get another filler."""
    if len(again) > 1 and rng.random() < 0.5:
        pair, role = rng.sample(again, 2), rng.choice(list(_EXCHANGED))
        swapped = [_with_role_of(events[a], events[b], role) for a, b in (pair, pair[::-1])]
        if all(_allowed(new, events[number], world) for new, number in zip(swapped, pair, strict=True)):
            yield from ((number, role, new) for new, number in zip(swapped, pair, strict=True))
        return
    for number in again:
        if rng.random() < 0.6:
            role = rng.choice("SVOPD")
            yield number, role, _change(rng, world, events, number, role)


def _change(rng: random.Random, world: World, events: list[Event], number: int, role: str) -> Event:
    """Give an event another filler of a role, often that of another of the events."""
    event = events[number]
    taken = [_with_role_of(event, other, role) for other in events if role in _EXCHANGED]
    taken = [new for new in taken if _allowed(new, event, world)]
    return rng.choice(taken) if taken and rng.random() < 0.6 else alter(rng, event, role, world)


def _with_role_of(event: Event, other: Event, role: str) -> Event:
    return replace(event, **{_EXCHANGED[role]: getattr(other, _EXCHANGED[role])})


def _allowed(new: Event, old: Event, world: World) -> bool:
    return new != old and new.reserved == world.reserved


def _part(sentences: list[GoldSentence], marks: list[str]) -> Part:
    """Join sentences; of each, the words of the marked role are marked."""
    text, spans = "", []
    for sentence, role in zip(sentences, marks, strict=True):
        text += " " if text else ""
        if role in sentence.spans:
            first, last = sentence.words_of(role)
            spans.append((len(text) + first, len(text) + last))
        text += sentence.text
    return Part(text, spans)


#: Functions that draw a document, by kind.
KINDS: dict[str, Callable[..., list[Part]]] = {"replaced": _replaced, "hidden": _hidden}
