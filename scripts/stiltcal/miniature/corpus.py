"""Text for pretraining: documents of two parts in one or two languages, from simple to hard.

Stage 0 tells one fact twice, often in two languages (parallel text); stage 1 adds questions with their answers,
yes-no questions and what usually follows what; stage 2 tells up to four facts. A small encoder learns to copy and to
match from the first stage, or not at all.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

from .grammar import Clause, realise
from .inference import VERDICTS, draw_inference
from .languages import Language
from .world import Event, World, draw_events, follow_up

STAGES = 3
MOST_FACTS = (1, 2, 4)
#: Weights of the kinds of documents, by stage.
MIX = (
    {"restatement": 1.0},
    {"restatement": 0.5, "answer": 0.2, "verdict": 0.2, "script": 0.1},
    {"restatement": 0.35, "answer": 0.3, "verdict": 0.25, "script": 0.1},
)


class Document(NamedTuple):
    """Two parts, and how many of the last characters of each answer a question (0: none)."""

    first: str
    second: str
    first_answer: int = 0
    second_answer: int = 0


def styled(rng: random.Random, event: Event, **settings) -> Clause:
    """A clause in a style drawn at random: plain, with an adjunct in front, or passive."""
    draw = rng.random()
    if draw < 0.12 and "O" in settings.get("roles", "OPD"):
        settings["passive"] = True
    elif draw < 0.25:
        settings["front"] = rng.choice("PD")
    return Clause(event, **settings)


def some_roles(rng: random.Random, most: int = 3) -> str:
    """The object and one or two adjuncts, or fewer: what a restatement may leave out."""
    kept = rng.sample("OPD", rng.randint(1, most))
    return "".join(role for role in "OPD" if role in kept)


def question_about(rng: random.Random, event: Event, role: str) -> Clause:
    """A question about one role that names the others but one."""
    others = [r for r in "OPD" if r != role]
    dropped = rng.choice(others)
    roles = "".join(r for r in others if r != dropped)
    return styled(rng, event, roles=roles, ask=role) if role != "O" else Clause(event, roles=roles, ask=role)


def text_of(clauses: list[Clause], language: Language) -> str:
    """The sentences of the clauses, joined by spaces."""
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


def documents(seed: int, stage: int, count: int, world: World, languages: dict[str, Language]) -> Iterator[Document]:
    """`count` documents of a stage: most restatements and some of the others are in two languages."""
    rng, codes = random.Random(f"{seed}/corpus/{stage}"), list(languages)
    make = {"restatement": _restatement, "answer": _answer, "verdict": _verdict, "script": _script}
    for kind in rng.choices(list(MIX[stage]), list(MIX[stage].values()), k=count):
        one = languages[rng.choice(codes)]
        alone = 0.25 if kind == "restatement" else 0.6
        two = one if rng.random() < alone else languages[rng.choice(codes)]
        yield make[kind](rng, world, one, two, MOST_FACTS[stage])
