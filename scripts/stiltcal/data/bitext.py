"""Make items for retrieval and mining: sentences of two languages (sides), some of which form pairs."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ..tasks.spec import Task, TaskError
from .clean import Item, tidy
from .hub import Row
from .sampling import chosen


class Bitext(NamedTuple):
    """The sentences of both sides by name, and pairs of names (foreign, source). A name is in at most one pair."""

    foreign: dict[str, str]
    source: dict[str, str]
    pairs: list[tuple[str, str]]


def read_bitext(rows: Sequence[Row], task: Task) -> tuple[Bitext, Counter]:
    """Return the sentences and pairs of a set, and the number of dropped sentences and pairs by reason.

    A row of a retrieval set is a pair. A mining set is one row: two lists of sentences, and pairs of numbers from 1. If
    sentences on one side of a mining set are equal, one is kept, with a partner if any of them has one. If pairs share
    a sentence, the first is kept. Raises TaskError if a mining set is not one row, or if a pair names a sentence that
    is not there.
    """
    if task.kind == "retrieval":
        return _read_pairs(rows)
    if len(rows) != 1:
        origin = f"{task.name}, {rows[0]['row']} to {rows[-1]['row']}"
        raise TaskError(f"{origin}: found {len(rows)} rows; a mining set is one row: two lists of sentences, and pairs")
    row = {key: () if value is None else value for key, value in rows[0].items()}
    if odd := [pair for pair in row["gold"] if pair is None or None in pair or len(pair) != 2]:
        raise TaskError(f"{task.name}, {row['row']}: gold has {odd[0]}; pairs of numbers wanted, foreign and source")
    gold, sides = _one_to_one(row["gold"]), []
    reasons: Counter[str] = Counter()
    reasons["pair of a sentence that is in another"] = len(row["gold"]) - len(gold)
    pairs = [(f"{row['row']}-foreign-{i - 1}", f"{row['row']}-source-{j - 1}") for i, j in gold]
    for place, side in enumerate(("foreign", "source")):
        _check_numbers(f"{task.name}, {row['row']}", side, [pair[place] for pair in row["gold"]], len(row[side]))
        sentences = {f"{row['row']}-{side}-{number}": tidy(text) for number, text in enumerate(row[side])}
        sides.append(_distinct(sentences, {pair[place] for pair in pairs}, reasons))
    foreign, source = sides
    return Bitext(foreign, source, pairs), reasons


def _read_pairs(rows: Sequence[Row]) -> tuple[Bitext, Counter]:
    named = {row["row"]: row for row in rows if tidy(row["foreign"]) and tidy(row["source"])}
    foreign, source = (
        {f"{name}-{side}": tidy(row[side]) for name, row in named.items()} for side in ("foreign", "source")
    )
    pairs = [(f"{name}-foreign", f"{name}-source") for name in named]
    return Bitext(foreign, source, pairs), Counter({"empty text": 2 * (len(rows) - len(named))})


def _one_to_one(gold: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the pairs that share no sentence with an earlier pair."""
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for foreign, source in gold:
        if foreign not in partner and source not in taken:
            partner[foreign] = source
            taken.add(source)
    return list(partner.items())


def _check_numbers(origin: str, side: str, numbers: Sequence[int], sentences: int) -> None:
    """Raise TaskError if a number of a pair is not one of a sentence; they count from 1."""
    if outside := [number for number in numbers if not 1 <= number <= sentences]:
        raise TaskError(f"{origin}: gold names sentence {outside[0]} of the {side} side; allowed: 1 to {sentences}")


def _distinct(sentences: dict[str, str], paired: set[str], reasons: Counter) -> dict[str, str]:
    taken = {sentences[name] for name in paired}
    kept = {}
    for name, text in sentences.items():
        if name in paired:
            kept[name] = text
        elif not text or text in taken:
            reasons["duplicate" if text else "empty text"] += 1
        else:
            taken.add(text)
            kept[name] = text
    return kept


def split_bitext(bitext: Bitext, kind: str, share: float, seed: int) -> dict[str, Bitext]:
    """Split a set into `dev` and `test`.

    `dev` gets a share of the pairs and, in mining, the same share of the sentences without a partner on both sides.
    In retrieval both splits keep all source sentences, so that a query has as many candidates as in the whole set.
    """
    dev = _sample(bitext, share, seed)
    held = set(dev.pairs)
    test = Bitext(
        {name: text for name, text in bitext.foreign.items() if name not in dev.foreign},
        {name: text for name, text in bitext.source.items() if name not in dev.source},
        [pair for pair in bitext.pairs if pair not in held],
    )
    if kind == "retrieval":
        return {"dev": dev._replace(source=bitext.source), "test": test._replace(source=bitext.source)}
    return {"dev": dev, "test": test}


def cap_bitext(bitext: Bitext, cap: int | None, seed: int) -> Bitext:
    """Sample about `cap` sentences of the larger side. Pairs and others keep their proportion, each rounded."""
    size = max(len(bitext.foreign), len(bitext.source))
    return bitext if cap is None or size <= cap else _sample(bitext, cap / size, seed)


def _sample(bitext: Bitext, share: float, seed: int) -> Bitext:
    partner = dict(bitext.pairs)
    pairs = chosen(partner, round(share * len(partner)), seed)
    others = [set(bitext.foreign) - set(partner), set(bitext.source) - set(partner.values())]
    keep = [chosen(names, round(share * len(names)), seed) for names in others]
    foreign, source = keep[0] | pairs, keep[1] | {partner[name] for name in pairs}
    return Bitext(
        {name: text for name, text in bitext.foreign.items() if name in foreign},
        {name: text for name, text in bitext.source.items() if name in source},
        [pair for pair in bitext.pairs if pair[0] in pairs],
    )


def bitext_items(bitext: Bitext) -> list[Item]:
    """Return the items of the foreign side, then of the source side. A pair is a cluster, with the name of its foreign
    sentence."""
    to_source = dict(bitext.pairs)
    to_foreign = {source: foreign for foreign, source in bitext.pairs}
    sides = (("foreign", bitext.foreign, to_source), ("source", bitext.source, to_foreign))
    return [
        {"id": name, "cluster": to_foreign.get(name, name), "side": side, "text": text, "pair": partner.get(name)}
        for side, sentences, partner in sides
        for name, text in sentences.items()
    ]
