"""Comparisons of cells of one language: which can be made, on which items, and what flips may be unseen in them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from stiltcal.calibration.estimate import effect_interval, level_interval, p_value
from stiltcal.formats.predictions import CellKey, Units
from stiltcal.scoring.cells import CalibrationMeasure, Resamples, TaskMeasure, over_seeds
from stiltcal.scoring.effects import LanguageCells


def units(items: np.ndarray) -> Units:
    """Items that are each a cluster, two of three right."""
    n = len(items)
    right, texts = np.arange(n) % 3 > 0, np.full(n, "a", dtype=object)
    return Units(
        item=items,
        cluster=items,
        position=np.zeros(n, dtype=int),
        correct=right,
        score=right.astype(float),
        selected=np.ones(n, dtype=bool),
        gold=texts,
        prediction=texts,
        answered=np.ones(n, dtype=bool),
        confidence={"none": np.linspace(0.2, 0.9, n)},
    )


def test_cells_without_a_common_item_are_not_compared():
    resamples = Resamples(20, 1, 40, seed=1)
    cells = {
        CellKey(intermediate, "1", "item", text, "en"): units(np.arange(start, start + 10))
        for intermediate in ("none", "anli")
        for text, start in (("clean", 0), ("shuffle", 10))
    }
    for measure in (
        CalibrationMeasure("item", "item", "none", ("ece_width_15", "brier"), resamples),
        TaskMeasure("item", "item", lambda u: {"accuracy": (u.correct, np.ones(10), u.cluster)}, resamples),
    ):
        effects = list(LanguageCells(cells, "en", measure, resamples).effects())
        assert {(change.effect, change.perturbation) for change, _ in effects} == {
            ("intermediate", "clean"),
            ("intermediate", "shuffle"),
        }
        assert all(scores.n == 10 for _, scores in effects)


def test_seeds_with_the_same_items_tell_nothing_more_of_other_items():
    """All 20 answers are right with every seed: the interval is that of one seed."""
    ones = np.ones(20)
    lows = []
    for n_seeds in (1, 2, 5):
        resamples = Resamples(20, n_seeds, 40, seed=1)
        measure = TaskMeasure("item", "item", lambda u: {"accuracy": (ones, ones, u.cluster)}, resamples)
        scores = over_seeds([measure.scores(units(np.arange(20)))] * n_seeds, resamples)
        lows.append(float(level_interval(scores.of_metric("accuracy"))[0]))
    assert 0.8 < lows[0] < 0.85 and lows == pytest.approx([lows[0]] * 3)


def test_confidences_in_single_precision_fall_into_the_same_bins_with_other_outcomes():
    """0.2 in single precision is above 0.2: as 0.2 it lies in the bin that ends there."""
    cell = units(np.arange(40))
    cell = replace(cell, confidence={"none": np.tile(np.float32([0.2, 0.25]), 20)})
    measure = CalibrationMeasure("item", "item", "none", ("ece_width_15",), Resamples(40, 1, 40, seed=1))
    (swapped,) = measure.with_outcomes(cell, [cell.correct], "ece_width_15")
    own = measure.scores(cell)
    assert float(swapped.of_metric("ece_width_15").value) == float(own.of_metric("ece_width_15").value)


def test_entities_are_compared_on_all_sentences_that_both_models_read():
    """`none` names an entity in each of the first ten sentences, the other model in each of the last ten of fifteen."""
    found = {"none": units(np.arange(10)), "anli": units(np.arange(5, 15))}
    found["anli"] = replace(found["anli"], confidence={"none": np.linspace(0.7, 0.95, 10)})
    cells = {CellKey(name, "1", "token", "clean", "en"): units(np.arange(15)) for name in found}
    cells |= {CellKey(name, "1", "entity", "clean", "en"): each for name, each in found.items()}
    measure = CalibrationMeasure("entity", "entity", "none", ("brier",), Resamples(15, 1, 40, seed=1))
    ((change, scores),) = LanguageCells(cells, "en", measure, measure.resamples).effects()
    brier = {name: np.mean((each.confidence["none"] - each.correct) ** 2) for name, each in found.items()}
    assert (change.effect, scores.n) == ("intermediate", 10)
    assert float(scores.of_metric("brier").value) == pytest.approx(brier["anli"] - brier["none"])


def test_where_no_answer_flips_a_difference_leaves_room_for_those_that_may():
    """Two of three answers are right, the same in all cells. A share of 1 - 0.025^(1/40) may flip (Clopper & Pearson),
    and in the interaction another such share; the two are combined by squares."""
    resamples = Resamples(40, 1, 60, seed=1)
    cells = {
        CellKey(intermediate, "1", "item", text, "en"): units(np.arange(40))
        for intermediate in ("none", "anli")
        for text in ("clean", "shuffle")
    }
    share = beta.ppf(0.975, 1, 40)
    expected = {"intermediate": share, "perturbation": share, "interaction": np.sqrt(2) * share}
    for metric, measure in {
        "signed_gap": CalibrationMeasure("item", "item", "none", ("signed_gap",), resamples),
        "accuracy": TaskMeasure("item", "item", lambda u: {"accuracy": (u.correct, np.ones(40), u.cluster)}, resamples),
    }.items():
        effects = list(LanguageCells(cells, "en", measure, resamples).effects())
        assert len(effects) == 5
        for change, scores in effects:
            found = scores.of_metric(metric)
            assert np.array(effect_interval(found)) == pytest.approx(np.array([-1, 1]) * expected[change.effect])
            assert p_value(found) == 1
