"""Drafts of items: what an item says, before any language says it.

A draft holds clauses; realised in several languages it gives parallel items with the same id. Each of the functions
below draws the drafts of one cluster (one, or for QA the questions about one paragraph).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .corpus import question_about, styled
from .grammar import Clause
from .inference import VERDICTS, alter, draw_inference
from .languages import ACTS_PER_KIND, THING_KINDS
from .world import Event, World, draw_events, follow_up, kind_of_act, things_of


@dataclass(frozen=True)
class Draft:
    """One item.

    `fields` maps a column to its clauses; `answer` names a clause of the context and a role (None: no answer);
    `choices` are whole clauses, or with a role the words of that role alone.
    """

    fields: dict[str, tuple[Clause, ...]] = field(default_factory=dict)
    label: str = ""
    answer: tuple[int, str] | None = None
    choices: tuple[tuple[Clause, str | None], ...] = ()
    right: int = 0


Drawer = Callable[[random.Random, World], list[Draft]]


def inference(rng: random.Random, world: World, *, facts: tuple[int, ...], adversarial: bool = False) -> list[Draft]:
    """A premise of one of the given lengths and a hypothesis, the three labels equally often."""
    label = rng.choice(tuple(VERDICTS))
    premise, hypothesis = draw_inference(rng, world, rng.choice(facts), label, adversarial=adversarial)
    return [Draft({"text_a": tuple(premise), "text_b": (hypothesis,)}, label=label)]


def adversarial_mix(rng: random.Random, world: World) -> list[Draft]:
    """ANLI+: short premises, mid-sized ones, and long ones with contradictions made of the premise's own words."""
    facts, adversarial = rng.choice([((1,), False), ((1, 2), False), ((2, 3), True)])
    return inference(rng, world, facts=facts, adversarial=adversarial)


def _restyle(clause: Clause) -> Clause:
    """The same clause in another form: active for passive, or the adjunct in front or not."""
    if clause.passive or clause.front:
        return replace(clause, passive=False, front=None)
    front = next((role for role in "DP" if role in clause.roles or clause.ask == role), None)
    return replace(clause, passive=True) if "O" in clause.roles or front is None else replace(clause, front=front)


def question_pair(rng: random.Random, world: World) -> list[Draft]:
    """Two questions: the same one in another form, or one that differs in a role or in what it asks."""
    event, role = draw_events(rng, world, 1)[0], rng.choice("SOPD")
    first = question_about(rng, event, role)
    if rng.random() < 0.5:
        return [Draft({"text_a": (first,), "text_b": (_restyle(first),)}, label="duplicate")]
    if rng.random() < 0.5 and first.roles:
        told = first.roles + ("S" if role != "S" else "")
        second = replace(_restyle(first), event=alter(rng, event, rng.choice(told), world))
    else:
        second = question_about(rng, event, rng.choice([r for r in "SOPD" if r != role]))
    return [Draft({"text_a": (first,), "text_b": (second,)}, label="not_duplicate")]


def paraphrase(rng: random.Random, world: World) -> list[Draft]:
    """Two texts of the same words, as in PAWS: told in another form, or with a word of each sentence exchanged."""
    same, (one, two) = rng.random() < 0.5, draw_events(rng, world, 2)
    differing = [role for role in ("place", "day", "agent") if getattr(one, role) != getattr(two, role)]
    exchanged = rng.choice(differing)
    first = (styled(rng, one), styled(rng, two))
    events = (one, two) if same else _exchange(one, two, exchanged)
    second = tuple(replace(_restyle(clause), event=event) for clause, event in zip(first, events, strict=True))
    label = "paraphrase" if same else "different"
    return [Draft({"text_a": first, "text_b": second}, label=label)]


def _exchange(one: Event, two: Event, role: str) -> tuple[Event, Event]:
    return replace(one, **{role: getattr(two, role)}), replace(two, **{role: getattr(one, role)})


def _paragraph(rng: random.Random, events: list[Event], joined: float) -> tuple[Clause, ...]:
    clauses = [styled(rng, event) for event in events]
    if rng.random() < joined:
        clauses[0] = Clause(events[0], while_=rng.choice(events[1:]))
    return tuple(clauses)


