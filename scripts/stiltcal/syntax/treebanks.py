"""A treebank in parts: sentences to train a parser on, to choose its best step by, and to test it on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..support.text_files import open_text
from .trees import BYTE_ORDER_MARK

PARTS = ("train", "dev", "test")
RUN = 10  # sentences in a row that stay together, for neighbours are of one text


def split_treebank(given: Mapping[str, str | Path], parts: Mapping[str, str | Path]) -> None:
    """Write the three `parts`, each the file given, or where there is none a tenth of `train`.

    Of every hundred sentences of `train` the last ten are those of `test`, the ten before of `dev`, where missing.
    Raises ValueError where a part is left without sentences.
    """
    sentences = {part: list(_sentences(path)) for part, path in given.items()}
    places = {part: place for part, place in (("dev", 8), ("test", 9)) if part not in given}
    for part, place in places.items():
        sentences[part] = [each for k, each in enumerate(sentences["train"]) if k // RUN % 10 == place]
    taken = set(places.values())
    sentences["train"] = [each for k, each in enumerate(sentences["train"]) if k // RUN % 10 not in taken]
    for part in PARTS:
        if not sentences[part]:
            found = ", ".join(map(str, given.values()))
            raise ValueError(f"{found}: no sentence is left for {part}; a tenth of train needs a hundred sentences")
        Path(parts[part]).write_text("".join(sentences[part]), encoding="utf-8")


def _sentences(path: str | Path) -> Iterator[str]:
    """The sentences of a CoNLL-U file as they stand there, each with the empty line that ends it."""
    lines: list[str] = []
    with open_text(path) as file:
        for line in file:
            if line.strip():
                lines.append(line.rstrip("\r\n").removeprefix(BYTE_ORDER_MARK) + "\n")
            elif lines:
                yield "".join(lines) + "\n"
                lines = []
    if lines:
        yield "".join(lines) + "\n"
