"""Render the captions of report/*.rst: for the page as text, for LaTeX with n and the number of training seeds."""

from collections.abc import Mapping

import pandas as pd
from jinja2 import Environment, StrictUndefined, UndefinedError

from .labels import intermediate_label, perturbation_label
from .latex import prose

#: Parameters that a caption shows by their labels.
_LABELS = {"intermediate": intermediate_label, "perturbation": perturbation_label}


def caption_text(template: str, shown: Mapping[str, object], what: str) -> str:
    """Render a caption, which names values of `shown` as `snakemake.params`, as in Snakemake's own report.

    Intermediate task and perturbation have their labels here. what: the figure or table, for messages. Raises
    ValueError if the caption names another parameter.
    """
    params = {name: _LABELS[name](str(value)) if name in _LABELS else value for name, value in shown.items()}
    try:
        return Environment(undefined=StrictUndefined).from_string(template).render(snakemake={"params": params})
    except UndefinedError as error:
        known = f"of `snakemake.params` the page has {', '.join(shown)}"
        raise ValueError(f"caption of {what!r} in report/: {error}; {known}") from None


def latex_caption(template: str, shown: Mapping[str, object], what: str, rows: pd.DataFrame, seeds: int) -> str:
    """Render the caption of a table for LaTeX: the text, the n of its numbers, and the number of training seeds.

    rows: the CSV twin. A table without `n` has neither.
    """
    text = prose(" ".join(caption_text(template, shown, what).split()))
    if "n" not in rows.columns or rows.n.dropna().empty:
        return f"{text}\n"
    ends = dict.fromkeys(int(end) for end in (rows.n.min(), rows.n.max()))
    numbers = " to ".join(f"\\num{{{end}}}" for end in ends)
    return f"{text} $n$ = {numbers}; {seeds} training seed{'' if seeds == 1 else 's'}.\n"
