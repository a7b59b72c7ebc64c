"""Files that YAML or Snakemake reads otherwise than they were meant, or not at all."""

import gzip
import random
from collections.abc import Iterator
from functools import partial

from .case import Case
from .doors import CONFIG, MINE, configuration

_RUN = "'touch executed'"
_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
_ENCODINGS = {
    "Latin-1": "seeds: [1]  # für mich\n".encode("latin-1"),
    "code page 1252": "seeds: [1]  # „x“\n".encode("cp1252"),
    "Shift JIS": "seeds: [1]  # 言語\n".encode("shift_jis"),
    "UTF-16 with a mark": "seeds: [1]\n".encode("utf-16"),
    "UTF-16 without a mark": "seeds: [1]\n".encode("utf-16-le"),
    "UTF-32": "seeds: [1]\n".encode("utf-32"),
    "a mark in the middle": b"seeds: [1]\n\xef\xbb\xbfmix: [a, b]\n",
    "zero bytes": b"seeds: [1]\0\n",
    "a bell": b"seeds: [1] # \x07\n",
    "half a character": "seeds: [1] # ü".encode()[:-1],
    "a surrogate": b"seeds: [1] # \xed\xa0\x80\n",
    "gzip": gzip.compress(b"seeds: [1]\n", mtime=0),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "an escape": b'targets: ["\\x1b[2J"]\n',
}
#: Text, and what the answer must hold beside the name of the file.
TEXTS = {
    "tag that runs a command": (f"seeds: !!python/object/apply:os.system [{_RUN}]\n", "line 1"),
    "tag of a subprocess": (f"seeds: !!python/object/new:subprocess.Popen [{_RUN}]\n", "line 1"),
    "tag of a function": ("seeds: !!python/name:os.system\n", "line 1"),
    "tag of a module": ("seeds: !!python/module:antigravity\n", "line 1"),
    "tag of a tuple": ("seeds: !!python/tuple [1]\n", "line 1"),
    "tag that is not known": ("seeds: [1]\ntrees: !mine gold\n", "line 2"),
    "template": (f"__use_yte__: true\nseeds: [1]\nmix: ?__import__('os').system({_RUN})\n", "line 1"),
    "template that defines": (f"__use_yte__: true\n__definitions__: [import os; os.system({_RUN})]\n", "line 1"),
    "date that is none": ("seeds: 2001-99-99\n", "line 1"),
    "float that is none": ("seeds: [1]\nretrieval_layer: !!float x\n", "line 2"),
    "integer that is none": ("seeds: [!!int x]\n", "line 1"),
    "integer that is empty": ("seeds: [!!int '']\n", "line 1"),
    "boolean that is none": ("keep_models: !!bool maybe\n", "line 1"),
    "binary that is none": ("keep_models: !!binary '%'\n", "line 1"),
    "timestamp that is none": ("keep_models: !!timestamp x\n", "line 1"),
    "set": ("seeds: !!set {1, 2}\n", "line 1"),
    "number of 5000 digits": (f"seeds: [1, {'9' * 5000}]\n", "line 1"),
    "hexadecimal of 5000 digits": (f"seeds: [1, 0x{'f' * 5000}]\n", "line 1"),
    "500 lists in each other": ("seeds: " + "[" * 500 + "]" * 500 + "\n", "nested"),
    "500 mappings in each other": ("seeds: " + "{a: " * 500 + "1" + "}" * 500 + "\n", "nested"),
    "anchors that multiply": (_BOMB, "anchor"),
    "anchor in itself": ("mix: &x {a: *x}\n", "line 1"),
    "anchor that is not there": ("seeds: *there\n", "line 1"),
    "merge of a number": ("data:\n  <<: 3\n", "line 2"),
    "tab": ("data:\n\tseed: 1\n", "line 2"),
    "bracket that is open": ("seeds: [1, 2\nmix: 3\n", "line 2"),
    "brace that is open": ("data: {seed: 1\n", "line 2"),
    "quote that is open": ('trees: "gold\nseeds: [1]\n', "line 3"),
    "indentation that jumps": ("data:\n    seed: 1\n  lock: x.json\n", "line 3"),
    "two colons": ("trees: gold: x\n", "line 1"),
    "key without a colon": ("data:\n  seed: 1\n  lock\n", "line 4"),
    "two documents": ("seeds: [1]\n---\nseeds: [2]\n", "line 2"),
    "reserved sign": ("trees: @gold\n", "line 1"),
    "directive that is none": ("%YAML 9.9\n---\nseeds: [1]\n", "line 1"),
    "list at the top": ("- seeds\n", "sequence"),
    "text at the top": ("seeds\n", "scalar"),
    "JSON list": ("[1, 2]", "sequence"),
    "nothing": ("", "is empty"),
    "comments alone": ("# seeds: [1]\n", "is empty"),
    "null at the top": ("null\n", "scalar"),
    "key that is a list": ("? [a]\n: b\n", "line 1"),
    "key that is a date": ("2001-01-01: b\n", "line 1"),
    "key that is null": ("~: b\n", "line 1"),
    "key that is a number": ("parsers: {1: fetch}\n", "line 1"),
    "key that is true": ("parsers:\n  yes: fetch\n", "line 2"),
    "octal number": ("seeds: [017]\n", "line 1"),
    "time": ("checkpoint_minutes: 1:30\n", "line 1"),
    "infinite": ("checkpoint_minutes: .inf\n", "line 1"),
    "too large to be finite": ("checkpoint_minutes: 1e999\n", "checkpoint_minutes", "line 1"),
    "negative zero": ("checkpoint_minutes: -0.0\n", "checkpoint_minutes", "line 1"),
    "comma for a point": ("mlm: {share: '0,2'}\n", "mlm.share", "line 1"),
    "percent": ("mlm: {share: 20%}\n", "mlm.share", "line 1"),
    "half a seed": ("seeds: [1, 1.5]\n", "seeds[1]", "line 1"),
    "truth as a seed": ("seeds: [yes]\n", "seeds[0]", "line 1"),
    "truth in quotes": ("encoder: {pretrain: 'no'}\n", "encoder.pretrain", "line 1"),
    "truth as a number": ("encoder: {pretrain: 0}\n", "encoder.pretrain", "line 1"),
    "eight keys that do not exist": ("".join(f"key{n}: 1\n" for n in range(8)), "key0"),
}


