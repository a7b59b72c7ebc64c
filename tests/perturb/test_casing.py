"""Casing rules of languages, at the beginning of a sentence and away from it."""

import pytest

from stiltcal.perturb.casing import only_first_is_capital, with_capital, without_capital
from stiltcal.perturb.registry import parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import writing_of
from stiltcal.syntax.words import split_sentences

from .strategies import sentence_from

BOTH_WAYS = [
    ("nl", "ijs", "IJs"),
    ("nl", "ij", "IJ"),
    ("nl", "íj\u0301s", "ÍJ\u0301s"),
    ("nl", "ĳs", "Ĳs"),
    ("nl", "in", "In"),
    ("en", "ijs", "Ijs"),
    ("tr", "için", "İçin"),
    ("tr", "ılık", "Ilık"),
    ("az", "istəyirəm", "İstəyirəm"),
    ("crh", "iş", "İş"),
    ("en", "it", "It"),
    ("lt", "i\u0307\u0300", "Ì"),
    ("lt", "j\u0307\u0303ūs", "J\u0303ūs"),
    ("lt", "ir", "Ir"),
    ("hr", "ǆep", "ǅep"),
    ("hr", "ǌegov", "ǋegov"),
    ("hr", "džep", "Džep"),
    ("el", "σας", "Σας"),
    ("el", "ό", "Ό"),
    ("el", "ᾳσμα", "ᾼσμα"),
    ("hy", "և", "Եվ"),
    ("de", "über", "Über"),
    ("ru", "ёлка", "Ёлка"),
]


@pytest.mark.parametrize(("language", "small", "capital"), BOTH_WAYS)
def test_first_letters_by_language(language, small, capital):
    assert with_capital(small, language) == capital
    assert without_capital(capital, language) == small
    assert only_first_is_capital(capital, language) and not only_first_is_capital(small, language)


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("de", "ßx"),
        ("ka", "და"),
        ("hi", "यह"),
        ("zh", "这"),
        ("ar", "هذا"),
        ("he", "זה"),
        ("th", "นี่"),
        ("en", "ﬁn"),
        ("fr", "9e"),
    ],
)
def test_what_has_no_capital_of_one_character_stays(language, form):
    assert with_capital(form, language) == form == without_capital(form, language)


def test_more_capitals_are_no_beginning():
    assert not only_first_is_capital("NAVO", "nl") and not only_first_is_capital("IJSLAND", "nl")
    assert without_capital("I\u0307stanbul", "tr") == "istanbul"
    assert without_capital("Եվրոպա", "hy") == "եվրոպա"


def reversed_text(language, text, *, others=()):
    perturbation = parse_perturbation("reverse-1.0")
    writing = writing_of(language, [text, *others], [])
    setting = perturbation.setting(language)
    return perturb_text(text, split_sentences(text), perturbation, setting, seed=0, text_id="x", writing=writing).text


@pytest.mark.parametrize(
    ("language", "text", "others", "expected"),
    [
        ("nl", "De kinderen eten ijs.", ["Hij ziet de zon."], "IJs eten kinderen de."),
        ("nl", "IJs eten wij.", ["Wij eten ijs."], "Wij eten ijs."),
        ("tr", "Irmak iyi.", ["Bu ırmak iyi."], "İyi ırmak."),
        ("el", "Σας είδα.", ["Είδα σας."], "Είδα σας."),
        ("hr", "ǅep ima.", ["Ima ǆep."], "Ima ǆep."),
        ("ka", "ეს წიგნი.", [], "წიგნი ეს."),
        ("hy", "Անին և.", ["Նա Անին."], "Եվ Անին."),
    ],
)
def test_sentences_begin_as_their_language_does(language, text, others, expected):
    assert reversed_text(language, text, others=others) == expected


@pytest.mark.parametrize(("language", "clitic"), [("nl", "'t"), ("nl", "’s"), ("af", "'n"), ("af", "ŉ")])
def test_clitics_stay_small_and_the_next_word_is_capital(language, clitic):
    sentence = sentence_from(["Man", "loop", clitic], [1, -1, 1], upos=["NOUN", "VERB", "DET"])
    sentence.lemmas[0] = "man"
    perturbation = parse_perturbation("reverse-1.0")
    writing = writing_of(language, [], [sentence])
    setting = perturbation.setting(language)
    text = f"Man loop {clitic}"
    new = perturb_text(text, [sentence], perturbation, setting, seed=0, text_id="x", writing=writing)
    assert new.text == f"{clitic} Loop man"


def test_a_clitic_at_the_beginning_is_not_what_lost_its_capital():
    assert reversed_text("nl", "'s Avonds gaat hij.", others=["Hij gaat avonds."] * 9).startswith("'Hij gaat avonds")
