"""Controls: orders that break syntax.

Words change places with words, and punctuation keeps its place, so that every sentence ends as before.
"""

from random import Random

from ...syntax.sentence import Sentence
from ..declaration import Argument, declare
from ..edit import Edit, Setting, arranged, sample_share, shuffled, words_of
from .phrases import relation, yields

CLAUSAL = frozenset({"csubj", "ccomp", "xcomp", "advcl", "acl", "parataxis", "root", "conj", "list"})


@declare(family="control", level="word", meaning="destroyed", source="Sinha et al. 2021")
def shuffle_words(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words change places at random."""
    places = sorted(sample_share(words_of(sentence), strength, rng))
    return arranged(sentence, places, shuffled(places, rng))


@declare(
    family="control",
    level="word",
    meaning="destroyed",
    argument=Argument("length of the n-grams", "[2-9]", "2"),
    source="Pham et al. 2021",
)
def shuffle_ngrams(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """The words are cut into n-grams; a share of these change places at random."""
    words, size = words_of(sentence), int(setting.argument)
    ngrams = [words[i : i + size] for i in range(0, len(words), size)]
    places = sorted(sample_share(range(len(ngrams)), strength, rng))
    order = list(range(len(ngrams)))
    for place, ngram in zip(places, shuffled(places, rng), strict=True):
        order[place] = ngram
    return arranged(sentence, words, [word for k in order for word in ngrams[k]])


@declare(
    family="control",
    level="word",
    meaning="destroyed",
    argument=Argument("length of the windows", "[2-9]", "3", default="3"),
    source="local end of Taktasheva et al. 2021",
)
def shuffle_local(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """Words change places within a share of neighbouring windows (of three words, unless the name says another)."""
    words, size = words_of(sentence), int(setting.argument or 3)
    windows = [words[i : i + size] for i in range(0, len(words), size)]
    for k in sample_share(range(len(windows)), strength, rng):
        windows[k] = shuffled(windows[k], rng)
    return arranged(sentence, words, [word for window in windows for word in window])


@declare(family="control", level="sentence", meaning="destroyed", source="Deshpande et al. 2022 (inversion)")
def reverse(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words change places with their mirror image; at strength 1 the sentence is read backwards."""
    words = words_of(sentence)
    new = list(words)
    for i in sample_share(range(len(words) // 2), strength, rng):
        new[i], new[-1 - i] = words[-1 - i], words[i]
    return arranged(sentence, words, new)


@declare(family="control", level="word", meaning="destroyed", source="Sinha et al. 2021 (no word keeps its place)")
def displace_all(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """A share of the words change places so that none of them keeps its own; at strength 1 no word does."""
    places = sorted(sample_share(words_of(sentence), strength, rng))
    if len(places) < 2:
        return None
    new = shuffled(places, rng)
    while any(place == word for place, word in zip(places, new, strict=True)):
        new = shuffled(places, rng)
    return arranged(sentence, places, new)


@declare(family="control", level="phrase", meaning="destroyed", needs_tree=True, source="phrase shuffling, own")
def shuffle_phrase(sentence: Sentence, strength: float, rng: Random, setting: Setting) -> Edit | None:
    """Words change places within a share of the phrases (largest subtrees that hold no clause); phrases stay."""
    words, new = [], []
    phrases = _phrases(sentence)
    chosen = set(sample_share(range(len(phrases)), strength, rng))
    for k, phrase in enumerate(phrases):
        drawn = shuffled(phrase, rng)  # even if not used: keeps the random numbers equal at all strengths
        words += phrase
        new += drawn if k in chosen else phrase
    return arranged(sentence, words, new)


def _phrases(sentence: Sentence) -> list[list[int]]:
    """Return the words of the largest subtrees that contain no clause and at least two words."""
    subtrees = yields(sentence)
    holds_clause = [any(relation(sentence, unit) in CLAUSAL for unit in units) for units in subtrees]
    tops = [i for i, h in enumerate(sentence.heads) if not holds_clause[i] and (h < 0 or holds_clause[h])]
    phrases = [[unit for unit in subtrees[top] if not sentence.punctuation[unit]] for top in tops]
    return [phrase for phrase in phrases if len(phrase) > 1]
