"""What a weaker perturbation changes, a stronger one changes in the same way."""

from dataclasses import replace

import pytest

from stiltcal.perturb.declaration import DECLARATIONS
from stiltcal.perturb.edit import Edit
from stiltcal.syntax.words import split_sentences

from .strategies import sentence
from .test_text import NAMES, perturb

SENTENCES = """
The DET 3 det Definite=Def
old ADJ 3 amod
cats NOUN 9 nsubj Number=Plur cat
and CCONJ 5 cc
dogs NOUN 3 conj Number=Plur dog
of ADP 7 case
Rome PROPN 3 nmod
often ADV 9 advmod
chased VERB 0 root _ chase
birds NOUN 9 obj Number=Plur bird
with ADP 12 case
legs NOUN 10 nmod Number=Plur leg
and CCONJ 14 cc
beaks NOUN 12 conj Number=Plur beak
in ADP 18 case
a DET 18 det
green ADJ 18 amod
park NOUN 9 obl
when SCONJ 21 mark
rain NOUN 21 nsubj
fell VERB 9 advcl _ fall
=. PUNCT 9 punct

The DET 2 det Definite=Def
dogs NOUN 3 nsubj Number=Plur dog
saw VERB 0 root _ see
birds NOUN 3 obj Number=Plur bird
that PRON 7 nsubj PronType=Rel
cats NOUN 7 obj Number=Plur cat
like VERB 4 acl
during ADP 9 case
summer NOUN 3 obl
in ADP 11 case
Rome PROPN 3 obl
=. PUNCT 3 punct

Dogs NOUN 2 nsubj Number=Plur dog
chased VERB 0 root Tense=Past|VerbForm=Fin|Mood=Ind chase
cats NOUN 2 obj Number=Plur cat
"""
TREES = [sentence(rows) for rows in SENTENCES.split("\n\n")]
GRADED = {name for name in NAMES if DECLARATIONS[name.partition("-")[0]].graded}
#: Their choice is a part of the stronger one's (`edit.some`); among more words, a word goes elsewhere or comes back.
ANEW = {"shuffle_words", "shuffle_ngrams-2"}
#: How much they edit follows from the measured distance, which need not grow with the strength in each sentence.
MATCHED = {name for name in GRADED if name.startswith("typos-")}


def changes(text, tree, name, seed):
    """What became of the words: which came in, and which were left out, or else what stands where, or how it is spelt.

    Tree orders: the new order of the dependents of each head.
    """
    new = perturb(text, [tree], name, seed=seed)
    return inserted(new) | changes_of_old(new, tree, name)


def inserted(new):
    """The words that came in, each with the number of the old one that it comes after; -1 at the beginning."""
    found, before = set(), -1
    for origin, (start, end) in zip(new.origins, new.new_spans, strict=True):
        if origin < 0:
            found.add((before, new.text[start:end].lower()))
        else:
            before = origin
    return found


def changes_of_old(new, tree, name):
    declared = DECLARATIONS[name.partition("-")[0]]
    order = [old for old, _ in new.map if not tree.punctuation[old]]
    words = [unit for unit, mark in enumerate(tree.punctuation) if not mark]
    if len(order) < len(words):
        return set(words) - set(order)
    if declared.family == "tree":
        members = {head: [u for u in words if u == head or tree.heads[u] == head] for head in words}
        moved = {head: tuple(sorted(units, key=order.index)) for head, units in members.items()}
        return {(head, units) for head, units in moved.items() if list(units) != members[head]}
    if declared.name == "displace_all":
        return {old for old, word in zip(order, words, strict=True) if old != word}
    spelt = {(old, new.text[slice(*new.new_spans[now])].lower()) for old, now in new.map}
    was = {(old, form.lower()) for old, form in enumerate(tree.forms)}
    return (spelt - was) | {(place, old) for place, old in zip(words, order, strict=True) if place != old}


@pytest.mark.parametrize("name", sorted(GRADED - ANEW - MATCHED))
def test_a_weaker_perturbation_changes_part_of_what_a_stronger_one_does(name):
    cells = [(text, tree, seed) for text, tree in TREES for seed in range(40)]
    found = [[changes(text, tree, f"{name}-{s}", seed) for s in (0.3, 0.6)] for text, tree, seed in cells]
    assert any(strong for _, strong in found), "it changes none of SENTENCES: add one that it changes"
    assert all(weak <= strong for weak, strong in found)
    assert any(weak for weak, _ in found) and any(weak < strong for weak, strong in found)


@pytest.mark.parametrize("name", sorted(MATCHED))
def test_fewer_matched_typos_are_among_those_of_more(name):
    for seed in range(40):
        text, tree = TREES[0]
        spelt = [perturb(text, [tree], f"{name}-{s}", seed=seed).text for s in (0.3, 0.6)]
        weak, strong = ({(k, c) for k, c in enumerate(new) if c != text[k]} for new in spelt)
        assert weak and (weak <= strong or strong <= weak)


def test_inserted_words_are_changes(monkeypatch):
    """Nothing moves, is left out or is spelt anew where words only come in."""

    def well(sentence, strength, rng, setting):
        return Edit([0, len(sentence), *range(1, len(sentence))], inserted=["well"])

    monkeypatch.setitem(DECLARATIONS, "well", replace(DECLARATIONS["reverse"], name="well", function=well))
    (tree,) = split_sentences("a b")
    assert changes("a b", tree, "well-1.0", seed=0) == {(0, "well")}
