"""Build the invented languages: word order, morphology and words.

A part of the content words of a language is equal to those of the source language (cognates); all languages share the
names. A language with another script transliterates its words, but not the names, and so shares no word with the
source.
"""

import random
from dataclasses import dataclass, field

SYLLABLES = tuple("ba ke li mo nu ra se ti vo zu pa de gi lo mu sha tor fen kil nar".split())
LATIN, GEORGIAN = "abdefgiklmnoprstuvzh", "აბდეფგიკლმნოპრსტუვზჰ"

#: Numbers of kinds of things, of things of each kind, and of acts for each kind. An act has objects of one kind only.
THING_KINDS, THINGS_PER_KIND, ACTS_PER_KIND = 5, 6, 3
#: Number of content words of each class.
CLASS_SIZES = {
    "thing": THING_KINDS * THINGS_PER_KIND,
    "act": THING_KINDS * ACTS_PER_KIND,
    "deed": 8,
    "quality": 12,
    "day": 7,
}
FUNCTION_WORDS = tuple("the in on of by and while not become who what where when yes no unknown".split())
#: Number of names of each kind.
NAME_COUNTS = {"person": 120, "town": 50, "company": 20}
#: Second words of the names of companies.
COMPANY_KINDS = ("Dumo", "Feska", "Rulin")


@dataclass(frozen=True)
class Language:
    """One invented language.

    order: permutation of S(ubject) V(erb) O(bject) P(lace) D(ay). adjective_first, genitive_first: True if they stand
    before the noun. postpositions: False for prepositions. determiner: True if nouns have a definite article. case:
    True if objects have an accusative ending. cognates: share in [0, 1] of content words equal to those of the source
    (before transliteration). script: `latin` or `georgian`. words: content words by class. function: function words by
    meaning. accusative: ending, "" without case.
    """

    code: str
    order: str
    adjective_first: bool
    postpositions: bool
    genitive_first: bool
    determiner: bool
    case: bool
    cognates: float
    script: str = "latin"
    words: dict[str, list[str]] = field(default_factory=dict, compare=False)
    function: dict[str, str] = field(default_factory=dict, compare=False)
    accusative: str = field(default="", compare=False)


def _draw(count: int, rng: random.Random, taken: set[str], lengths: tuple[int, ...] = (2, 3)) -> list[str]:
    words: list[str] = []
    while len(words) < count:
        word = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice(lengths)))
        if word not in taken:
            taken.add(word)
            words.append(word)
    return words


def draw_names(rng: random.Random, taken: set[str]) -> dict[str, list[str]]:
    """Draw distinct capitalised names of persons, towns and companies, by kind, and add them to `taken`."""
    return {kind: [word.capitalize() for word in _draw(n, rng, taken)] for kind, n in NAME_COUNTS.items()}


def _borrow(words: list[str], source: list[str], share: float, rng: random.Random) -> list[str]:
    """Replace a share of the words, at random places, by those of the source language."""
    places = set(rng.sample(range(len(words)), round(share * len(words))))
    return [source[i] if i in places else word for i, word in enumerate(words)]


def build_languages(settings: dict[str, dict], seed: int) -> tuple[dict[str, Language], dict[str, list[str]]]:
    """Build the languages, by code, and draw the names, by kind.

    settings: `miniature.languages` of the configuration; the first language is the source.
    """
    rng = random.Random(f"{seed}/lexicon")
    taken: set[str] = {kind.lower() for kind in COMPANY_KINDS}
    names = draw_names(rng, taken)
    languages: dict[str, Language] = {}
    source: dict[str, list[str]] = {}
    for code, traits in settings.items():
        words = {name: _draw(n, rng, taken) for name, n in CLASS_SIZES.items()}
        function = _draw(len(FUNCTION_WORDS), rng, taken, (1, 2))
        suffix = rng.choice(SYLLABLES)
        if source:
            words = {name: _borrow(words[name], source[name], traits["cognates"], rng) for name in words}
        source = source or words
        script = str.maketrans(LATIN, GEORGIAN) if traits["script"] == "georgian" else {}
        languages[code] = Language(
            code=code,
            **traits,
            words={name: [word.translate(script) for word in ws] for name, ws in words.items()},
            function={name: word.translate(script) for name, word in zip(FUNCTION_WORDS, function, strict=True)},
            accusative=suffix.translate(script) if traits["case"] else "",
        )
    return languages, names
