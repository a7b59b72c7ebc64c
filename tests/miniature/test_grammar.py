"""Sentences and their gold trees."""

import pytest

from stiltcal.miniature.grammar import Clause
from stiltcal.miniature.realisation import realise
from stiltcal.miniature.supertags import supertags
from stiltcal.miniature.world import Event

EVENT = Event("Momo", ("act", 0), "Lulu", 2, thing=1, quality=3)
DEED = Event("Momo", ("deed", 1), "Lulu", 2, patient="Keke")


def _roles(sentence):
    return "".join(sorted(sentence.spans, key=lambda role: sentence.spans[role]))


@pytest.mark.parametrize("code", ["qaa", "qab", "qac", "qad", "qae", "qaf"])
def test_words_stand_in_the_order_of_the_language(miniature, code):
    language = miniature.languages[code]
    assert _roles(realise(Clause(EVENT), language)) == language.order


def test_case_ending_on_nouns_and_after_an_apostrophe_on_names(miniature):
    language = miniature.languages["qad"]
    thing = language.words["thing"][1] + language.accusative
    assert thing in realise(Clause(EVENT), language).text
    assert f"Keke'{language.accusative}" in realise(Clause(DEED), language).text
    assert language.accusative not in realise(Clause(DEED, passive=True), language).text.split("Keke")[1][:4]


def test_question_word_stands_for_the_asked_role(miniature):
    language = miniature.languages["qaa"]
    sentence = realise(Clause(EVENT, roles="OD", ask="P"), language)
    assert language.function["where"] in sentence.text and "Lulu" not in sentence.text
    assert sentence.text.endswith("?")


def test_answer_of_an_adjunct_is_without_its_adposition(miniature):
    for language in miniature.languages.values():
        sentence = realise(Clause(EVENT), language)
        first, last = sentence.words_of("P")
        assert sentence.text[first:last] == "Lulu"


@pytest.mark.parametrize("settings", [{}, {"passive": True}, {"front": "P"}, {"while_": DEED}, {"negated": True}])
def test_every_sentence_is_one_projective_tree_with_exact_offsets(miniature, settings):
    for language in miniature.languages.values():
        sentence = realise(Clause(EVENT, **settings), language)
        heads = [token.head for token in sentence.tokens]
        assert heads.count(0) == 1
        for token, (first, last) in zip(sentence.tokens, sentence.offsets, strict=True):
            assert sentence.text[first:last] == token.form
        arcs = [tuple(sorted((i, head))) for i, head in enumerate(heads, 1) if head]
        assert not [(a, b) for a in arcs for b in arcs if a[0] < b[0] < a[1] < b[1]], "crossing arcs"


def test_supertags_by_hand(miniature):
    sentence = realise(Clause(DEED), miniature.languages["qaa"])  # Momo deeds Keke in Lulu on day .
    assert supertags(sentence) == ["NP", "((S\\NP)/NP)", "NP", "(S\\S)/NP", "NP", "(S\\S)/NP", "NP", "."]
    verb_final = realise(Clause(DEED), miniature.languages["qad"])
    assert supertags(verb_final)[-2] == "((S\\NP)\\NP)"
