"""The error on the items that two models answer alike."""

from dataclasses import replace

import numpy as np
import pytest

from stiltcal.formats.predictions import CellKey
from stiltcal.scoring.cells import CalibrationMeasure, Resamples
from stiltcal.scoring.effects import Change, LanguageCells
from stiltcal.scoring.matched import matched

from .test_effects import units

CHANGE = Change("intermediate", "anli", "clean", ((1, ("anli", "clean"), ("none", "clean")),))


def test_items_without_an_answer_of_either_model_are_left_out_of_both():
    """As in mining: `none` has no answer to the first three, the other model none to the last two of twelve."""
    items = np.arange(12)
    none = replace(units(items), answered=items > 2)
    other = replace(units(items), answered=items < 10, confidence={"none": np.linspace(0.95, 0.4, 12) ** 2})
    other = replace(other, correct=np.where(items == 6, ~none.correct, none.correct))
    resamples = Resamples(12, 1, 40, seed=1)
    measure = CalibrationMeasure("item", "item", "none", ("brier",), resamples)
    cells = {CellKey(name, "1", "item", "clean", "en"): each for name, each in (("none", none), ("anli", other))}
    found = matched(LanguageCells(cells, "en", measure, resamples), measure, CHANGE)
    both = np.array([3, 4, 5, 7, 8, 9])
    before, after = (np.mean((each.confidence["none"] - each.correct)[both] ** 2) for each in (none, other))
    assert found.n == 6
    assert float(found.of_metric("brier").value) == pytest.approx(after - before)
