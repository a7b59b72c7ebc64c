"""Count the word order of a language in treebanks, for perturbations and for reading.

Dependents are counted by relation (without subtype) for three classes of heads: N (nouns, names, pronouns), V (verbs,
auxiliaries) and X (all others). Punctuation is not counted. Keys of the statistics: `left` is the share of dependents
before their head (head-direction rate). `nearer` has the share of cases in which the first of two dependents on one
side is nearer to the head. `passive` has the most frequent passive auxiliary and agent marker, and the shares of cases
in which they stand before verb and agent.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..support.text_files import read_text
from .sentence import ROOT, Sentence

#: Class of a head by its universal tag; X for all others.
CLASSES = {"NOUN": "N", "PROPN": "N", "PRON": "N", "VERB": "V", "AUX": "V"}
_VERBS = {tag for tag, kind in CLASSES.items() if kind == "V"}
#: Smallest number of cases of a rate that is used. With 20 the standard error is at most 11 percentage points.
MINIMUM = 20
_VERSION_1 = {"dobj": "obj", "nsubjpass": "nsubj", "csubjpass": "csubj", "auxpass": "aux", "neg": "advmod"}
_VERSION_1 |= {"mwe": "fixed", "name": "flat", "foreign": "flat", "remnant": "orphan"}


class WordOrderError(ValueError):
    """A file contains no word order. The message names the file and the problem."""


class FunctionWord(NamedTuple):
    """form: as written. before: True if it mostly stands before its head."""

    form: str
    before: bool


@dataclass(frozen=True)
class WordOrder:
    """Word-order rates of a language, without those of fewer than MINIMUM cases.

    left: by class and relation, the share in [0, 1] of dependents before their head. nearer: by class, side (`left`,
    `right`) and two relations, the share of cases in which the first is nearer to the head. passive: function words
    `auxiliary` and `agent`.
    """

    language: str
    left: dict[str, dict[str, float]]
    nearer: dict[str, dict[str, dict[tuple[str, str], float]]]
    passive: dict[str, FunctionWord]


def head_class(upos: str) -> str:
    """Return the class of a head by its universal tag: N, V or X."""
    return CLASSES.get(upos, "X")


def relation_of(sentence: Sentence, word: int) -> str:
    """Return the relation of a word to its head without subtype, as UD version 2 names it.

    Version 1 uses nmod for modifiers of nouns and verbs; below a verb, version 2 calls it obl.
    """
    relation = sentence.deprels[word].partition(":")[0]
    relation = _VERSION_1.get(relation, relation)
    head = sentence.heads[word]
    return "obl" if relation == "nmod" and head != ROOT and sentence.upos[head] in _VERBS else relation


def count_word_order(language: str, sentences: Iterable[Sentence]) -> dict:
    """Count the word order of sentences with trees; return the statistics that `write_word_order` writes.

    Shares are in [0, 1], rounded to four digits; `n` is the number of cases.
    """
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
    """Write the statistics as JSON; creates missing folders."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(statistics, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_word_order(path: str | Path) -> WordOrder:
    """Read the rates from a file of `write_word_order`; raises WordOrderError for any other file.

    Rates of fewer than MINIMUM cases are left out, and those of `dep`, the relation of unclassified dependents.
    """
    try:
        return _word_order(json.loads(read_text(path)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:  # of any other contents
        raise WordOrderError(f"{path}: no word order as measure_word_order writes it ({error!r})") from None


def _word_order(data: dict) -> WordOrder:
    left = {
        head: {
            relation: _share(row["left"]) for relation, row in rows.items() if row["n"] >= MINIMUM and relation != "dep"
        }
        for head, rows in data["relations"].items()
    }
    order: dict[str, dict[str, dict[tuple[str, str], float]]] = {}
    for head, by_side in data["nearer"].items():
        for side, rows in by_side.items():
            shares = order.setdefault(head, {}).setdefault(side, {})
            for names, row in rows.items():
                first, second = names.split(" ")
                if row["n"] >= MINIMUM and "dep" not in (first, second):
                    shares[first, second], shares[second, first] = _share(row["share"]), 1 - row["share"]
    words = {
        role: FunctionWord(row["form"], _share(row["before"]) > 0.5)
        for role, row in data["passive"].items()
        if row["n"] >= MINIMUM
    }
    return WordOrder(data["language"], left, order, words)


def _share(found: float) -> float:
    if not 0 <= found <= 1:
        raise ValueError(f"a share is {found}; it must be in [0, 1]")
    return found


def word_order_distance(one: dict, other: dict) -> float:
    """Return the word-order distance of two languages in [0, 1], from their statistics (`count_word_order`).

    The distance is the mean absolute difference of the shares of dependents before their head, over the relations (by
    class of head) with at least MINIMUM cases in both languages, weighted with the mean relative frequency of the
    relation. It is 0 if there is no such relation.
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
    """Count the passive auxiliaries of a head and, if the head is an agent, its markers."""
    for dependent in dependents:
        relation, form = sentence.deprels[dependent], sentence.forms[dependent].lower()
        if relation in ("aux:pass", "auxpass"):
            passive["auxiliary"][form, dependent < head] += 1
        elif relation == "case" and sentence.deprels[head] == "obl:agent":
            passive["agent"][form, dependent < head] += 1


def _most_frequent(counts: Counter) -> dict:
    """Return the most frequent form, its number of cases, and the share of cases before the head."""
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
