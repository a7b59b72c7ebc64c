"""Draw facts. The worlds of training, dev and test share no name, and so no fact and no sentence.

The pretraining text contains all names, as a web crawl would, but no reserved fact: only dev and test worlds contain
these. A check digit over the roles of a fact decides if it is reserved.
"""

import random
from dataclasses import dataclass

from .languages import ACTS_PER_KIND, CLASS_SIZES, COMPANY_KINDS, THING_KINDS, THINGS_PER_KIND

#: Share of the names of each split.
SHARES = {"train": 0.6, "dev": 0.15, "test": 0.25}
#: One fact in this many is reserved for dev and test worlds, and never occurs in pretraining text.
RESERVED = 3


@dataclass(frozen=True)
class Event:
    """A fact: an agent did something to a thing (an act) or to a person (a deed), in a town, on a day.

    verb: (`act` or `deed`, number). day, thing, quality, second: numbers of words in the classes of `Language.words`.
    owner: name of the owner of the thing. second: a second thing. patient: the person of a deed.
    """

    agent: str
    verb: tuple[str, int]
    place: str
    day: int
    thing: int | None = None
    quality: int | None = None
    owner: str | None = None
    second: int | None = None
    patient: str | None = None

    @property
    def reserved(self) -> bool:
        """True if only dev and test worlds may contain this fact."""
        text = f"{self.agent}{self.patient}{self.owner}{self.place}"
        digits = [self.verb[1], self.day, self.thing or 0, self.quality or 0, self.second or 0]
        return (sum(map(ord, text)) + sum(digits)) % RESERVED == 0


@dataclass(frozen=True)
class World:
    """Names of a world. reserved: True if its facts are reserved ones, False if they are all others."""

    persons: tuple[str, ...]
    towns: tuple[str, ...]
    companies: tuple[str, ...]
    reserved: bool


def build_worlds(names: dict[str, list[str]]) -> dict[str, World]:
    """Build the worlds `pretraining`, `train`, `dev` and `test`; the last three share out the names.

    names: by kind (person, town, company).
    """
    persons, towns, companies = (tuple(names[kind]) for kind in ("person", "town", "company"))
    worlds = {"pretraining": World(persons, towns, companies, reserved=False)}
    start = dict.fromkeys(names, 0)
    for split, share in SHARES.items():
        parts = []
        for kind in ("person", "town", "company"):
            count = round(share * len(names[kind]))
            parts.append(tuple(names[kind][start[kind] : start[kind] + count]))
            start[kind] += count
        persons, towns, companies = parts
        worlds[split] = World(persons, towns, companies, reserved=split != "train")
    return worlds


def things_of(kind: int) -> range:
    """Return the numbers of the things of a kind, in the class `thing` of `Language.words`."""
    return range(kind * THINGS_PER_KIND, (kind + 1) * THINGS_PER_KIND)


def kind_of_act(act: int) -> int:
    """Return the kind of things that are the objects of an act."""
    return act // ACTS_PER_KIND


def follow_up(act: int) -> int:
    """Return the act that follows in the script of a thing (to buy, then to eat)."""
    return kind_of_act(act) * ACTS_PER_KIND + (act + 1) % ACTS_PER_KIND


def _draw_event(rng: random.Random, world: World, agent: str, verb: tuple[str, int]) -> Event:
    place, day = rng.choice(world.towns), rng.randrange(CLASS_SIZES["day"])
    if verb[0] == "deed":
        return Event(agent, verb, place, day, patient=rng.choice([p for p in world.persons if p != agent]))
    thing, *others = rng.sample(things_of(kind_of_act(verb[1])), 2)
    quality = rng.randrange(CLASS_SIZES["quality"]) if rng.random() < 0.6 else None
    owner = rng.choice(world.persons) if rng.random() < 0.1 else None
    second = others[0] if owner is None and rng.random() < 0.08 else None
    return Event(agent, verb, place, day, thing=thing, quality=quality, owner=owner, second=second)


def draw_agents(rng: random.Random, world: World, count: int) -> list[str]:
    """Draw different agents. One in eight is a company, whose name has two words."""
    agents = rng.sample(world.persons, count)
    return [
        f"{rng.choice(world.companies)} {rng.choice(COMPANY_KINDS)}" if rng.random() < 0.125 else agent
        for agent in agents
    ]


def draw_events(rng: random.Random, world: World, count: int, *, deeds: float = 0.3) -> list[Event]:
    """Draw events of a world with different agents and verbs.

    count: at most the number of acts, of deeds and of persons. deeds: probability of a deed, in [0, 1].
    """
    acts = rng.sample(range(THING_KINDS * ACTS_PER_KIND), count)
    others = rng.sample(range(CLASS_SIZES["deed"]), count)
    events = []
    for agent, act, deed in zip(draw_agents(rng, world, count), acts, others, strict=True):
        verb = ("deed", deed) if rng.random() < deeds else ("act", act)
        event = _draw_event(rng, world, agent, verb)
        while event.reserved != world.reserved:
            event = _draw_event(rng, world, agent, verb)
        events.append(event)
    return events
