"""Function words: what is left of a text without them."""

from .declaration import declare
from .edit import Edit, some

TAGS = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "SCONJ"})


@declare(family="function", level="word", meaning="destroyed", needs_tree=True, source="own")
def drop_function_words(sentence, strength, rng, setting) -> Edit | None:
    """A share of the function words (adpositions, auxiliaries, conjunctions, determiners, particles) is left out.

    Negations stay, and so does what is all of its sentence.
    """
    words = [i for i, tag in enumerate(sentence.upos) if tag in TAGS and i not in sentence.protected]
    dropped = set(some([i for i in words if "Polarity=Neg" not in sentence.feats[i]], strength, rng))
    order = [i for i in range(len(sentence)) if i not in dropped]
    return Edit(order) if dropped and not all(sentence.punctuation[i] for i in order) else None
