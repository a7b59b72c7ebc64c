import pytest
from hypothesis import given
from hypothesis import strategies as st

from stiltcal.syntax.sentence import ROOT, Sentence, joined


def sentence(heads, text="a b c d e f g h"):
    forms = text.split()[: len(heads)]
    starts = [2 * i for i in range(len(heads))]
    rows = [[value] * len(heads) for value in ("dep", "NOUN", "_", "_")]
    return Sentence(forms, starts, [s + 1 for s in starts], [False] * len(heads), list(heads), *rows), text


@st.composite
def heads(draw):
    count = draw(st.integers(1, 8))
    order = draw(st.permutations(range(count)))
    found = [ROOT] * count
    for k in range(1, count):
        found[order[k]] = order[draw(st.integers(0, k - 1))]
    return found


def is_tree(heads):
    def reaches_root(unit, steps=0):
        return heads[unit] == ROOT or (steps < len(heads) and reaches_root(heads[unit], steps + 1))

    return heads.count(ROOT) == 1 and all(map(reaches_root, range(len(heads))))


@given(heads(), st.data())
def test_merged_units_still_form_a_tree(found, data):
    first = data.draw(st.integers(0, len(found) - 1))
    end = data.draw(st.integers(first + 1, len(found)))
    tokens, text = sentence(found)
    units = tokens.merged([(first, end)], text)
    assert len(units) == len(found) - (end - first) + 1
    assert is_tree(units.heads)
    assert units.forms[first] == " ".join(tokens.forms[first:end])


def test_a_unit_stands_where_its_highest_token_stood():
    tokens, text = sentence([1, ROOT, 3, 1])  # a <- b -> d, d -> c
    assert tokens.depths() == [1, 0, 2, 1]
    units = tokens.merged([(2, 4)], text)
    assert units.heads == [1, ROOT, 1]
    assert units.spans() == [(0, 1), (1, 2), (2, 4)]


def test_a_unit_is_negated_where_one_of_its_tokens_is():
    tokens, text = sentence([1, ROOT, 1])
    tokens.feats = ["Polarity=Neg", "Mood=Ind|Polarity=Pos", "_"]
    assert tokens.merged([(0, 2)], text).feats == ["Mood=Ind|Polarity=Neg", "_"]
    assert tokens.merged([(1, 3)], text).feats == ["Polarity=Neg", "Mood=Ind|Polarity=Pos"]
    tokens.lemmas[2] = "not"
    assert tokens.merged([(1, 3)], text).feats == ["Polarity=Neg", "Mood=Ind|Polarity=Neg"]


def test_sentences_join_below_the_first_root():
    first, _ = sentence([1, ROOT])
    second, _ = sentence([ROOT, 0])
    both = joined(first, second)
    assert both.heads == [1, ROOT, 1, 2]
    assert both.deprels[2] == "parataxis"


@pytest.mark.parametrize("words", [1, 3])
def test_dependents(words):
    found, _ = sentence([ROOT] + [0] * (words - 1))
    assert found.dependents() == [list(range(1, words))] + [[]] * (words - 1)
