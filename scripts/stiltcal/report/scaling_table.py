"""Build the table that compares scalings: a frozen temperature, a refitted one, and the others."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..formats.results import rows_of
from .labels import SCALINGS, intermediate_label, perturbation_label, report_order, target_label
from .printed import PrintedNumber
from .tables import CalibrationGrid

_KEYS = ["perturbation", "intermediate", "scaling", "target"]


def scaling_rows(
    scores: pd.DataFrame, *, intermediates: Sequence[str], perturbations: Sequence[str], metric: str, seed: str
) -> pd.DataFrame:
    """Select the zero-shot rows of `scores.csv` for the table, in its order."""
    rows = rows_of(scores, language="zero_shot", metric=metric, seed=seed)
    rows = rows_of(rows, intermediate=list(intermediates), perturbation=list(perturbations))
    order = {"intermediate": list(intermediates), "perturbation": list(perturbations), "scaling": list(SCALINGS)}
    rows = rows.sort_values(_KEYS, key=lambda names: names.map(order.get(names.name, sorted(set(names))).index))
    return rows[[*_KEYS, "metric", "unit", "value", "estimate", "low", "high", "n"]]


def scaling_grid(rows: pd.DataFrame, targets: Mapping[str, dict]) -> CalibrationGrid:
    """Arrange errors: a block for each text and intermediate task, a line for each scaling, a column a target."""
    ordered = report_order(targets)
    found = {tuple(row[key] for key in _KEYS): _cell(row) for row in rows.to_dict("records")}
    names = list(rows.scaling.unique())
    blocks = [
        (
            perturbation_label(text) if task == "none" else f"{perturbation_label(text)}, {intermediate_label(task)}",
            [(name, [found.get((text, task, name, target), _cell({})) for target in ordered]) for name in names],
        )
        for text in rows.perturbation.unique()
        for task in rows.intermediate.unique()
    ]
    return CalibrationGrid([target_label(target) for target in ordered], blocks)


def _cell(row: Mapping) -> PrintedNumber:
    known = {name: value for name, value in row.items() if pd.notna(value)}
    return PrintedNumber(known.get("estimate"), known.get("low"), known.get("high"), known.get("n"), mark="")