def questions(
    rng: random.Random,
    world: World,
    *,
    facts: int,
    unanswerable: float = 0.0,
    joined: float = 0.0,
    per_paragraph: int = 2,
) -> list[Draft]:
    """Questions about one paragraph of `facts` facts; an unanswerable one asks about somebody who is not in it."""
    events = draw_events(rng, world, facts + 1)
    missing, events = events[-1], events[:-1]
    context = _paragraph(rng, events, joined)
    drafts = []
    for number in rng.sample(range(facts), per_paragraph):
        role = rng.choice("SOPD")
        answerable = rng.random() >= unanswerable
        asked = events[number] if answerable else missing
        fields = {"context": context, "question": (question_about(rng, asked, role),)}
        drafts.append(Draft(fields, answer=(number, role) if answerable else None))
    return drafts


def _shuffled(rng: random.Random, choices: list[tuple[Clause, str | None]]) -> tuple[tuple, int]:
    """The choices in random order and the new place of the first, which is the right one."""
    order = rng.sample(range(len(choices)), len(choices))
    return tuple(choices[i] for i in order), order.index(0)


def continuation(rng: random.Random, world: World) -> list[Draft]:
    """HellaSwag: what happens next, by the world's scripts."""
    event = draw_events(rng, world, 1, deeds=0.0)[0]
    kind, act = kind_of_act(event.verb[1]), follow_up(event.verb[1])
    third = next(a for a in range(kind * ACTS_PER_KIND, (kind + 1) * ACTS_PER_KIND) if a not in (act, event.verb[1]))
    then = Event(event.agent, ("act", act), event.place, event.day, thing=event.thing)
    wrong = [replace(then, verb=("act", third)), alter(rng, then, "O", world), alter(rng, then, "S", world)]
    choices, right = _shuffled(rng, [(Clause(e, roles="O"), None) for e in (then, *wrong)])
    return [Draft({"context": (styled(rng, event),)}, choices=choices, right=right)]


def reading(rng: random.Random, world: World) -> list[Draft]:
    """Cosmos QA: a question about a paragraph, with the other facts' fillers as wrong choices."""
    role = rng.choice("SOPD")
    events = draw_events(rng, world, 4, deeds=1.0 if role == "O" else 0.3)
    fillers = {"S": "agent", "O": "patient", "P": "place", "D": "day"}
    while len({getattr(e, fillers[role]) for e in events}) < 4:
        events = draw_events(rng, world, 4, deeds=1.0 if role == "O" else 0.3)
    asked, *others = events
    context = tuple(styled(rng, e) for e in rng.sample(events[:3], 3))
    choices, right = _shuffled(rng, [(Clause(e), role) for e in (asked, *others)])
    fields = {"context": context, "question": (question_about(rng, asked, role),)}
    return [Draft(fields, choices=choices, right=right)]


def common_sense(rng: random.Random, world: World) -> list[Draft]:
    """CommonsenseQA: to which of five things of five kinds is this act done? No context tells."""
    event = replace(draw_events(rng, world, 1, deeds=0.0)[0], quality=None, second=None, owner=None)
    kinds = [k for k in range(THING_KINDS) if k != kind_of_act(event.verb[1])]
    wrong = [replace(event, thing=rng.choice(things_of(kind))) for kind in kinds]
    choices, right = _shuffled(rng, [(Clause(e), "O") for e in (event, *wrong)])
    return [Draft({"question": (Clause(event, roles="PD", ask="O"),)}, choices=choices, right=right)]


def sentence(rng: random.Random, world: World) -> list[Draft]:
    """A sentence to be tagged: plain or styled, a question, or with a clause of time."""
    one, two = draw_events(rng, world, 2)
    draw = rng.random()
    if draw < 0.15:
        clause = question_about(rng, one, rng.choice("SOPD"))
    elif draw < 0.35:
        clause = Clause(one, while_=two)
    else:
        clause = styled(rng, one, negated=rng.random() < 0.1)
    return [Draft({"tokens": (clause,)})]
