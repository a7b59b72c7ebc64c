"""Say of encoders what several rooms must agree on: files of weights and tokenizer, and how much is held at once."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Weights(NamedTuple):
    """Names of one format of weights: a single file, or shards with an index that names them."""

    file: str
    shard: re.Pattern[str]

    @property
    def index_file(self) -> str:
        """Name of the index of shards."""
        return f"{self.file}.index.json"

    def named(self, names: Iterable[str]) -> list[str]:
        """Return those of `names` that are files of this format."""
        return [name for name in names if name in (self.file, self.index_file) or self.shard.fullmatch(name)]


SAFE = Weights("model.safetensors", re.compile(r"model-\d+-of-\d+\.safetensors"))
#: Pickles, in which Python code may hide.
PICKLED = Weights("pytorch_model.bin", re.compile(r"pytorch_model-\d+-of-\d+\.bin"))

TOKENIZER_JSON = "tokenizer.json"
VOCABULARY = "vocab.txt"
#: Sentencepiece models, under the names that transformers' classes give them.
SENTENCEPIECE = (
    "spm.model",
    "sentencepiece.bpe.model",
    "spiece.model",
    "sentencepiece.model",
    "tokenizer.model",
)
TOKENIZER_FILES = (TOKENIZER_JSON, VOCABULARY, *SENTENCEPIECE)

#: Numbers of a hidden state (tokens x width) that a training step on a CPU computes at once where no micro-batch is
#: set: with more of them it gets slower, for they leave the cache (benchmarks/compare_training.py).
NUMBERS_AT_ONCE = 600_000
#: Bytes of a model's outputs that a prediction job holds in memory; more are mapped from a file.
BYTES_IN_MEMORY = 500_000_000
#: Tokens of the longest answer of question answering, as in transformers' run_qa.py.
LONGEST_ANSWER = 30
