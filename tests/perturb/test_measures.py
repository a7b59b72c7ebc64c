import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau
from torchmetrics.functional.text import chrf_score, edit_distance

from stiltcal.formats.perturbed import MEASURES
from stiltcal.perturb import measures
from stiltcal.perturb.distance import levenshtein
from stiltcal.perturb.render import Rendered

from .strategies import chased, sentence_from

TEXT = st.text(alphabet="abc d", max_size=30)
ORDER = st.integers(2, 12).flatmap(lambda n: st.permutations(range(n)))


def test_the_measures_of_an_item_are_the_columns_of_its_file():
    assert tuple(measures.measure([], [("", "")])) == MEASURES


@given(ORDER)
def test_kendall_tau_is_scipys(order):
    assert measures.kendall_tau(order) == pytest.approx(kendalltau(range(len(order)), order).statistic)


@given(TEXT, TEXT)
def test_levenshtein_is_torchmetrics(first, second):
    assert levenshtein(first, second) == int(edit_distance([first], [second], reduction="sum"))


@given(st.text(alphabet="abcd", min_size=1, max_size=30), st.text(alphabet="abcd", min_size=1, max_size=30))
def test_chrf_of_one_order_is_torchmetrics(reference, text):
    """With more orders they differ: torchmetrics averages F-scores, Popović and sacreBLEU precisions and recalls."""
    theirs = float(chrf_score([text], [[reference]], n_char_order=1, n_word_order=0, beta=2.0))
    assert measures.chrf(reference, text, longest=1) == pytest.approx(theirs, abs=1e-5)


def test_chrf_by_hand():
    # 1-grams: 3 of 3 and 3 of 4; 2-grams (ab, bc; ab, bc, cd): 2 of 2 and 2 of 3
    precision, recall = (1 + 1) / 2, (3 / 4 + 2 / 3) / 2
    expected = 5 * precision * recall / (4 * precision + recall)
    assert measures.chrf("ab cd", "abc", longest=2) == pytest.approx(expected)
    assert measures.chrf("ab", "ab") == 1
    assert measures.chrf("ab", "cd") == measures.chrf("ab", "") == 0


@pytest.mark.parametrize(
    ("order", "dnd", "broken", "idc"),
    [
        ([0, 1, 2, 3], 0.0, 0.0, 0.0),
        ([3, 2, 1, 0], 1.0, 0.0, 8 / 16),
        ([2, 3, 0, 1], 1 / 3, 1 / 3, 8 / 16),
        ([1, 0, 2, 3], 2 / 3, 1 / 3, 2 / 16),
        ([0], 0.0, 0.0, 0.0),
    ],
)
def test_displacement_by_hand(order, dnd, broken, idc):
    assert measures.direct_neighbour_displacement(order) == pytest.approx(dnd)
    assert measures.broken_neighbours(order) == pytest.approx(broken)
    assert measures.index_displacement(order) == pytest.approx(idc)


def test_dependency_length_by_hand():
    sentence = chased()  # The(2) big(1) dog(1) chased a(1) cat(2) in(2) the(1) park(5)
    moved = [5, 4, 6, 7, 8, 3, 0, 1, 2, 9]  # cat a in the park chased The big dog .
    # now: The 2, big 1, dog 3, a 1, cat 5, in 2, the 1, park 1
    assert measures.dependency_length_change(sentence, moved) == pytest.approx((16 - 15) / 8)
    assert measures.dependency_length_change(sentence, [0, 1, 2, 3]) == 0


def row_of(count):
    """A sentence of so many words, each but the first below the one before."""
    return sentence_from("abcdef"[:count], range(-1, count - 1))


def in_order(origins, rewritten=()):
    return Rendered("", list(origins), [], [], {}, set(rewritten))


def test_longer_sentences_weigh_more():
    """Two words change places, and six words stay: the means are over eight words."""
    found = measures.measure([(row_of(2), in_order([1, 0])), (row_of(6), in_order(range(6)))], [("a", "a")])
    assert found["reached"] == found["dnd"] == 2 / 8
    assert found["kendall_tau"] == (2 * -1 + 6 * 1) / 8
    assert (found["idc"], found["broken_neighbours"]) == (2 / 8 * 2 / 4, 0)


@pytest.mark.parametrize(
    ("origins", "rewritten", "share"),
    [
        ([0, 1, 2, 3], [], 0),
        ([0, 1, 3], [], 1 / 4),
        ([0, -1, 1, 2, 3], [], 1 / 4),
        ([0, 1, 2, 3], [2], 1 / 4),
        ([1, 0, 2, 3], [0], 2 / 4),  # moved and rewritten, but one word
        ([1, 0, 3], [3], 1),
        ([1, 0, -1, -1, 3], [3], 1),  # six changes of four words
    ],
)
def test_what_was_reached_by_hand(origins, rewritten, share):
    """Words that were moved, rewritten, deleted (2 is missing) or inserted (-1)."""
    assert measures.reached(row_of(4), in_order(origins, rewritten)) == share
