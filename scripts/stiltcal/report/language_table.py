"""Build the appendix tables: task scores and errors of one target in each language."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..formats.results import rows_of, where
from .labels import METRICS_SHORT, intermediate_label, language_label, metric_label
from .latex import Block, number_tabular
from .printed import NOT_RUN, PrintedNumber, best_of, printed_numbers
from .tables import Table

_KEYS = ["language", "perturbation", "metric", "intermediate"]
_NUMBERS = ["estimate", "low", "high", "n", "difference_estimate", "p_holm", "lost"]


def language_table(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    target: str,
    task: Mapping,
    languages: Sequence[str],
    intermediates: Mapping[str, str],
    perturbation: str,
    metric: str,
    scaling: str,
    seed: str,
) -> Table:
    """Return a line for each language with the task score on clean text, and the error on clean and perturbed text.

    comparisons: with `lost` (`lost.mark_lost`). task: its `metrics`, of which the first is shown. intermediates: those
    that are compared, with the heading of each; the best of them in a cell is bold, and arrows mark significant
    differences from `none` in that language.
    """
    shown = [("clean", task["metrics"][0], "none"), ("clean", metric, scaling), (perturbation, metric, scaling)]
    rows = pd.concat(
        _with_changes(scores, comparisons, text, name, scaled, target=target, seed=seed)
        for text, name, scaled in dict.fromkeys(shown)
    )
    rows = rows[rows.language.isin(languages) & rows.intermediate.isin(list(intermediates))]
    numbers = printed_numbers(rows, _KEYS, "difference_estimate")
    lines = [(language_label(language), _line(numbers, language, shown, list(intermediates))) for language in languages]
    groups = [(_group(text, name, metric), len(intermediates)) for text, name, _ in shown]
    order = {language: place for place, language in enumerate(languages)}
    rows = rows.sort_values("language", key=lambda column: column.map(order), kind="stable")
    return Table(rows, number_tabular([*intermediates.values()] * len(shown), [Block("", lines)], groups=groups))


def compared(intermediate: str, best: str | None) -> dict[str, str]:
    """Return the intermediates of the table with their headings: none, the shown one, and the best of the target."""
    names = {"none": "none", intermediate: intermediate_label(intermediate)}
    if best is not None and best not in names:
        names[best] = f"{intermediate_label(best)} (best)"
    return names


def _with_changes(
    scores: pd.DataFrame, comparisons: pd.DataFrame, text: str, metric: str, scaling: str, *, target: str, seed: str
) -> pd.DataFrame:
    """Join scores of one text and metric with their differences from `none`."""
    keys = {"target": target, "perturbation": text, "metric": metric, "scaling": scaling}
    levels = rows_of(where(scores, **keys, seed=seed))
    changes = rows_of(where(comparisons, **keys, effect="intermediate"))
    changes = changes.rename(columns={"estimate": "difference_estimate"})
    on = [*_KEYS, "unit"]
    joined = levels.merge(changes[[*on, "difference_estimate", "p_holm", "lost"]], on=on, how="left")
    return joined[["target", *_KEYS, *_NUMBERS]]


def _line(
    numbers: Mapping[tuple, PrintedNumber],
    language: str,
    shown: Sequence[tuple[str, str, str]],
    intermediates: Sequence[str],
) -> list[PrintedNumber]:
    """Return the numbers of a language, the best of each group marked: of the first, scores, the highest."""
    line: list[PrintedNumber] = []
    for place, (text, metric, _) in enumerate(shown):
        group = [numbers.get((language, text, metric, name), NOT_RUN) for name in intermediates]
        line += best_of(group, highest=place == 0)
    return line


def _group(text: str, name: str, metric: str) -> str:
    if name != metric:
        return f"{METRICS_SHORT.get(name, metric_label(name))}, clean"
    return f"error, {'clean' if text == 'clean' else 'perturbed'}"
