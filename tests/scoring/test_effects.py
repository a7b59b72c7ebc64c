"""Comparisons of cells of one language: which can be made."""

import numpy as np

from stiltcal.formats.predictions import CellKey, Units
from stiltcal.scoring.cells import CalibrationMeasure, Resamples, TaskMeasure
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
