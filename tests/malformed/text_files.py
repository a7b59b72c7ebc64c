"""Spoil text: encodings, two-column files, treebanks, word orders, and the commands that read them."""

import gzip
import json
import random
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import fetch_dataset
import measure_word_order
import prepare_text
from stiltcal.perturb.__main__ import main as perturb
from stiltcal.syntax.word_order import count_word_order, write_word_order

from .case import Answer, Case
from .doors import ROOT, command, job

_GOOD = "Das ist für dich. Ein Käse, zwei Bäume.\n" * 3
_ENCODINGS: Mapping[str, bytes] = {
    "Latin-1": _GOOD.encode("latin-1"),
    "Shift JIS": "言語と計算\n".encode("shift_jis"),
    "KOI8-R": "Привет, мир\n".encode("koi8-r"),
    "UTF-16 without a mark": _GOOD.encode("utf-16-le"),
    "half a UTF-16": _GOOD.encode("utf-16")[:-1],
    "half a gzip": gzip.compress(_GOOD.encode() * 99, mtime=0)[:60],
    "gzip of Latin-1": gzip.compress(_GOOD.encode("latin-1"), mtime=0),
    "a surrogate": b"a \xed\xa0\x80 b\n",
    "half a character": "ü".encode()[:1],
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "zero bytes": b"\0" * 20,
}
_TREE = [
    ["1", "Der", "der", "DET", "_", "_", "2", "det", "_", "_"],
    ["2", "Hund", "Hund", "NOUN", "_", "_", "3", "nsubj", "_", "_"],
    ["3", "schläft", "schlafen", "VERB", "_", "_", "0", "root", "_", "_"],
    ["4", ".", ".", "PUNCT", "_", "_", "3", "punct", "_", "_"],
]
#: What stands in a column of line 4 (the second word), and what the answer says.
_CELLS = [
    (0, "3", "found word 3"),
    (0, "x", "found ID 'x'"),
    (0, "0", "found word 0"),
    (0, "", "found ID ''"),
    (0, "2-", "line 5: found word 3"),
    (0, "-2", "line 5: found word 3"),
    (0, "9" * 5000, "found ID '9"),
    (1, "Katze", "found 'Katze'"),
    (1, "", "found ''"),
    (6, "9", "found head '9'"),
    (6, "-1", "found head '-1'"),
    (6, "_", "found head '_'"),
    (6, "0", "found 2 roots"),
    (6, "9" * 5000, "found head"),
    (6, "2", "cycle"),
    (9, "start_char=4|end_char=2", "found offsets 4 to 2"),
    (9, "start_char=x|end_char=2", "found MISC"),
    (9, "TokenRange=1", "found MISC"),
]
_PERTURB = [
    (["--lang", "german"], "found language 'german'"),
    (["--lang", "../../x"], "found language '../../x'"),
    (["--lang", ""], "--lang is missing"),
    (["--perturbation", "revers-1.0"], "did you mean 'reverse'"),
    (["--perturbation", "reverse-2"], "'reverse-2'"),
    (["--perturbation", "reverse-nan"], "'reverse-nan'"),
    (["--perturbation", "reverse-1e0"], "'reverse-1e0'"),
    (["--perturbation", "reverse--0.5"], "-0.5"),
    (["--perturbation", "reverse-\uff11"], "reverse-\uff11"),
    (["--perturbation", "reverse-1,0"], "'reverse-1,0'"),
    (["--perturbation", "clean-1.0"], "clean has no strength"),
    (["--perturbation", "shuffle_ngrams-x-1.0"], "shuffle_ngrams-x-1.0"),
    (["--perturbation", "shuffle_ngrams-0-1.0"], "shuffle_ngrams-0-1.0"),
    (["--perturbation", "shuffle_ngrams-" + "9" * 30 + "-1.0"], "shuffle_ngrams-9"),
    (["--perturbation", "reorder_like-../../x-1.0"], "reorder_like-../../x-1.0"),
    (["--perturbation", "reorder_like-hi@QQ-1.0"], "reorder_like-hi@QQ-1.0"),
    (["--perturbation", "typos-" * 500 + "reverse-1.0"], "typos"),
    (["--perturbation", "typos-nothing-1.0"], "nothing"),
    (["--perturbation", "mirror_tree-1.0"], "needs trees"),
]
_WORD_ORDERS = {
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "empty": b"",
    "without relations": b'{"language": "hi"}',
    "counts as text": None,
    "shares above 1": None,
    "UTF-16 without a mark": '{"language": "hi"}'.encode("utf-16-le"),
    "nested": b"[" * 100_000,
}


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    for name, text in _ENCODINGS.items():
        yield Case("encoding of text for masked LM", name, partial(masked_lm, text=text), ("text.txt",))
        yield Case("encoding of a treebank", name, partial(_treebank, text=text), ("de.conllu",))
        yield Case("encoding of text to perturb", name, partial(_perturb, arguments=[], text=text), ("text.txt",))
    for name, text in {"empty": b"", "spaces": b" \n\t\n\n", "a mark alone": b"\xef\xbb\xbf"}.items():
        yield Case("text for masked LM", name, partial(masked_lm, text=text), ("text.txt", "mlm.text.de"))
    yield from _treebanks()
    for arguments, words in _PERTURB:
        give = partial(_perturb, arguments=arguments, text=b"Der Hund.\n")
        yield Case("arguments of stiltcal-perturb", " ".join(arguments)[:60], give, (words,))
    for name, content in _WORD_ORDERS.items():
        yield Case("word order", name, partial(_word_order, name=name, content=content), ("hi.json",))
    yield from _two_columns(random.Random(50))


