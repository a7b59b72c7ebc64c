"""Properties that every family keeps, on random trees; and worked examples."""

import random
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stiltcal.perturb.registry import parse_perturbation
from stiltcal.syntax.word_order import WordOrder

from .strategies import chased, trees

ORDERS = ["shuffle_words", "shuffle_ngrams-2", "shuffle_ngrams-3", "shuffle_local", "reverse", "displace_all"]
TREE_ORDERS = ["rotate_subtrees", "mirror_tree", "head_final", "head_initial"]


def perturb(sentence, name, seed=0, statistics=None):
    """The new order of the units; the old one where nothing changes."""
    perturbation = parse_perturbation(name)
    setting = perturbation.setting("en", statistics=statistics)
    edit = perturbation.declaration.function(sentence, perturbation.strength, random.Random(seed), setting)
    return edit.order if edit else list(range(len(sentence)))


def words(sentence, order):
    return " ".join(sentence.forms[i] for i in order)


@given(
    trees(), st.sampled_from([*ORDERS, "shuffle_phrase", *TREE_ORDERS]), st.sampled_from([0.0, 0.3, 1.0]), st.integers()
)
def test_orders_are_permutations_and_final_punctuation_stays(sentence, name, strength, seed):
    order = perturb(sentence, f"{name}-{strength}", seed)
    assert sorted(order) == list(range(len(sentence)))
    if strength == 0:
        assert order == list(range(len(sentence)))
    if sentence.punctuation[-1]:
        assert order[-1] == len(sentence) - 1


@given(trees(), st.sampled_from([*ORDERS, "shuffle_phrase"]), st.integers())
def test_controls_leave_punctuation_where_it_is(sentence, name, seed):
    order = perturb(sentence, f"{name}-1.0", seed)
    assert all(order[i] == i for i, mark in enumerate(sentence.punctuation) if mark)


@given(trees(), st.sampled_from(TREE_ORDERS), st.integers())
def test_tree_orders_keep_every_subtree_in_one_piece(sentence, name, seed):
    order = perturb(sentence, f"{name}-1.0", seed)
    if order == list(range(len(sentence))):
        return  # nothing moved; a tree that is not projective stays so
    place = {unit: k for k, unit in enumerate(order)}
    for head in range(len(sentence)):
        places = sorted(place[unit] for unit in subtree(sentence, head))
        assert places == list(range(places[0], places[0] + len(places)))


def subtree(sentence, head):
    return [head, *(unit for below in sentence.dependents()[head] for unit in subtree(sentence, below))]


@given(trees(), st.integers())
def test_no_word_keeps_its_place(sentence, seed):
    order = perturb(sentence, "displace_all-1.0", seed)
    moving = [i for i, mark in enumerate(sentence.punctuation) if not mark]
    assert len(moving) < 2 or all(order[i] != i for i in moving)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reverse-1.0", "park the in cat a chased dog big The ."),
        ("mirror_tree-1.0", "cat a park in the chased dog The big ."),
        ("head_final-1.0", "The big dog a cat in the park chased ."),
        ("head_initial-1.0", "chased dog The big cat a park in the ."),
    ],
)
def test_worked_examples(name, expected):
    sentence = chased()
    assert words(sentence, perturb(sentence, name)) == expected


def test_rotation_keeps_function_words_in_place():
    sentence = chased()
    seen = {words(sentence, perturb(sentence, "rotate_subtrees-1.0", seed)) for seed in range(60)}
    assert len(seen) == 23  # orders of verb, subject, object and place, but the old one
    for new in seen:
        assert "The dog big" in new and "a cat" in new and "in the park" in new


def test_phrases_stay_where_they_are():
    sentence = chased()
    for seed in range(20):
        order = perturb(sentence, "shuffle_phrase-1.0", seed)
        assert sorted(order[:3]) == [0, 1, 2] and order[3] == 3 and sorted(order[4:6]) == [4, 5]
        assert order != list(range(10))


def test_windows_are_local():
    sentence = chased()
    order = perturb(sentence, "shuffle_local-1.0", 3)
    assert all(sorted(order[i : i + 3]) == [i, i + 1, i + 2] for i in (0, 3, 6))


def test_ngrams_change_places_as_wholes():
    """Three of three words: every order but the old one. The last one of two words may be shorter."""
    sentence = chased()
    old = "The big dog", "chased a cat", "in the park"
    seen = {words(sentence, perturb(sentence, "shuffle_ngrams-3-1.0", seed)) for seed in range(60)}
    assert seen == {" ".join([*new, "."]) for new in permutations(old) if new != old}
    for seed in range(20):
        order = perturb(sentence, "shuffle_ngrams-2-1.0", seed)
        assert order != list(range(10))
        assert set(pairwise(order)) >= {(0, 1), (2, 3), (4, 5), (6, 7)}


ALL_LEFT = {"nsubj": 1.0, "obj": 1.0, "obl": 1.0}
ALL_RIGHT = dict.fromkeys(ALL_LEFT, 0.0)


@pytest.mark.parametrize(
    ("left", "side", "from_nearest", "expected"),
    [
        ({"V": ALL_LEFT}, "left", ["obj", "obl", "nsubj"], "The big dog in the park a cat chased ."),
        ({"V": ALL_RIGHT}, "right", ["obl", "obj", "nsubj"], "chased in the park a cat The big dog ."),
        ({"V": ALL_LEFT}, "left", [], "in the park a cat The big dog chased ."),  # as near as they were
        ({"V": {"obl": 1.0}}, "left", [], "in the park The big dog chased a cat ."),  # the others keep their sides
        ({"N": {"det": 0.0, "case": 0.0}}, "right", ["case", "det"], "big dog The chased cat a park in the ."),
    ],
)
def test_dependents_stand_as_in_the_other_language(left, side, from_nearest, expected):
    """On the side that the other language prefers, and there from the head outwards."""
    (kind,) = left
    ranks = {relation: rank for rank, relation in enumerate(from_nearest)}
    nearer = {(one, other): float(ranks[one] < ranks[other]) for one, other in permutations(from_nearest, 2)}
    statistics = WordOrder("hi", left, {kind: {side: nearer}}, {})
    sentence = chased()
    order = perturb(sentence, f"reorder_like-hi@{kind}-1.0", statistics=statistics)
    assert words(sentence, order) == expected
    others = {"N": "V", "V": "N"}[kind]
    assert perturb(sentence, f"reorder_like-hi@{others}-1.0", statistics=statistics) == list(range(10))
