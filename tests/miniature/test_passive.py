"""`passivize` in the invented languages says what the grammar itself says in the passive."""

import random
from dataclasses import replace

import pytest

import generate_treebank
import measure_word_order
from stiltcal.miniature.generate import write_trees
from stiltcal.miniature.grammar import Clause
from stiltcal.miniature.realisation import realise
from stiltcal.miniature.world import draw_events
from stiltcal.perturb.registry import PerturbationError, parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import Writing
from stiltcal.syntax.trees import read_blocks
from stiltcal.syntax.word_order import read_word_order

from .conftest import CONFIG

PASSIVIZE = parse_perturbation("passivize-1.0")


@pytest.fixture(scope="module", params=list(CONFIG["languages"]))
def word_order(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("treebank")
    treebank, path = str(folder / "treebank.conllu"), str(folder / "order.json")
    settings = {"languages": CONFIG["languages"], "facts": CONFIG["facts"], "sizes": {"train": 600}, "seed": 1}
    generate_treebank.main(treebank=treebank, language=request.param, **settings)
    measure_word_order.main(treebanks=[treebank], word_order=path, language=request.param)
    return read_word_order(path)


def clauses(miniature) -> list[Clause]:
    """Plain, negated, with fewer roles, with a clause of time."""
    rng = random.Random(1)
    events = [event for _ in range(10) for event in draw_events(rng, miniature.worlds["test"], 4)]
    forms = [{}, {"negated": True}, {"roles": "O"}, {"roles": "OP"}, {"while_": events[0]}]
    return [Clause(event, **forms[number % len(forms)]) for number, event in enumerate(events)]


def passive(sentences, word_order, folder, spans=()):
    write_trees(folder / "active.conllu", {(str(i), "text"): [each] for i, each in enumerate(sentences)})
    blocks = list(read_blocks(folder / "active.conllu"))
    setting = PASSIVIZE.setting(word_order.language, statistics=word_order)
    told = {"setting": setting, "seed": 0, "text_id": "0", "writing": Writing(word_order.language, capitals=False)}
    return [
        perturb_text(block.text, [block.local_tokens], PASSIVIZE, **told, spans=spans and [spans[i]]).text
        for i, block in enumerate(blocks)
    ]


def test_it_is_the_passive_of_the_grammar(miniature, word_order, tmp_path):
    language, active = miniature.languages[word_order.language], clauses(miniature)
    expected = [realise(replace(clause, passive=True), language).text for clause in active]
    assert passive([realise(clause, language) for clause in active], word_order, tmp_path) == expected


def test_a_passive_and_a_question_stay(miniature, word_order, tmp_path):
    language = miniature.languages[word_order.language]
    (event,) = draw_events(random.Random(1), miniature.worlds["test"], 1)
    others = [realise(Clause(event, passive=True), language), realise(Clause(event, ask="S"), language)]
    assert passive(others, word_order, tmp_path) == [each.text for each in others]


def test_an_answer_keeps_its_case(miniature, word_order, tmp_path):
    """And with it the sentence stays as it is, where the language has cases."""
    language = miniature.languages[word_order.language]
    (event,) = draw_events(random.Random(1), miniature.worlds["test"], 1, deeds=1.0)
    sentence = realise(Clause(event), language)
    first, last = sentence.spans["O"]
    span = (sentence.offsets[first][0], sentence.offsets[last - 1][1])
    (text,) = passive([sentence], word_order, tmp_path, [span])
    assert (text == sentence.text) == language.case


def test_typos_are_matched_to_it_where_it_can_be_had(word_order):
    matched = parse_perturbation("typos-passivize-1.0")
    assert matched.word_order_of(word_order.language) == word_order.language
    assert "tagging" not in matched.fields and matched.fields["qa"] == ("context", "question")
    assert "passivize-1.0 has rules for" in matched.unavailable("de", has_trees=True)
    assert matched.unavailable(word_order.language, has_trees=True) is None


def test_a_treebank_with_few_passives_is_refused(word_order):
    few = replace(word_order, passive={"auxiliary": word_order.passive["auxiliary"]})
    with pytest.raises(PerturbationError, match=f"needs 20 passives in the treebank of {few.language}; it has fewer"):
        PASSIVIZE.check_word_order(few.language, few)


def test_another_languages_words_are_refused(word_order):
    with pytest.raises(PerturbationError, match=r"needs the word order of qaz, .*; found: qa[a-f]"):
        PASSIVIZE.check_word_order("qaz", word_order)
    assert "rules for en, es and invented languages (qaa to qaz) only" in PASSIVIZE.unavailable("de", has_trees=True)
