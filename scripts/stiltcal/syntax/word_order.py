"""The word order of a language, counted in treebanks: what perturbations follow, and a person can read.

Dependents are counted by relation (without subtype) for three classes of heads: N (nouns, names, pronouns), V (verbs,
auxiliaries) and X (all others). `left` is the share that stands before the head: the head-direction rate. `nearer` says
of two dependents on one side how often the first stands nearer to the head. Punctuation is not counted. `passive` has
the most frequent auxiliary of passives and marker of agents, and how often they stand before verb and agent.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..support.text_files import read_text
from .sentence import ROOT, Sentence

CLASSES = {"NOUN": "N", "PROPN": "N", "PRON": "N", "VERB": "V", "AUX": "V"}
_VERBS = {tag for tag, kind in CLASSES.items() if kind == "V"}
#: Dependents needed before a rate is used: with 20 its standard error is at most 11 points.
MINIMUM = 20
_VERSION_1 = {"dobj": "obj", "nsubjpass": "nsubj", "csubjpass": "csubj", "auxpass": "aux", "neg": "advmod"}
_VERSION_1 |= {"mwe": "fixed", "name": "flat", "foreign": "flat", "remnant": "orphan"}


class WordOrderError(ValueError):
    """A file that holds no word order; the message says which and what was found."""


class FunctionWord(NamedTuple):
    """Its form, and whether it mostly stands before what it belongs to."""

    form: str
    before: bool


@dataclass(frozen=True)
class WordOrder:
    """What perturbations need of a language.

    left: by class and relation, the share of dependents before their head. nearer: by class, side (`left`, `right`)
    and two relations, the share of cases in which the first stands nearer to the head. passive: its `auxiliary` and
    the marker of its `agent`; without those that are rare.
    """

    language: str
    left: dict[str, dict[str, float]]
    nearer: dict[str, dict[str, dict[tuple[str, str], float]]]
    passive: dict[str, FunctionWord]


def head_class(upos: str) -> str:
    """N, V or X."""
    return CLASSES.get(upos, "X")


def relation_of(sentence: Sentence, word: int) -> str:
    """The relation of a word to its head, without its subtype, as UD version 2 names it.

    Version 1 has one relation for modifiers of nouns and of verbs, nmod; below a verb it is what version 2 calls obl.
    """
    relation = sentence.deprels[word].partition(":")[0]
    relation = _VERSION_1.get(relation, relation)
    head = sentence.heads[word]
    return "obl" if relation == "nmod" and head != ROOT and sentence.upos[head] in _VERBS else relation


def count_word_order(language: str, sentences: Iterable[Sentence]) -> dict:
    """The statistics of sentences with trees, as they are written to JSON."""
    sides: dict[tuple[str, str], Counter] = defaultdict(Counter)
    pairs: dict[tuple[str, str, str, str], Counter] = defaultdict(Counter)
    clauses: Counter[str] = Counter()
    passive: dict[str, Counter] = {"auxiliary": Counter(), "agent": Counter()}
    number = words = 0
    for sentence in sentences:
        number, words = number + 1, words + len(sentence)
        for head, dependents in enumerate(sentence.dependents()):
            if dependents:
                _count_head(sentence, head, dependents, sides, pairs, clauses)
                _count_passive(sentence, head, dependents, passive)
    return {
        "language": language,
        "sentences": number,
        "words": words,
        "head_final": _head_final(sides),
        "clauses": {order: clauses[order] for order in sorted(clauses, key=lambda o: (-clauses[o], o))},
        "relations": _relations(sides),
        "nearer": _nearer(pairs),
        "passive": {role: _most_frequent(counts) for role, counts in passive.items() if counts},
    }


def write_word_order(path: str | Path, statistics: dict) -> None:
    """Write the statistics as JSON; missing folders are made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(statistics, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_word_order(path: str | Path) -> WordOrder:
    """Read what perturbations need; raises WordOrderError.

    Left out is what was seen fewer than MINIMUM times, and `dep`, which is whatever a treebank had no name for.
    """
    try:
        data = json.loads(read_text(path))
        relations, nearer, passive = data["relations"], data["nearer"], data["passive"]
    except (ValueError, KeyError) as error:
        raise WordOrderError(f"{path}: no word order as measure_word_order writes it ({error!r})") from None
    left = {
        head: {relation: row["left"] for relation, row in rows.items() if row["n"] >= MINIMUM and relation != "dep"}
        for head, rows in relations.items()
    }
    order: dict[str, dict[str, dict[tuple[str, str], float]]] = {}
    for head, by_side in nearer.items():
        for side, rows in by_side.items():
            shares = order.setdefault(head, {}).setdefault(side, {})
            for names, row in rows.items():
                first, second = names.split(" ")
                if row["n"] >= MINIMUM and "dep" not in (first, second):
                    shares[first, second], shares[second, first] = row["share"], 1 - row["share"]
    words = {
        role: FunctionWord(row["form"], row["before"] > 0.5) for role, row in passive.items() if row["n"] >= MINIMUM
    }
    return WordOrder(data["language"], left, order, words)


def word_order_distance(one: dict, other: dict) -> float:
    """How differently two languages order heads and dependents, in [0, 1], from their statistics (`count_word_order`).

    Over the relations, by class of head, that both have at least MINIMUM times: the difference of the shares of
    dependents before their head, in the mean weighted with the relations' mean frequency; 0 where they share none.
    """
    tables = [
        {(head, name): row for head, rows in each["relations"].items() for name, row in rows.items()}
        for each in (one, other)
    ]
    totals = [sum(row["n"] for row in table.values()) for table in tables]
    shared = [key for key in tables[0] if all(key in table and table[key]["n"] >= MINIMUM for table in tables)]
    weights = [sum(table[key]["n"] / total for table, total in zip(tables, totals, strict=True)) for key in shared]
    differences = [abs(tables[0][key]["left"] - tables[1][key]["left"]) for key in shared]
    return sum(w * d for w, d in zip(weights, differences, strict=True)) / sum(weights) if shared else 0.0


def _count_head(sentence: Sentence, head: int, dependents: list[int], sides, pairs, clauses) -> None:
    kind = head_class(sentence.upos[head])
    named = [(d, relation_of(sentence, d)) for d in dependents if not sentence.punctuation[d]]
    for dependent, relation in named:
        sides[kind, relation]["left" if dependent < head else "right"] += 1
    for side, on_side in (
        ("left", [(head - d, relation) for d, relation in named if d < head]),
        ("right", [(d - head, relation) for d, relation in named if d > head]),
    ):
        for distance, relation in on_side:
            for other_distance, other in on_side:
                if relation < other:
                    pairs[kind, side, relation, other][distance < other_distance] += 1
    if kind == "V":
        _count_clause(head, named, clauses)


def _count_clause(verb: int, named: list[tuple[int, str]], clauses: Counter) -> None:
    """Count the order of a verb with one subject and one object."""
    places = {relation: place for place, relation in named if relation in ("nsubj", "obj")}
    if len(places) == 2:
        order = sorted([(places["nsubj"], "S"), (verb, "V"), (places["obj"], "O")])
        clauses["".join(role for _, role in order)] += 1


def _count_passive(sentence: Sentence, head: int, dependents: list[int], passive: dict[str, Counter]) -> None:
    """Count the head's auxiliaries of the passive, and if it is an agent, what marks it."""
    for dependent in dependents:
        relation, form = sentence.deprels[dependent], sentence.forms[dependent].lower()
        if relation in ("aux:pass", "auxpass"):
            passive["auxiliary"][form, dependent < head] += 1
        elif relation == "case" and sentence.deprels[head] == "obl:agent":
            passive["agent"][form, dependent < head] += 1


def _most_frequent(counts: Counter) -> dict:
    """The form seen most often, with its number and the share of cases before the head."""
    totals: Counter[str] = Counter()
    for (form, _), number in counts.items():
        totals[form] += number
    form = min(totals, key=lambda each: (-totals[each], each))
    return {"form": form, "n": totals[form], "before": round(counts[form, True] / totals[form], 4)}


def _head_final(sides) -> float:
    total = sum(sum(counts.values()) for counts in sides.values())
    return round(sum(counts["left"] for counts in sides.values()) / total, 4) if total else 0.0


def _relations(sides) -> dict:
    relations: dict = {}
    for (kind, relation), counts in sorted(sides.items(), key=lambda item: (item[0][0], -item[1].total(), item[0][1])):
        share = round(counts["left"] / counts.total(), 4)
        relations.setdefault(kind, {})[relation] = {"n": counts.total(), "left": share}
    return relations


def _nearer(pairs) -> dict:
    nearer: dict = {}
    for (kind, side, first, second), counts in sorted(pairs.items()):
        row = {"n": counts.total(), "share": round(counts[True] / counts.total(), 4)}
        nearer.setdefault(kind, {}).setdefault(side, {})[f"{first} {second}"] = row
    return nearer
