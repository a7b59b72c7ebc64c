"""Draw the calibration error of each language, in the order of their distance from the source language."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from ..formats.results import rows_of
from .labels import error_label, language_label, report_order, target_label
from .levels import draw_levels, level_handles
from .panels import Layout, common_label, label_height, panels
from .style import Head, appearance, house_style, plain_text

#: Inches that the label of a language needs, with the space beside it.
_LETTERS, _BESIDE = 0.06, 0.07
_ORDER = "language, by distance of its word order from the source language"


def draw_by_language(
    scores: pd.DataFrame,
    distances: pd.DataFrame,
    *,
    targets: dict[str, dict],
    intermediates: Sequence[str],
    perturbation: str,
    languages: Sequence[str],
    metric: str,
    scaling: str,
    seed: str,
) -> Figure:
    """Draw a panel for each target, with the error on clean and on perturbed text in each of its languages.

    `scores` and `distances` are the tables of these names. languages: the source language first; the others are drawn
    in the order of `distances`, and those without a distance last. intermediates: one or two phases. Lines are 95 %
    intervals.
    """
    keys = {"metric": metric, "scaling": scaling, "seed": seed, "intermediate": intermediates}
    rows = rows_of(scores, **keys, perturbation=["clean", perturbation], language=languages)
    ordered = _ordered(languages, distances)
    with house_style():
        head = Head(f"{error_label(metric)} by language", level_handles(intermediates, perturbation))
        columns = _columns(ordered, rows)
        figure, axes = panels(len(targets), columns, Layout(0.95, bottom=0.22 + label_height(_ORDER), gap=0.3), head)
        for axis, target in zip(axes, report_order(targets), strict=True):
            part = rows[rows.target == target]
            there = [language for language in ordered if language in set(part.language)]
            draw_levels(axis, part, "language", there, intermediates)
            axis.set_xticks(range(len(there)), [plain_text(language_label(name)) for name in there])
            axis.set_title(plain_text(target_label(target)))
        common_label(figure, _ORDER)
    return figure


def _columns(languages: Sequence[str], rows: pd.DataFrame) -> int:
    """Return how many panels stand side by side, so that the labels of the languages do not touch."""
    most = max(rows.groupby("target").language.nunique(), default=1)
    needed = most * (_BESIDE + _LETTERS * max(len(language_label(name)) for name in languages))
    return max(1, min(appearance().columns, int(appearance().width / (needed + 0.45))))


def _ordered(languages: Sequence[str], distances: pd.DataFrame) -> list[str]:
    """Sort languages: the source language, the nearest to it, and last those whose distance is unknown."""
    known = dict(zip(distances.language, distances.distance, strict=True))
    first, *others = languages
    return [first, *sorted(others, key=lambda language: known.get(language, float("inf")))]
