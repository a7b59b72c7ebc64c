"""Score a parser on the plain text of a treebank, as in the CoNLL 2018 shared task.

Zeman et al. 2018 (https://aclanthology.org/K18-2001). The official scorer of Universal Dependencies computes the
scores.
"""

from io import StringIO
from pathlib import Path

from .parser_training import paragraphs
from .parsing import parse_documents
from .trees import format_block, read_blocks

#: F1 scores: tokens, sentences, universal part-of-speech tags, heads (UAS), heads with relations (LAS). Ours: theirs.
SCORES = {"tokens": "Tokens", "sentences": "Sentences", "upos": "UPOS", "uas": "UAS", "las": "LAS"}


def parser_accuracy(pipeline, treebank: str | Path) -> dict[str, float]:
    """Return the SCORES of a Stanza pipeline, each in [0, 1], and the number `n` of sentences.

    treebank: CoNLL-U file with gold trees; only its text is parsed. Raises TreeError if it is broken.
    """
    from udtools import udeval

    blocks = list(read_blocks(treebank))
    texts = paragraphs(blocks)
    parsed = parse_documents(texts, pipeline)
    output = "".join(format_block(block) for text in texts for block in parsed[text])
    gold = udeval.load_conllu_file(str(treebank))
    scores = udeval.evaluate(gold, udeval.load_conllu(StringIO(output), "parsed", {}))
    return {"n": len(blocks)} | {name: scores[theirs].f1 for name, theirs in SCORES.items()}
