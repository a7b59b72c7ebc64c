"""Split a treebank into training, development and test sentences of a parser."""

from collections.abc import Mapping
from pathlib import Path

from .trees import block_lines

PARTS = ("train", "dev", "test")
#: Consecutive sentences that go into the same part, because neighbours often belong to one text.
RUN = 10


def split_treebank(given: Mapping[str, str | Path], parts: Mapping[str, str | Path]) -> None:
    """Write the files `parts` (train, dev, test): copies of the files `given`, or else a tenth of `train`.

    given: CoNLL-U files by part; `train` is required. Of every hundred sentences of `train`, a missing `dev` gets the
    sentences 81 to 90 and a missing `test` the sentences 91 to 100. Raises ValueError if a part gets no sentence.
    """
    sentences = {part: ["\n".join(lines) + "\n\n" for _, lines in block_lines(path)] for part, path in given.items()}
    places = {part: place for part, place in (("dev", 8), ("test", 9)) if part not in given}
    for part, place in places.items():
        sentences[part] = [each for k, each in enumerate(sentences["train"]) if k // RUN % 10 == place]
    taken = set(places.values())
    sentences["train"] = [each for k, each in enumerate(sentences["train"]) if k // RUN % 10 not in taken]
    for part in PARTS:
        if not sentences[part]:
            files = ", ".join(map(str, given.values()))
            raise ValueError(f"{files}: no sentence is left for {part}; a tenth of train needs a hundred sentences")
        Path(parts[part]).write_text("".join(sentences[part]), encoding="utf-8")
