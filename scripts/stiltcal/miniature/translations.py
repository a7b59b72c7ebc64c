"""Draw bitext for retrieval (every sentence has a translation) and mining (many sentences have none)."""

import random

from .corpus import styled
from .grammar import Clause
from .inference import alter
from .world import World, draw_events

#: Share of the sentences of a mining set that have a translation.
PAIRED = 0.4


def retrieval(rng: random.Random, world: World, count: int) -> tuple[list[Clause], list[Clause], list[tuple[int, int]]]:
    """Draw a retrieval set: foreign clauses, source clauses, and the gold pairs (foreign number, source number).

    count: number of clauses on each side.
    """
    clauses = [styled(rng, draw_events(rng, world, 1)[0]) for _ in range(count)]
    plain = [Clause(clause.event) for clause in clauses]
    order = rng.sample(range(count), count)
    return clauses, [plain[i] for i in order], [(i, place) for place, i in enumerate(order)]


def mining(rng: random.Random, world: World, count: int) -> tuple[list[Clause], list[Clause], list[tuple[int, int]]]:
    """Draw a mining set, as `retrieval`, of which only the share PAIRED has translations.

    Half of the other clauses differ in one filler from a clause with a translation.
    """
    paired = round(PAIRED * count)
    clauses = [styled(rng, draw_events(rng, world, 1)[0]) for _ in range(paired)]
    sides = []
    for _ in range(2):
        near = [alter(rng, rng.choice(clauses).event, rng.choice("SOPD"), world) for _ in range((count - paired) // 2)]
        far = [draw_events(rng, world, 1)[0] for _ in range(count - paired - len(near))]
        sides.append([styled(rng, event) for event in (*near, *far)])
    foreign, source = [*clauses, *sides[0]], [*(Clause(c.event) for c in clauses), *sides[1]]
    orders = [rng.sample(range(count), count) for _ in range(2)]
    place = [{i: n for n, i in enumerate(order)} for order in orders]
    pairs = sorted((place[0][i], place[1][i]) for i in range(paired))
    return [foreign[i] for i in orders[0]], [source[i] for i in orders[1]], pairs
