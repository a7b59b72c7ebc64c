"""Generate the pretraining text: documents of two parts in one or two languages, from simple to hard.

Stage 0 states one fact twice, often in two languages (parallel text). Stage 1 adds questions with answers, yes-no
questions, and pairs of successive events. Stage 2 has up to four facts. A small encoder learns to copy and to match in
stage 0 or not at all.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

from .grammar import Clause
from .inference import VERDICTS, draw_inference
from .languages import Language
from .realisation import realise
from .world import Event, World, draw_events, follow_up

STAGES = 3
#: Largest number of facts of a document, by stage.
MOST_FACTS = (1, 2, 4)
#: Weights of the kinds of documents, by stage; they sum to 1.
MIX = (
    {"restatement": 1.0},
    {"restatement": 0.5, "answer": 0.2, "verdict": 0.2, "script": 0.1},
    {"restatement": 0.35, "answer": 0.3, "verdict": 0.25, "script": 0.1},
)


class Document(NamedTuple):
    """A document of two parts. first_answer, second_answer: length of the answer that ends the part; 0: none."""

    first: str
    second: str
    first_answer: int = 0
    second_answer: int = 0


def styled(rng: random.Random, event: Event, **settings) -> Clause:
    """Draw the form of a clause: active, passive, or with a fronted adjunct.

    settings: further attributes of `Clause`.
    """
    draw = rng.random()
    if draw < 0.12 and "O" in settings.get("roles", "OPD"):
        settings["passive"] = True
    elif draw < 0.25:
        settings["front"] = rng.choice("PD")
    return Clause(event, **settings)


def some_roles(rng: random.Random, most: int = 3) -> str:
    """Draw one to `most` of the roles object (O), place (P) and day (D) that a restatement mentions."""
    chosen = rng.sample("OPD", rng.randint(1, most))
    return "".join(role for role in "OPD" if role in chosen)


def question_about(rng: random.Random, event: Event, role: str) -> Clause:
    """Draw a question about one role (S, O, P or D) that mentions all but one of the others."""
    others = [r for r in "OPD" if r != role]
    dropped = rng.choice(others)
    roles = "".join(r for r in others if r != dropped)
    return styled(rng, event, roles=roles, ask=role) if role != "O" else Clause(event, roles=roles, ask=role)


def text_of(clauses: list[Clause], language: Language) -> str:
    """Return the sentences of the clauses in a language, joined by spaces."""
    return " ".join(realise(clause, language).text for clause in clauses)


def _tell(rng: random.Random, events: list[Event]) -> list[Clause]:
    clauses = [styled(rng, event) for event in events]
    if len(events) > 1 and rng.random() < 0.1:
        clauses[0] = Clause(events[0], while_=events[1])
    return clauses


def _restatement(rng, world, one: Language, two: Language, most: int) -> Document:
    events = draw_events(rng, world, rng.randint(1, most))
    again = rng.sample(events, rng.choice((1, len(events))))
    clauses = [styled(rng, event, roles="OPD" if most == 1 else some_roles(rng)) for event in again]
    first, second = text_of(_tell(rng, events), one), text_of(clauses, two)
    return Document(first, second) if rng.random() < 0.5 else Document(second, first)


def _answer(rng, world, one: Language, two: Language, most: int) -> Document:
    events = draw_events(rng, world, rng.randint(1, most))
    event, role = rng.choice(events), rng.choice("SOPD")
    sentence = realise(Clause(event), one)
    first, last = sentence.words_of(role)
    question = realise(question_about(rng, event, role), one).text
    answer = sentence.text[first:last]
    return Document(f"{question} {answer}", text_of(_tell(rng, events), two), first_answer=len(answer))


def _verdict(rng, world, one: Language, two: Language, most: int) -> Document:
    label = rng.choice(list(VERDICTS))
    premise, hypothesis = draw_inference(rng, world, rng.randint(1, min(most, 3)), label)
    verdict = two.function[VERDICTS[label]]
    return Document(text_of(premise, one), f"{text_of([hypothesis], two)} {verdict}", second_answer=len(verdict))


def _script(rng, world, one: Language, two: Language, most: int) -> Document:
    event = draw_events(rng, world, 1, deeds=0.0)[0]
    then = Event(event.agent, ("act", follow_up(event.verb[1])), event.place, event.day, thing=event.thing)
    return Document(text_of([Clause(event)], one), text_of([Clause(then, roles="O")], two))


def documents(
    seed: int | str, stage: int, count: int, world: World, languages: dict[str, Language]
) -> Iterator[Document]:
    """Yield `count` documents of a stage. Most restatements, and some other documents, are in two languages.

    The same arguments give the same documents.
    """
    rng, codes = random.Random(f"{seed}/corpus/{stage}"), list(languages)
    make = {"restatement": _restatement, "answer": _answer, "verdict": _verdict, "script": _script}
    for kind in rng.choices(list(MIX[stage]), list(MIX[stage].values()), k=count):
        one = languages[rng.choice(codes)]
        alone = 0.25 if kind == "restatement" else 0.6
        two = one if rng.random() < alone else languages[rng.choice(codes)]
        yield make[kind](rng, world, one, two, MOST_FACTS[stage])
