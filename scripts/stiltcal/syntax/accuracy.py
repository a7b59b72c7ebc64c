"""How well a parser does on a treebank, from its plain text: the scores of the CoNLL 2018 shared task.

Zeman et al. 2018 (https://aclanthology.org/K18-2001), computed by the official scorer of Universal Dependencies.
"""

from io import StringIO
from pathlib import Path

from .parser_training import paragraphs
from .parsing import parse_documents
from .trees import format_block, read_blocks

#: F1 by name: of tokens, of sentences, of universal tags, of heads (UAS), of heads with their relations (LAS).
SCORES = {"tokens": "Tokens", "sentences": "Sentences", "upos": "UPOS", "uas": "UAS", "las": "LAS"}


def parser_accuracy(pipeline, treebank: str | Path) -> dict[str, float]:
    """SCORES in [0, 1] of a Stanza pipeline on the text of a treebank, and the number `n` of its sentences."""
    from udtools import udeval

    blocks = list(read_blocks(treebank))
    texts = paragraphs(blocks)
    parsed = parse_documents(texts, pipeline)
    found = "".join(format_block(block) for text in texts for block in parsed[text])
    gold = udeval.load_conllu_file(str(treebank))
    scores = udeval.evaluate(gold, udeval.load_conllu(StringIO(found), "parsed", {}))
    return {"n": len(blocks)} | {name: scores[theirs].f1 for name, theirs in SCORES.items()}
