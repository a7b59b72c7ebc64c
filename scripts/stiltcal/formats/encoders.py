"""Say of encoders what several rooms must agree on: files of the tokenizer, tokens of a training step at once."""

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
