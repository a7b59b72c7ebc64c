"""Sentences a second on one core, given trees: `python benchmarks/bench_perturb.py FILE.conllu --language en`.

Each perturbation is timed on the same sentences, from tree to text and position map, then with all measures of strength
too; reading is timed by itself. Where NL-Augmenter (Dhole et al. 2021) has a counterpart, code of its kind (one string
at a time, no trees, no map) runs beside it.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "scripts"))

from stiltcal.perturb.measures import measure
from stiltcal.perturb.registry import Perturbation, names, parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import writing_of
from stiltcal.syntax.trees import Block, read_blocks
from stiltcal.syntax.word_order import read_word_order

_NEIGHBOURS = {
    row[i]: row[max(0, i - 1) : i + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for i in range(len(row))
}


def shuffle_string(text: str) -> str:
    """Word order as NL-Augmenter shuffles it: split, shuffle, join."""
    words = text.split()
    random.Random(0).shuffle(words)
    return " ".join(words)


def butter_fingers(text: str) -> str:
    """NL-Augmenter's typing errors: each character is replaced by a neighbour on the keyboard with probability 0.05."""
    random.seed(0)
    return "".join(
        random.choice(_NEIGHBOURS.get(c.lower(), c)) if random.choice(range(0, 100)) <= 5 else c for c in text
    )


COUNTERPARTS: dict[str, Callable[[str], str]] = {"shuffle_words": shuffle_string, "typos": butter_fingers}


def main(path: str, language: str, word_order: str) -> None:
    """Print a line a perturbation: sentences a second, perturbed, and perturbed and measured; and theirs."""
    start = time.process_time()
    blocks = list(read_blocks(path))
    print(f"{len(blocks)} sentences of {sum(len(b.words) for b in blocks) / len(blocks):.1f} words")
    print(f"{'reading':24}{len(blocks) / (time.process_time() - start):>10,.0f}")
    for name in names():
        argument = {"shuffle_ngrams": "-2", "reorder_like": f"-{Path(word_order).stem}"}.get(name, "")
        perturbation = parse_perturbation(f"{name}{argument}-1.0" if name != "clean" else name)
        if reason := perturbation.unavailable(language, has_trees=True):
            print(f"{name:24}{reason}")
            continue
        ours = "".join(f"{rate:>10,.0f}" for rate in _rates(blocks, perturbation, language, word_order))
        theirs = _rate_of_strings(blocks, COUNTERPARTS[name]) if name in COUNTERPARTS else None
        print(f"{name:24}{ours}" + (f"   NL-Augmenter-style code: {theirs:,.0f}" if theirs else ""))


def _rates(blocks: list[Block], perturbation: Perturbation, language: str, word_order: str) -> tuple[float, float]:
    """Sentences a second: perturbed; perturbed and measured."""
    statistics = read_word_order(word_order) if perturbation.word_order_of(language) else None
    setting = perturbation.setting(language, statistics=statistics)
    sentences = [block.local_tokens for block in blocks]
    writing = writing_of(language, [block.text for block in blocks], sentences)
    start = time.process_time()
    changed = [
        perturb_text(block.text, [tokens], perturbation, setting, seed=0, text_id=block.sent_id, writing=writing)
        for block, tokens in zip(blocks, sentences, strict=True)
    ]
    perturbed = time.process_time()
    for block, new in zip(blocks, changed, strict=True):
        measure(new.sentences, [(block.text, new.text)])
    return len(blocks) / (perturbed - start), len(blocks) / (time.process_time() - start)


def _rate_of_strings(blocks: list[Block], function: Callable[[str], str]) -> float:
    start = time.process_time()
    for block in blocks:
        function(block.text)
    return len(blocks) / (time.process_time() - start)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--language", default="en")
    parser.add_argument("--word-order", required=True, help="of another language, e.g. results/word_order/hi.json")
    options = parser.parse_args()
    main(options.file, options.language, options.word_order)