def _treebanks() -> Iterator[Case]:
    def tree(lines: list[list[str]], text: str = "Der Hund schläft.") -> bytes:
        words = "\n".join("\t".join(line) for line in lines)
        return f"# sent_id = a\n# text = {text}\n{words}\n\n".encode()

    for column, value, words in _CELLS:
        lines = [list(line) for line in _TREE]
        lines[1][column] = value
        name = f"column {column + 1} = {value[:20]!r}"
        yield Case("tree", name, partial(_treebank, text=tree(lines)), ("de.conllu, line", words))
    whole = tree(_TREE)
    spoilt = {
        "nine columns": (tree([line[:9] for line in _TREE]), "line 3: found 9 columns"),
        "spaces for tabs": (whole.replace(b"\t", b" "), "line 3: found 1 columns"),
        "another text": (tree(_TREE, "Die Katze schläft."), "line 3: found 'Der'"),
        "a longer text": (tree(_TREE, "Der Hund schläft. Ja."), "line 6"),
        "comments alone": (b"# sent_id = a\n\n", "line 1: found a block without words"),
        "no sentence": (b"\n\n", "de.conllu"),
        "a word order": (b'{"language": "de"}\n', "line 1: found 1 columns"),
    }
    for name, (text, words) in spoilt.items():
        yield Case("tree", name, partial(_treebank, text=text), ("de.conllu", words))


def _two_columns(rng: random.Random) -> Iterator[Case]:
    """A user's own copy of a licensed set: a token, a tab and a tag on each line."""
    lines = [f"word{n}\tN" if n % 4 else "" for n in range(1, 20)]
    spoilt = {"a space for the tab": "word N", "three columns": "word\tN\tX", "no tag": "word\t", "no token": "\tN"}
    spoilt |= {"two tabs": "word\t\tN", "CSV": "word,N", "a token alone": "word"}
    for name, line in spoilt.items():
        number = rng.choice([n for n, each in enumerate(lines) if each])
        text = "\n".join([*lines[:number], line, *lines[number + 1 :]]).encode()
        yield Case("two columns", name, partial(_ccg, text=text), ("train.tsv", f"line {number + 1}"))
    for name in ("Latin-1", "UTF-16 without a mark", "half a gzip", "a picture"):
        yield Case("two columns", name, partial(_ccg, text=_ENCODINGS[name]), ("train.tsv",))
    yield Case("two columns", "empty", partial(_ccg, text=b""), ("train",))


def masked_lm(folder: Path, text: bytes) -> Answer:
    (folder / "text.txt").write_bytes(text)
    files = [str(folder / "text.txt")]
    return job(folder, prepare_text.main, files=files, language="de", text=str(folder / "out.parquet"))


def _treebank(folder: Path, text: bytes) -> Answer:
    (folder / "de.conllu").write_bytes(text)
    files, out = [str(folder / "de.conllu")], str(folder / "de.json")
    return job(folder, measure_word_order.main, treebanks=files, word_order=out, language="de")


def _perturb(folder: Path, arguments: list[str], text: bytes) -> Answer:
    (folder / "text.txt").write_bytes(text)
    return command(perturb, folder / "text.txt", "--lang", "de", "--perturbation", "reverse-1.0", *arguments)


def _word_order(folder: Path, name: str, content: bytes | None) -> Answer:
    path = folder / "hi.json"
    write_word_order(path, count_word_order("hi", []))
    if content is None:
        data = json.loads(path.read_text(encoding="utf-8"))
        share = {"n": "many", "left": 0.5} if name == "counts as text" else {"n": 99, "left": 7}
        path.write_text(json.dumps({**data, "relations": {"V": {"obj": share}}}), encoding="utf-8")
    else:
        path.write_bytes(content)
    (folder / "text.conllu").write_text("\n".join("\t".join(line) for line in _TREE) + "\n\n", encoding="utf-8")
    arguments = ("--lang", "de", "--perturbation", "reorder_like-hi-1.0", "--conllu", folder / "text.conllu")
    return command(perturb, *arguments, "--word-order", path)


def _ccg(folder: Path, text: bytes) -> Answer:
    """Fetch it and, if that goes well, make items of it."""
    import prepare_items

    for split in ("train", "validation"):
        path = folder / "mine" / "ccg" / f"{split}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    shared = {"task": "ccg", "tasks": str(ROOT / "tasks"), "languages": ["en"]}
    out = str(folder / "ccg")
    fetched = job(
        folder, fetch_dataset.main, **shared, source=str(folder / "mine"), dataset=out, lock=str(folder / "lock.json")
    )
    if fetched.status:
        return fetched
    return job(folder, prepare_items.main, **shared, fetched=out, seed=1, report=str(folder / "items" / "report.json"))
