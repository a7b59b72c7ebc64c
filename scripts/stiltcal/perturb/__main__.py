"""Perturb a text: `python -m stiltcal.perturb --lang de --perturbation mirror_tree-1.0 --conllu FILE`.

Reads lines of text, or CoNLL-U with its trees, and writes JSON lines with `id`, `original`, `perturbed`, `tokens` (old
and new), `map` (list of [old token, new token]), `characters` (list of [old start, old end, new start, new end], as
`map`) and `intensity` (the measures of docs/perturbations.md).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain

from ..support.command import command
from ..support.language_codes import UNKNOWN, LanguageError, normalized
from ..support.text_files import TextError, read_text
from ..syntax.sentence import Sentence
from ..syntax.trees import TreeError, read_blocks
from ..syntax.word_order import WordOrderError, read_word_order
from ..syntax.words import split_sentences
from .declaration import DECLARATIONS
from .measures import measure
from .registry import Perturbation, PerturbationError, names, parse_perturbation
from .text import PerturbedText, perturb_text
from .writing import writing_of

#: (id, text, sentences of the text).
Text = tuple[str, str, Sequence[Sentence]]


@command("stiltcal.perturb", LanguageError, PerturbationError, TreeError, WordOrderError, TextError)
def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line for each text, or with `--list` the perturbations.

    arguments: of the command line; None: those of the process. Invalid input prints one error message and exits with
    status 2.
    """
    options = _parser().parse_args(arguments)
    if options.list:
        print("\n".join(f"{name:20} {DECLARATIONS[name].description}" for name in names()))
        return
    options.lang = _language(options.lang)
    perturbation = _perturbation(options)
    statistics = read_word_order(options.word_order) if options.word_order else None
    perturbation.check_word_order(options.lang, statistics)
    setting = perturbation.setting(options.lang, statistics=statistics)
    texts = list(_texts(options))
    writing = writing_of(options.lang, [text for _, text, _ in texts], chain(*(s for _, _, s in texts)))
    for text_id, text, sentences in texts:
        changed = perturb_text(
            text, sentences, perturbation, setting, seed=options.seed, text_id=text_id, writing=writing
        )
        print(json.dumps(_record(text_id, text, changed, perturbation), ensure_ascii=False))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stiltcal.perturb", description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", help="text, one item a line (default: standard input)")
    parser.add_argument("--lang", default="", help=f"code of the language, e.g. de ({UNKNOWN}: not known)")
    parser.add_argument("--perturbation", help="its name with its strength, e.g. shuffle_local-0.5")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same output (default: %(default)s)")
    parser.add_argument("--conllu", metavar="FILE", help="read sentences and trees from here instead of text")
    parser.add_argument("--models", metavar="FOLDER", help="parse the text with the Stanza models of this folder")
    parser.add_argument(
        "--word-order",
        metavar="FILE",
        help="output of measure_word_order: for reorder_like, and for passivize in invented languages",
    )
    parser.add_argument("--list", action="store_true", help="print the perturbations and stop")
    return parser


def _language(code: str) -> str:
    """Return the language code in its shortest form; raises LanguageError where it is missing or invalid."""
    if not code:
        raise LanguageError(f"--lang is missing: the code of the text's language, e.g. de; {UNKNOWN} if not known")
    return normalized(code)


def _perturbation(options: argparse.Namespace) -> Perturbation:
    if not options.perturbation:
        raise PerturbationError(
            f"--perturbation is missing; one of: {', '.join(names())}, with a strength: reverse-1.0"
        )
    perturbation = parse_perturbation(options.perturbation)
    reason = perturbation.unavailable(options.lang, has_trees=bool(options.conllu or options.models))
    if reason:
        raise PerturbationError(f"{reason} (trees come from --conllu FILE or --models FOLDER)")
    return perturbation


def _texts(options: argparse.Namespace) -> Iterator[Text]:
    if options.conllu:
        for number, block in enumerate(read_blocks(options.conllu), 1):
            yield block.sent_id or str(number), block.text, [block.local_tokens]
        return
    given = read_text(options.file) if options.file else read_text(sys.stdin.buffer, "standard input")
    lines = given.removesuffix("\n").split("\n") if given else []
    if options.models:
        parsed = _parsed(lines, options.lang, options.models)
    else:
        parsed = [split_sentences(line) for line in lines]
    for number, (line, sentences) in enumerate(zip(lines, parsed, strict=True), 1):
        yield str(number), line, sentences


def _parsed(lines: Sequence[str], language: str, models: str) -> Sequence[Sequence[Sentence]]:
    from ..syntax.parsing import ParserError, parse_texts  # Stanza takes seconds to import

    try:
        return parse_texts(lines, language, models)
    except ParserError as error:
        raise PerturbationError(str(error)) from None


def _record(text_id: str, text: str, changed: PerturbedText, perturbation: Perturbation) -> dict:
    pairs = changed.map
    return {
        "id": text_id,
        "original": text,
        "perturbed": changed.text,
        "tokens": {
            "old": [text[start:end] for start, end in changed.old_spans],
            "new": [changed.text[start:end] for start, end in changed.new_spans],
        },
        "map": [list(pair) for pair in pairs],
        "characters": [[*changed.old_spans[old], *changed.new_spans[new]] for old, new in pairs],
        "intensity": {
            "requested": perturbation.strength,
            **measure(changed.sentences, [(text, changed.text)]),
        },
    }


if __name__ == "__main__":
    sys.exit(main())
