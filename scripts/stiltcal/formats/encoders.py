"""The files of an encoder's folder that hold its tokenizer: those that are fetched, and those that are read."""

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
