"""The finding's sentences on distance and strength: they count what rises and falls by the sign of the slopes."""

import pandas as pd

from stiltcal.report.quotes import Quotes
from stiltcal.report.summaries import paragraphs

TARGETS = ("xquad", "mlqa", "tydiqa")
SHARED = {
    "intermediate": "none", "unit": "item", "scaling": "none", "metric": "ece_width_15", "measure": "reached",
    "languages": 5, "n": 9,
}  # fmt: skip


def rows(*slopes: float, **columns) -> pd.DataFrame:
    """What perturbations add to the error, in one target for each slope; with intervals of 0.1 on each side."""
    table = pd.DataFrame({"target": TARGETS, "slope": slopes, "line": [2, 3, 4]}).assign(**SHARED | columns)
    return table.assign(effect="perturbation", low=table.slope - 0.1, high=table.slope + 0.1)


def written(hierarchy: pd.DataFrame, strength: pd.DataFrame) -> list[str]:
    ends = {"slope_low": hierarchy.low, "slope_high": hierarchy.high}
    return paragraphs(Quotes(), hierarchy.assign(**ends).drop(columns=["low", "high", "measure"]), strength, "none")


def test_errors_rise_where_slopes_are_above_zero_and_fall_where_they_are_below():
    distance, strength = written(rows(0.3, -0.2, 0.1, p_holm=0.01), rows(-0.3, -0.2, 0.1, p_holm=0.01))
    begin = "what a perturbation adds to the error without intermediate training"
    assert f"{begin} rises with distance in two and falls in one of three targets" in distance
    assert "(the steepest slope, of XQuAD, is +0.300 [0.200, 0.400] per unit)" in distance
    tokens = "with the share of tokens moved or changed"
    assert f"{begin} rises {tokens} in one and falls in two of three targets" in strength
    assert "(most for XQuAD: by \N{MINUS SIGN}0.300 [" in strength


def test_slopes_that_are_not_significant_are_not_counted():
    distance, strength = written(rows(0.3, -0.2, 0.1, p_holm=[0.01, 0.2, 0.2]), rows(0.3, 0.2, 0.1, p_holm=0.05))
    assert "rises with distance in one and falls in none of three targets" in distance
    assert "is not shown to change with the share of tokens moved or changed in any of three targets" in strength
