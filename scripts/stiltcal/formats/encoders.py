"""Name the files of a model folder that hold the tokenizer; fetching and loading share the list."""

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
