"""Worked examples of conjuncts that change places: what goes with them, and what keeps them where they are."""

import pytest

from .test_wording import perturb


def conjuncts(first: str, second: str, language: str, cc: str = "and", upos: str = "NOUN") -> str:
    """Perturb `first cc second`; `*` marks the conjuncts, on which other words depend, and `=` glues to the left."""
    words = [*first.split(), cc, *second.split()]
    one, other = (k + 1 for k, word in enumerate(words) if "*" in word)
    rows = []
    for place, word in enumerate(words, 1):
        own = one if place <= len(first.split()) else other
        if word == cc:
            rest = f"CCONJ {other} cc"
        elif "*" in word:
            rest = f"{upos} {0 if own == one else one} {'root' if own == one else 'conj'}"
        else:
            rest = f"PUNCT {own} punct" if '"' in word else f"ADP {own} case"
        rows.append(f"{word.replace('*', '')} {rest}")
    return perturb("\n".join(rows), "swap_conjuncts", language)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("in *Rome", "in *Paris", "in Paris and in Rome"),
        ("in *Rome", "*Paris", "in Paris and Rome"),
        ("*Rome", "in *Paris", "Rome and in Paris"),
        ('" =*Emma ="', '" =*Lady ="', '"Lady" and "Emma"'),
        ('" =*Emma', "*Lady", '"Lady and Emma'),
        ('*Emma ="', "*Lady", 'Emma" and Lady'),
    ],
)
def test_adpositions_and_quotes_go_with_their_conjuncts(first, second, expected):
    """Nothing moves if only one has its own."""
    assert conjuncts(first, second, "en", upos="PROPN") == expected


@pytest.mark.parametrize(
    ("first", "cc", "second", "moves"),
    [
        ("gatos", "y", "perros", True),
        ("padre", "e", "hijo", False),
        ("hijo", "y", "sucesor", False),
        ("oro", "o", "plata", False),
        ("plata", "u", "oro", False),
    ],
)
def test_spanish_conjunctions_fit_the_next_sound(first, cc, second, moves):
    found = conjuncts(f"*{first}", f"*{second}", "es", cc)
    assert found == (f"{second} {cc} {first}" if moves else f"{first} {cc} {second}")
