"""Draw premises and hypotheses whose labels follow from the facts.

In these worlds every agent does one thing, once. Another place, day, object or verb is therefore a contradiction; a
fact that the premise does not mention is neutral.
"""

import random
from dataclasses import replace

from .grammar import Clause
from .languages import CLASS_SIZES
from .world import Event, World, draw_events, kind_of_act, things_of

#: Answer of a text to the matching yes-no question, by label of the pair.
VERDICTS = {"entailment": "yes", "neutral": "unknown", "contradiction": "no"}


def _other(rng: random.Random, values, *taken):
    return rng.choice([v for v in values if v not in taken])


def alter(rng: random.Random, event: Event, role: str, world: World) -> Event:
    """Return the event with another filler of one role (S, V, O, P or D).

    A reserved fact (`Event.reserved`) stays reserved and any other stays free, unless twenty draws find no such filler.
    """
    for _ in range(20):
        altered = _replace_filler(rng, event, role, world)
        if altered.reserved == event.reserved:
            break
    return altered


def _replace_filler(rng: random.Random, event: Event, role: str, world: World) -> Event:
    if role == "P":
        return replace(event, place=_other(rng, world.towns, event.place))
    if role == "D":
        return replace(event, day=_other(rng, range(CLASS_SIZES["day"]), event.day))
    if role == "S":
        return replace(event, agent=_other(rng, world.persons, event.agent))
    if role == "V":
        kind, number = event.verb
        return replace(event, verb=(kind, _other(rng, range(CLASS_SIZES[kind]), number)))
    if event.patient is not None:
        return replace(event, patient=_other(rng, world.persons, event.patient, event.agent))
    # The second thing was acted on, too: a sentence about it alone would be true.
    thing = _other(rng, things_of(kind_of_act(event.verb[1])), event.thing, event.second)
    return replace(event, thing=thing, quality=None, second=None)


def _style(rng: random.Random, clause: Clause) -> Clause:
    draw = rng.random()
    if draw < 0.15 and "O" in clause.roles:
        return replace(clause, passive=True)
    fronts = [role for role in "PD" if role in clause.roles]
    return replace(clause, front=rng.choice(fronts)) if draw < 0.4 and fronts else clause


def draw_inference(
    rng: random.Random, world: World, facts: int, label: str, *, adversarial: bool = False
) -> tuple[list[Clause], Clause]:
    """Draw the clauses of a premise and a hypothesis with the given label (a key of VERDICTS).

    facts: number of facts in the premise. adversarial: a contradicting place or day comes from another fact of the
    premise if it has one, so that all words of the hypothesis are in the premise.
    """
    events = draw_events(rng, world, facts)
    number = rng.randrange(facts)
    event, mentioned = events[number], "OPD"
    missing = rng.choice("PD")
    if label == "neutral" or rng.random() < 0.4:
        mentioned = mentioned.replace(missing, "")
    premise = [_style(rng, Clause(e, roles=mentioned if i == number else "OPD")) for i, e in enumerate(events)]
    if label == "neutral":
        roles = rng.choice([missing, f"O{missing}"])
        return premise, _style(rng, Clause(event, roles="".join(r for r in "OPD" if r in roles)))
    chosen = rng.sample(mentioned, rng.randint(1, len(mentioned)))
    roles = "".join(r for r in "OPD" if r in chosen)
    hypothesis = Clause(event, roles=roles)
    if label == "contradiction":
        if rng.random() < 0.25:
            return premise, _style(rng, replace(hypothesis, negated=True))
        altered = rng.choice(roles)
        others = [e for e in events if e is not event]
        if adversarial and others and altered in "PD":
            source = rng.choice(others)
            changed = replace(event, **({"place": source.place} if altered == "P" else {"day": source.day}))
            event = changed if changed != event else alter(rng, event, altered, world)
        else:
            event = alter(rng, event, altered, world)
        hypothesis = replace(hypothesis, event=event)
    return premise, _style(rng, hypothesis)
