"""Derive CCG-like supertags from the trees: the arguments of each word, and the side on which they stand.

A modifier before an X has the tag X/X, after it X\\X. A verb takes its arguments on the sides where they stand.
"""

from .realisation import GoldSentence

_ARGUMENTS = {"nsubj", "obj", "nsubj:pass"}
_NOMINAL = {"NOUN", "PROPN", "PRON"}


def supertags(sentence: GoldSentence) -> list[str]:
    """Return one supertag for each token."""
    tokens = sentence.tokens
    tags = []
    for i, token in enumerate(tokens):
        head = token.head - 1
        if token.upos == "VERB":
            tags.append(_verb(sentence, i))
        elif token.deprel in _ARGUMENTS or token.deprel == "obl:agent":
            tags.append("NP")
        elif token.upos == "PUNCT":
            tags.append(".")
        elif token.deprel in {"case", "mark"}:
            tags.append(_marker(sentence, i))
        elif token.deprel in {"obl", "nmod", "conj"}:
            tags.append("NP")
        else:
            tags.append(_modifier("N" if tokens[head].upos in _NOMINAL else "S", before=i < head))
    return tags


def _modifier(category: str, *, before: bool) -> str:
    return f"{category}/{category}" if before else f"{category}\\{category}"


def _verb(sentence: GoldSentence, i: int) -> str:
    tag = "S"
    for j, token in enumerate(sentence.tokens):
        if token.head - 1 == i and token.deprel in _ARGUMENTS:
            tag = f"({tag}\\NP)" if j < i else f"({tag}/NP)"
    return tag


def _marker(sentence: GoldSentence, i: int) -> str:
    """Return the tag of an adposition or conjunction, which makes its phrase a modifier of the head of the phrase."""
    tokens = sentence.tokens
    phrase = tokens[i].head - 1
    whole = tokens[phrase].head - 1
    category = "N" if tokens[whole].upos in _NOMINAL else "S"
    inner = "S" if tokens[phrase].upos == "VERB" else "NP"
    return f"({_modifier(category, before=phrase < whole)}){'/' if i < phrase else chr(92)}{inner}"
