"""The languages' words: cognates, names, scripts."""

import pytest

from stiltcal.miniature.languages import CLASS_SIZES, build_languages

from .conftest import CONFIG


def test_cognate_share_is_what_was_asked(miniature):
    source = miniature.languages["qaa"]
    for code, language in miniature.languages.items():
        if code == "qaa" or language.script != "latin":
            continue
        shared = sum(
            a == b for name in CLASS_SIZES for a, b in zip(source.words[name], language.words[name], strict=True)
        )
        expected = sum(round(language.cognates * size) for size in CLASS_SIZES.values())
        assert shared == expected, code


def test_own_script_shares_no_word_with_the_source(miniature):
    source, other = miniature.languages["qaa"], miniature.languages["qaf"]
    words = {word for ws in (*source.words.values(), source.function.values()) for word in ws}
    assert not words & {word for ws in (*other.words.values(), other.function.values()) for word in ws}
    assert all("ა" <= letter <= "ჰ" for letter in other.words["thing"][0])


def test_no_two_words_of_a_language_are_alike(miniature):
    for language in miniature.languages.values():
        words = [word for ws in language.words.values() for word in ws] + list(language.function.values())
        assert len(words) == len(set(words))


def test_another_seed_gives_other_words():
    one, _ = build_languages(CONFIG["languages"], seed=1)
    two, _ = build_languages(CONFIG["languages"], seed=2)
    assert one["qaa"].words["thing"] != two["qaa"].words["thing"]


@pytest.mark.parametrize("code", ["qaa", "qad"])
def test_names_are_shared_by_all_languages(miniature, code):
    rows, _ = miniature.build("xquad", "qa", "test", miniature.languages[code])
    names = set(miniature.worlds["test"].persons)
    assert any(word.strip(".").partition("'")[0] in names for row in rows for word in row["context"].split())
