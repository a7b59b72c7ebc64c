"""Word order of a language, counted in a treebank: on which side of their heads dependents stand, and how far away.

For `reorder_like` (after Wang & Eisner 2016, Galactic Dependencies). Heads are nouns (N) and verbs (V); relations are
universal ones, without subtypes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .sentence import ROOT, Sentence
from .trees import TreeError

HEAD_CLASSES = {"NOUN": "N", "PROPN": "N", "VERB": "V", "AUX": "V"}
#: Relations without an order of their own: by convention the head comes first, or the words form one expression.
UNORDERED = frozenset(
    "appos conj dep discourse dislocated fixed flat goeswith list "
    "orphan parataxis punct reparandum root vocative".split()
)


@dataclass(frozen=True, slots=True)
class RelationOrder:
    """Order of one relation under one class of heads.

    count: dependents seen. before: share of them before their head, in [0, 1]. distance_before, distance_after: mean
    number of the dependent counted from the head on that side, the nearest being 1 (0: none seen there).
    """

    count: int
    before: float
    distance_before: float
    distance_after: float


@dataclass(frozen=True, slots=True)
class WordOrder:
    """Word order of a language: {class of heads: {relation: order}}, counted in so many sentences."""

    language: str
    sentences: int
    relations: dict[str, dict[str, RelationOrder]] = field(default_factory=dict)

    def of(self, head_class: str, relation: str, least: int = 1) -> RelationOrder | None:
        """The order of a relation; None where fewer than `least` dependents were seen."""
        order = self.relations.get(head_class, {}).get(relation)
        return order if order and order.count >= least else None


def relation_of(sentence: Sentence, word: int) -> str:
    """The universal relation of a word to its head, without its subtype."""
    return sentence.deprels[word].partition(":")[0]


def measure_word_order(sentences: Iterable[Sentence], language: str) -> WordOrder:
    """Count the order of dependents in sentences with trees."""
    distances: dict[str, dict[str, list[int]]] = {"N": defaultdict(list), "V": defaultdict(list)}
    number = 0
    for sentence in sentences:
        number += 1
        for head, dependents in enumerate(sentence.dependents()):
            head_class = HEAD_CLASSES.get(sentence.upos[head])
            if head_class:
                for relation, distance in _distances(sentence, head, dependents):
                    distances[head_class][relation].append(distance)
    return WordOrder(
        language,
        number,
        {
            head_class: {relation: _order(found) for relation, found in sorted(relations.items())}
            for head_class, relations in distances.items()
        },
    )


def write_word_order(path: str | Path, order: WordOrder) -> None:
    """Write as JSON that a person can read, numbers rounded to four digits; missing folders are made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(asdict(order), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_word_order(path: str | Path) -> WordOrder:
    """Read what `write_word_order` wrote; raises TreeError where it is something else."""
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        relations = {
            head_class: {relation: RelationOrder(**order) for relation, order in orders.items()}
            for head_class, orders in found["relations"].items()
        }
        return WordOrder(found["language"], found["sentences"], relations)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TreeError(f"{path}: found {error!r}; expected word order as measure_word_order writes it") from None


def _distances(sentence: Sentence, head: int, dependents: list[int]) -> Iterable[tuple[str, int]]:
    """(relation, signed distance) of the dependents of a head; -1 is the nearest before it."""
    ordered = [i for i in dependents if sentence.heads[i] != ROOT and relation_of(sentence, i) not in UNORDERED]
    before = [i for i in ordered if i < head]
    after = [i for i in ordered if i > head]
    for distance, i in enumerate(reversed(before), 1):
        yield relation_of(sentence, i), -distance
    for distance, i in enumerate(after, 1):
        yield relation_of(sentence, i), distance


def _order(distances: list[int]) -> RelationOrder:
    before = [-distance for distance in distances if distance < 0]
    after = [distance for distance in distances if distance > 0]
    return RelationOrder(len(distances), round(len(before) / len(distances), 4), _mean(before), _mean(after))


def _mean(numbers: list[int]) -> float:
    return round(sum(numbers) / len(numbers), 4) if numbers else 0.0