def cases() -> Iterator[Case]:
    """All cases, the same in each run."""
    for name, text in _ENCODINGS.items():
        yield Case("encoding", name, partial(configuration, text=text), (MINE,))
    for name, (text, *words) in TEXTS.items():
        yield Case("YAML", name, partial(configuration, text=text.encode()), (MINE, *words))
    yield from _twice(random.Random(22))
    yield from _read_as_truth(random.Random(23))


def _twice(rng: random.Random) -> Iterator[Case]:
    """In every section a key that stands twice, some of the lines apart."""
    for section in [name for name, value in CONFIG.items() if isinstance(value, dict) and value]:
        key, apart = rng.choice(sorted(CONFIG[section])), rng.randrange(3)
        text = f"{section}:\n  {key}: 1\n{'  # more' * bool(apart)}\n  {key}: 2\n"
        words = MINE, "line 4", repr(key), "stands twice, first in line 2"
        yield Case("key that stands twice", f"{section}.{key}", partial(configuration, text=text.encode()), words)


def _read_as_truth(rng: random.Random) -> Iterator[Case]:
    """Words that YAML 1.1 reads as true or false, where names are wanted: the answer has them as they are written."""
    lists = {
        "languages: {default: [qaa, WORD]}": "languages.default",
        "intermediates: [none, WORD]": "intermediates",
        "targets: [xquad, WORD]": "targets",
        "mix: [mnli, WORD]": "mix",
        "perturbations: [clean, WORD]": "perturbations",
        "scores: {metrics: [ece_width_15, WORD]}": "scores.metrics",
        "hypotheses: {classes: [WORD]}": "hypotheses.classes",
        "source_language: WORD": "source_language",
        "trees: WORD": "trees",
        "sides: {xquad: [WORD]}": "sides",
        "parsers: {qab: WORD}": "parsers.qab",
    }
    for text, key in lists.items():
        word = rng.choice(["no", "No", "off", "yes", "ON", "true", "False"])
        given = partial(configuration, text=(text.replace("WORD", word) + "\n").encode())
        yield Case("`no` that YAML reads as false", f"{key}: {word}", given, (MINE, key, repr(word)))
