"""Count on real data how often perturbed items keep each promise:

python benchmarks/check_qa_maps.py questions MIRROR    all question answering sets of a mirror of the Hub, without trees
python benchmarks/check_qa_maps.py trees TREEBANKS     all treebanks of a folder; the answer is a noun phrase

A line a perturbation: items tried; those that strength 0 leaves as they are, byte for byte; those kept at strength 1,
their answers, and how many of these stand where `answer_starts` says; their texts, and those whose map is a bijection
on the tokens that survive (which in orders are all tokens). Below it, why items were skipped. The exit status is 1
where one of three pairs of counts is not equal. `--only NAME ...` takes some perturbations.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).parents[1] / "scripts"))

from stiltcal.perturb.declaration import DECLARATIONS
from stiltcal.perturb.families.phrases import span, yields
from stiltcal.perturb.perturber import ItemPerturber, Trees, writing_of_items
from stiltcal.perturb.protect import NotPerturbable
from stiltcal.perturb.registry import names, parse_perturbation
from stiltcal.perturb.text import PerturbedText
from stiltcal.perturb.writing import Writing
from stiltcal.syntax.sentence import Sentence
from stiltcal.syntax.trees import read_blocks
from stiltcal.syntax.word_order import WordOrder, count_word_order, read_word_order, write_word_order

SIDES = ("context", "question")
_SETS = ("google/xtreme/XQuAD.*", "google/xtreme/MLQA.*", "google/xtreme/tydiqa", "rajpurkar/squad*/*")
_COLUMNS = ("same at 0", "kept", "answers", "found", "texts", "bijective")


class Source(NamedTuple):
    """The items of one file, with their trees by (id, field), and how they are written."""

    language: str
    items: list[dict]
    trees: Trees
    writing: Writing


def main(sources: list[Source], perturbations: Sequence[str], statistics: WordOrder | None) -> int:
    """Print a line a perturbation; returns 1 if a promise is broken."""
    print(f"{len(sources)} files with {sum(len(source.items) for source in sources):,} items")
    print(f"{'':24}" + "".join(f"{column:>10}" for column in ("tried", *_COLUMNS, "seconds")))
    broken = False
    for name in perturbations:
        start, counts, skipped = time.process_time(), Counter(), Counter()
        for source in sources:
            _check(name, source, statistics, counts, skipped)
        shown = [counts[column] for column in ("tried", *_COLUMNS)] + [round(time.process_time() - start)]
        print(f"{name:24}" + "".join(f"{count:>10,}" for count in shown), flush=True)
        for reason, count in skipped.most_common():
            print(f"    skipped {count:,}: {reason}", flush=True)
        pairs = (("tried", "same at 0"), ("answers", "found"), ("texts", "bijective"))
        broken |= any(counts[one] != counts[other] for one, other in pairs)
    return int(broken)


def _check(name: str, source: Source, statistics: WordOrder | None, counts: Counter, skipped: Counter) -> None:
    nothing, everything = (_perturber(f"{name}-{strength}", source, statistics) for strength in ("0.0", "1.0"))
    for item in source.items:
        try:
            same, _ = nothing.change(item)
            counts["tried"] += 1
            counts["same at 0"] += same == item
            changed, fields = everything.change(item)
        except NotPerturbable as reason:
            skipped[str(reason)] += 1
            continue
        counts["kept"] += 1
        counts["answers"] += len(item["answers"])
        places = zip(item["answers"], changed["answer_starts"], strict=True)
        counts["found"] += sum(changed["context"].startswith(answer, start) for answer, start in places)
        texts = [new for new in fields.values() if new.text]
        counts["texts"] += len(texts)
        counts["bijective"] += sum(_is_bijective(new, name.partition("-")[0]) for new in texts)


def _perturber(name: str, source: Source, statistics: WordOrder | None) -> ItemPerturber:
    perturbation = parse_perturbation(name)
    setting = perturbation.setting(source.language, statistics=statistics)
    return ItemPerturber(perturbation, "qa", SIDES, setting, 0, source.trees, source.writing)


def _is_bijective(new: PerturbedText, name: str) -> bool:
    """Check that the map has each token at most once on either side, and exactly once if only the order changed."""
    olds, news = [old for old, _ in new.map], [now for _, now in new.map]
    once = len(set(olds)) == len(olds) and len(set(news)) == len(news)
    all_left = len(olds) == len(new.old_spans) == len(new.new_spans)
    return once and (all_left or DECLARATIONS[name].family not in ("control", "tree", "contrast"))


def questions(mirror: Path) -> Iterator[Source]:
    """The question answering sets of a mirror as published, file by file."""
    for folder in sorted(path for pattern in _SETS for path in mirror.glob(pattern) if path.is_dir()):
        language = "en" if folder.parent.name.startswith("squad") else folder.name.partition(".")[2][:2]
        for path in sorted(folder.glob("*.parquet")):
            items = [_item(row) for row in pq.read_table(path).to_pylist()]
            yield Source(language, items, {}, writing_of_items(language, items, "qa", {}))


def _item(row: dict) -> dict:
    answers = {"answers": row["answers"]["text"], "answer_starts": row["answers"]["answer_start"]}
    return {"id": row["id"], "context": row["context"], "question": row["question"], **answers}


def treebanks(folder: Path) -> Iterator[Source]:
    """Each sentence of each treebank as a context, whose answer is its longest noun phrase that is not all of it."""
    for path in sorted(folder.glob("*.conllu")):
        items, trees, language = [], {}, path.name[:2]
        for number, block in enumerate(read_blocks(path)):
            tokens = block.local_tokens
            item = {"id": str(number), "context": block.text, "question": "", **_noun_phrase(block.text, tokens)}
            items.append(item)
            trees[item["id"], "context"] = [tokens]
        yield Source(language, items, trees, writing_of_items(language, items, "qa", trees))


def _noun_phrase(text: str, tokens: Sentence) -> dict:
    phrases = [span(units) for unit, units in enumerate(yields(tokens)) if tokens.upos[unit] in ("NOUN", "PROPN")]
    phrases = [found for found in phrases if found and found[1] - found[0] < len(tokens)]
    if not phrases:
        return {"answers": [], "answer_starts": []}
    first, end = max(phrases, key=lambda found: found[1] - found[0])
    start = tokens.starts[first]
    return {"answers": [text[start : tokens.ends[end - 1]]], "answer_starts": [start]}


def word_order(folder: Path, language: str) -> WordOrder:
    """Counted in the treebanks of a language."""
    blocks = chain.from_iterable(map(read_blocks, sorted(folder.glob(f"{language}_*.conllu"))))
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{language}.json"
        write_word_order(path, count_word_order(language, (block.words for block in blocks)))
        return read_word_order(path)


def _full_name(name: str) -> str:
    return name + {"shuffle_ngrams": "-2", "reorder_like": "-hi"}.get(name, "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["questions", "trees"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names())
    options = parser.parse_args()
    with_trees = options.what == "trees"
    known = [name for name in names() if "qa" in DECLARATIONS[name].fields and name != "clean"]
    known = [name for name in known if with_trees or not DECLARATIONS[name].needs_tree]
    sources = list((treebanks if with_trees else questions)(options.folder))
    wanted = [_full_name(name) for name in known if not options.only or name in options.only]
    sys.exit(main(sources, wanted, word_order(options.folder, "hi") if with_trees else None))
