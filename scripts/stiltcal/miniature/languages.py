"""The invented languages: word order, morphology and words.

Content words of a language are partly cognate with the source language's; names are shared by all. A language with a
script of its own writes its words, but not the names, in other letters, so that it shares no word with the source.
"""

import random
from dataclasses import dataclass, field

SYLLABLES = tuple("ba ke li mo nu ra se ti vo zu pa de gi lo mu sha tor fen kil nar".split())
LATIN, GEORGIAN = "abdefgiklmnoprstuvzh", "აბდეფგიკლმნოპრსტუვზჰ"

#: Kinds of things, and how many things each has. Every act is done to things of one kind: what one can eat is food.
THING_KINDS, THINGS_PER_KIND, ACTS_PER_KIND = 5, 6, 3
CLASS_SIZES = {
    "thing": THING_KINDS * THINGS_PER_KIND,
    "act": THING_KINDS * ACTS_PER_KIND,
    "deed": 8,
    "quality": 12,
    "day": 7,
}
FUNCTION_WORDS = tuple("the in on of by and while not become who what where when yes no unknown".split())
NAME_COUNTS = {"person": 120, "town": 50, "company": 20}
COMPANY_KINDS = ("Dumo", "Feska", "Rulin")


@dataclass(frozen=True)
class Language:
    """One invented language.

    `order` is a permutation of S(ubject) V(erb) O(bject) P(lace) D(ay); `cognates` the share of content words in
    common with the source; `script` is `latin` or `georgian`.
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
    """Names of persons, towns and companies, shared by all languages; capitalised, no two alike."""
    return {kind: [word.capitalize() for word in _draw(n, rng, taken)] for kind, n in NAME_COUNTS.items()}


def _borrow(words: list[str], source: list[str], share: float, rng: random.Random) -> list[str]:
    """Replace a fixed share of the words, at random places, by the source's."""
    places = set(rng.sample(range(len(words)), round(share * len(words))))
    return [source[i] if i in places else word for i, word in enumerate(words)]


def build_languages(settings: dict[str, dict], seed: int) -> tuple[dict[str, Language], dict[str, list[str]]]:
    """Languages by code, and the names, from `miniature.languages` of the configuration; the first is the source."""
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
