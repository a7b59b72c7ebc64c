"""Confidences and probabilities as people have them: rounded, in single or half precision, off by last digits."""

import numpy as np
import pytest

from stiltcal.calibration.estimators import METRICS, classwise_ece
from stiltcal.calibration.sample import checked_confidence, checked_probabilities, decimals


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_low_precision_is_read_as_the_decimals_that_it_prints(kind):
    tenths = np.arange(11) / 10
    assert np.array_equal(decimals(tenths.astype(kind)), tenths)
    if kind == np.float32:
        assert np.array_equal(decimals(tenths.astype(kind).astype(float)), tenths), "written in double precision"


def test_double_precision_stays_as_it_is():
    values = np.random.default_rng(0).random(1000)
    assert np.array_equal(decimals(values), values)
    assert np.abs(decimals(values.astype(np.float32)) - values.astype(np.float32)).max() <= 3e-8


@pytest.mark.parametrize("bins", ["ece_width_10", "ece_width_15"])
@pytest.mark.parametrize("edge", [0.1 + 0.2, 1 - 0.8, 3 * 0.2, np.float32(0.2), np.float32(0.6), 0.20000000298023224])
def test_an_edge_that_is_off_by_its_last_digits_is_an_edge(bins, edge):
    """Below the edge lies a wrong answer, on it a right one, above it a wrong one: two share a bin, the lower ones."""
    exact = round(float(edge), 2)
    found, expected = ([exact - 0.01, each, exact + 0.01] for each in (edge, exact))
    assert METRICS[bins](found, [0, 1, 0]) == pytest.approx(METRICS[bins](expected, [0, 1, 0]), abs=1e-7)


def test_confidences_beyond_the_ends_by_rounding():
    assert checked_confidence([np.float32(1.0000001), -1e-9, 0.5]).tolist() == [1.0, 0.0, 0.5]
    with pytest.raises(ValueError, match=r"1\.00001 \(row 0\)"):
        checked_confidence([1.00001])


@pytest.mark.parametrize("places", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("classes", [3, 7])
def test_rounded_probabilities_are_taken_and_worse_ones_are_not(places, classes):
    rounded = np.round(np.random.default_rng(places).dirichlet(np.ones(classes), 500), places)
    assert (rounded.sum(axis=1) != 1).any()
    assert 0 <= classwise_ece(rounded, np.arange(500) % classes) <= 1
    rounded[7, 0] += (classes + 2) * 10.0**-places * (1 if rounded[7, 0] < 0.5 else -1)
    with pytest.raises(ValueError, match=r"the probabilities of row 7 do not sum to 1 but to .*; from .* is allowed"):
        checked_probabilities(np.round(rounded, places))


def test_the_message_about_a_sum_names_row_sum_and_what_is_allowed():
    with pytest.raises(ValueError, match=r"row 1 do not sum to 1 but to 0\.97; from 0\.985 to 1\.015 is allowed"):
        checked_probabilities([[0.5, 0.25, 0.25], [0.33, 0.32, 0.32]])


@pytest.mark.parametrize("kind", [np.float16, np.float32, float])
def test_probabilities_of_every_precision(kind):
    scores = np.random.default_rng(1).normal(size=(200, 40))
    softmax = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert np.allclose(checked_probabilities(softmax.astype(kind)), softmax, atol=3e-4)


def test_many_rounded_classes_still_have_a_sum():
    with pytest.raises(ValueError, match=r"from 0\.95 to 1\.05"):
        checked_probabilities(np.full((1, 1000), 0.01))
