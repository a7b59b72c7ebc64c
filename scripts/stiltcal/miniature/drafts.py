"""Draw drafts of items: their content, independent of a language.

A draft contains clauses. Its realisations in several languages are parallel items with the same id. Each public
function draws the drafts of one cluster: a single draft, or for question answering the questions about one paragraph.
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
    """Content of one item.

    fields: clauses of each text column. label: gold label of a classification. answer: (clause of the context, role) of
    the answer; None: no answer. choices: (clause, role) of each choice, whose text is the role or, for None, the whole
    clause. right: number of the correct choice.
    """

    fields: dict[str, tuple[Clause, ...]] = field(default_factory=dict)
    label: str = ""
    answer: tuple[int, str] | None = None
    choices: tuple[tuple[Clause, str | None], ...] = ()
    right: int = 0


#: (random number generator, world) -> the drafts of one cluster.
Drawer = Callable[[random.Random, World], list[Draft]]


def inference(rng: random.Random, world: World, *, facts: tuple[int, ...], adversarial: bool = False) -> list[Draft]:
    """Draw a premise and a hypothesis; the three labels are equally frequent.

    facts: numbers of facts that a premise may have. adversarial: as in `draw_inference`.
    """
    label = rng.choice(tuple(VERDICTS))
    premise, hypothesis = draw_inference(rng, world, rng.choice(facts), label, adversarial=adversarial)
    return [Draft({"text_a": tuple(premise), "text_b": (hypothesis,)}, label=label)]


def adversarial_mix(rng: random.Random, world: World) -> list[Draft]:
    """Draw a pair of ANLI+: a short, medium or long premise; long ones have adversarial contradictions."""
    facts, adversarial = rng.choice([((1,), False), ((1, 2), False), ((2, 3), True)])
    return inference(rng, world, facts=facts, adversarial=adversarial)


def _restyle(clause: Clause) -> Clause:
    """Return the same clause in another form: passive instead of active, or with an adjunct fronted, or the reverse."""
    if clause.passive or clause.front:
        return replace(clause, passive=False, front=None)
    front = next((role for role in "DP" if role in clause.roles or clause.ask == role), None)
    return replace(clause, passive=True) if "O" in clause.roles or front is None else replace(clause, front=front)


def question_pair(rng: random.Random, world: World) -> list[Draft]:
    """Draw two questions: one in two forms (duplicate), or two that differ in a filler or in the questioned role."""
    event, role = draw_events(rng, world, 1)[0], rng.choice("SOPD")
    first = question_about(rng, event, role)
    if rng.random() < 0.5:
        return [Draft({"text_a": (first,), "text_b": (_restyle(first),)}, label="duplicate")]
    if rng.random() < 0.5 and first.roles:
        mentioned = first.roles + ("S" if role != "S" else "")
        second = replace(_restyle(first), event=alter(rng, event, rng.choice(mentioned), world))
    else:
        second = question_about(rng, event, rng.choice([r for r in "SOPD" if r != role]))
    return [Draft({"text_a": (first,), "text_b": (second,)}, label="not_duplicate")]


def paraphrase(rng: random.Random, world: World) -> list[Draft]:
    """Draw two texts of the same words, as in PAWS: in another form, or with one filler exchanged between sentences.

    The sentences name no place: longer pairs are learnt much later, as the encoder has to align more fillers.
    """
    same, (one, two) = rng.random() < 0.5, draw_events(rng, world, 2)
    differing = [role for role in ("day", "agent") if getattr(one, role) != getattr(two, role)]
    exchanged = rng.choice(differing)
    first = tuple(_without_place(rng, event) for event in (one, two))
    events = (one, two) if same else _exchange(one, two, exchanged)
    second = tuple(replace(_restyle(clause), event=event) for clause, event in zip(first, events, strict=True))
    label = "paraphrase" if same else "different"
    return [Draft({"text_a": first, "text_b": second}, label=label)]


def _without_place(rng: random.Random, event: Event) -> Clause:
    clause = styled(rng, event, roles="OD")
    return replace(clause, front="D") if clause.front else clause


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
    """Draw the questions about one paragraph.

    facts: number of facts in the paragraph. unanswerable: share of questions about a fact that is not in it. joined:
    probability that the first sentence has a clause of time. per_paragraph: number of questions, at most `facts`.
    """
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
    """Shuffle the choices; return them and the new place of the first, which is the correct one."""
    order = rng.sample(range(len(choices)), len(choices))
    return tuple(choices[i] for i in order), order.index(0)


def continuation(rng: random.Random, world: World) -> list[Draft]:
    """Draw an item of HellaSwag: which event follows, by the scripts of the world."""
    event = draw_events(rng, world, 1, deeds=0.0)[0]
    kind, act = kind_of_act(event.verb[1]), follow_up(event.verb[1])
    third = next(a for a in range(kind * ACTS_PER_KIND, (kind + 1) * ACTS_PER_KIND) if a not in (act, event.verb[1]))
    then = Event(event.agent, ("act", act), event.place, event.day, thing=event.thing)
    told = replace(then, second=event.second)  # what follows for the second thing is right, too
    wrong = [replace(then, verb=("act", third)), alter(rng, told, "O", world), alter(rng, then, "S", world)]
    choices, right = _shuffled(rng, [(Clause(e, roles="O"), None) for e in (then, *wrong)])
    return [Draft({"context": (styled(rng, event),)}, choices=choices, right=right)]


def reading(rng: random.Random, world: World) -> list[Draft]:
    """Draw an item of Cosmos QA: a question about a paragraph; fillers of other facts are the wrong choices."""
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
    """Draw an item of CommonsenseQA: to which of five things of five kinds is an act done? It has no context."""
    event = replace(draw_events(rng, world, 1, deeds=0.0)[0], quality=None, second=None, owner=None)
    kinds = [k for k in range(THING_KINDS) if k != kind_of_act(event.verb[1])]
    wrong = [replace(event, thing=rng.choice(things_of(kind))) for kind in kinds]
    choices, right = _shuffled(rng, [(Clause(e), "O") for e in (event, *wrong)])
    return [Draft({"question": (Clause(event, roles="PD", ask="O"),)}, choices=choices, right=right)]


def sentence(rng: random.Random, world: World) -> list[Draft]:
    """Draw a sentence for tagging: a statement in any form, a question, or with a clause of time."""
    one, two = draw_events(rng, world, 2)
    draw = rng.random()
    if draw < 0.15:
        clause = question_about(rng, one, rng.choice("SOPD"))
    elif draw < 0.35:
        clause = Clause(one, while_=two)
    else:
        clause = styled(rng, one, negated=rng.random() < 0.1)
    return [Draft({"tokens": (clause,)})]
